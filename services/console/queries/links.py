"""Stored links between articles, seen from one of the two."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from typing import Any

from sqlalchemy import ColumnElement, Connection, select

from services.console.queries.relations import Relation, Spans, relation_in_words
from services.console.queries.score_sums import read_score_sum
from shared.tables import article_links, articles


def load_relations(
    connection: Connection, article_ids: Collection[int], *, among: Collection[int] | None = None
) -> list[tuple[int, Relation]]:
    """Return (article, its relation to another) for every link of *article_ids*, nearest first.

    With *among*, only relations to those articles. Nearest: the most words in common, then the
    likelier event.
    """
    own, other = article_links.c.a_id, article_links.c.b_id
    found = _seen_from(connection, own, other, article_ids, among)
    found += _seen_from(connection, other, own, article_ids, among)
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
) -> list[tuple[int, Relation]]:
    query = (
        select(article_links, own.label("own_id"), articles.c.title)
        .join(articles, articles.c.id == other)
        .where(own.in_(article_ids))
    )
    if among is not None:
        query = query.where(other.in_(among))
    rows = connection.execute(query).mappings()
    return [(row["own_id"], read_relation(dict(row), row["own_id"], row["title"])) for row in rows]


def read_relation(link: Mapping[str, Any], own_id: int, other_title: str) -> Relation:
    """Return a row of `article_links` as the article *own_id*, one of its two, has it."""
    own, other = ("a", "b") if link["a_id"] == own_id else ("b", "a")
    other_id = link[f"{other}_id"]
    coverages = link[f"coverage_{own}"], link[f"coverage_{other}"]
    explanation = link["explanation"] or {}
    return Relation(
        other_id=other_id,
        other_title=other_title,
        relation=link["relation"],
        words=relation_in_words(link["relation"], f"a{other_id}", *coverages, link["score"]),
        coverage_self=coverages[0],
        coverage_other=coverages[1],
        passages_self=_spans(link[f"passages_{own}"]),
        passages_other=_spans(link[f"passages_{other}"]),
        score=link["score"],
        method=link["method"],
        reasons=tuple(str(reason) for reason in explanation.get("reasons", ())),
        version=link["version"],
        days_apart=explanation.get("days_apart"),
        score_sum=read_score_sum(link["score"], explanation),
    )


def _spans(stored: list[list[int]] | None) -> Spans:
    return tuple((start, end) for start, end in stored or ())
