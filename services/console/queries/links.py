"""Stored links between articles, seen from one of the two."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, select

from services.console.queries.relations import Relation, Spans, relation_in_words
from shared.tables import article_links, articles


def load_relations(
    connection: Connection, article_ids: Collection[int], *, among: Collection[int] | None = None
) -> list[tuple[int, Relation]]:
    """Return (article, its relation to another) for every link of *article_ids*, nearest first.

    With *among*, only relations to those articles. Nearest: the most words in common, then the
    likelier event.
    """
    own, other = article_links.c.a_id, article_links.c.b_id
    found = _seen_from(connection, own, other, article_ids, among, suffixes=("a", "b"))
    found += _seen_from(connection, other, own, article_ids, among, suffixes=("b", "a"))
    return sorted(found, key=lambda pair: _nearest_first(pair[1]))


def _nearest_first(relation: Relation) -> tuple[float, float, int]:
    shared = max(relation.coverage_self or 0.0, relation.coverage_other or 0.0)
    return -shared, -relation.score, relation.other_id


def _seen_from(
    connection: Connection,
    own: ColumnElement[int],
    other: ColumnElement[int],
    article_ids: Collection[int],
    among: Collection[int] | None,
    *,
    suffixes: tuple[str, str],
) -> list[tuple[int, Relation]]:
    links: Table = article_links
    query = (
        select(
            own.label("own_id"),
            other.label("other_id"),
            articles.c.title,
            links.c.relation,
            links.c.score,
            links.c.method,
            links.c.explanation,
            links.c[f"coverage_{suffixes[0]}"].label("coverage_self"),
            links.c[f"coverage_{suffixes[1]}"].label("coverage_other"),
            links.c[f"passages_{suffixes[0]}"].label("passages_self"),
            links.c[f"passages_{suffixes[1]}"].label("passages_other"),
        )
        .join(articles, articles.c.id == other)
        .where(own.in_(article_ids))
    )
    if among is not None:
        query = query.where(other.in_(among))
    rows = connection.execute(query)
    return [(row.own_id, _relation(row)) for row in rows]


def _relation(row: Any) -> Relation:
    coverages = row.coverage_self, row.coverage_other
    return Relation(
        other_id=row.other_id,
        other_title=row.title,
        relation=row.relation,
        words=relation_in_words(row.relation, f"a{row.other_id}", *coverages, row.score),
        coverage_self=row.coverage_self,
        coverage_other=row.coverage_other,
        passages_self=_spans(row.passages_self),
        passages_other=_spans(row.passages_other),
        score=row.score,
        method=row.method,
        reasons=tuple(str(reason) for reason in (row.explanation or {}).get("reasons", ())),
    )


def _spans(stored: list[list[int]] | None) -> Spans:
    return tuple((start, end) for start, end in stored or ())
