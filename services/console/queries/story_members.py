"""The articles of a story: what each has to do with the others, and what it added."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from services.console.queries.links import load_relations
from services.console.queries.relations import Relation, best_link
from services.console.queries.rulings import Ruling, load_rulings, ruling_in_words, rulings_between
from shared.stories.members import MemberKey
from shared.tables import articles, files

MAX_MEMBERS = 200
# Of a text that everybody carries, the nearest few say enough.
MAX_RELATIONS = 5


@dataclass(frozen=True, slots=True)
class ChangedFigure:
    """A figure that an article gives otherwise than an earlier one; both as written."""

    article_id: int
    before: str
    after: str
    unit: str
    subject: str
    earlier_article_id: int | None


@dataclass(frozen=True, slots=True)
class Member:
    """An article in its story.

    `relations` are those to earlier articles of the story (by `at`), nearest first, at most 5;
    `more_relations` counts the others. `novelty` is what it added when it was linked, as stored.
    `replaced_by` is the article of this story that is the same original, cleaned again. `bond` is
    its best link to any other article of the story, and `ruled` what a person ruled of it.
    """

    article_id: int
    file_id: int
    file: str
    title: str
    outlet: str | None
    at: datetime
    published_at: datetime | None
    published_source: str | None
    received_at: datetime
    outcome: str | None
    outcome_reason: str | None
    refers_to: int | None
    development: int | None
    is_lead: bool
    relations: tuple[Relation, ...]
    more_relations: int
    novelty: Mapping[str, Any] | None
    changed_figures: tuple[ChangedFigure, ...]
    replaced_by: int | None = None
    bond: Relation | None = None
    ruled: str | None = None


def load_details(connection: Connection, keys: Sequence[MemberKey]) -> list[Member]:
    """Return the first 200 of *keys* (lead first) with everything a story says of them."""
    shown = keys[:MAX_MEMBERS]
    at = {key.article_id: key.at for key in shown}
    rows = connection.execute(
        select(
            articles.c.id,
            articles.c.file_id,
            files.c.name,
            articles.c.published_at,
            articles.c.published_source,
            articles.c.received_at,
            articles.c.outcome,
            articles.c.outcome_reason,
            articles.c.refers_to,
            articles.c.development,
            articles.c.novelty,
        )
        .join(files, files.c.id == articles.c.file_id)
        .where(articles.c.id.in_(at))
    )
    details = {row.id: row for row in rows}
    relations = _relations_among(connection, at)
    rulings = load_rulings(connection)
    return [
        dataclasses.replace(
            _member(key, details[key.article_id], relations[key.article_id], at),
            is_lead=key is shown[0],
            ruled=_ruled(key.article_id, rulings, at),
        )
        for key in shown
    ]


def _ruled(article_id: int, rulings: Sequence[Ruling], story: Collection[int]) -> str | None:
    """Say by whose word an article belongs to another of its *story*, None for nobody's."""
    for other in story:
        for ruling in rulings_between(rulings, article_id, other):
            if ruling.is_together:
                return f"with a{other}: {ruling_in_words(ruling)}"
    return None


def _member(
    key: MemberKey, row: Any, relations: Sequence[Relation], at: Mapping[int, datetime]
) -> Member:
    own = at[key.article_id], key.article_id
    earlier = [each for each in relations if (at[each.other_id], each.other_id) < own]
    return Member(
        article_id=key.article_id,
        file_id=row.file_id,
        file=row.name,
        title=key.title,
        outlet=key.outlet,
        at=key.at,
        published_at=row.published_at,
        published_source=row.published_source,
        received_at=row.received_at,
        outcome=row.outcome,
        outcome_reason=row.outcome_reason,
        refers_to=row.refers_to,
        development=row.development,
        is_lead=False,
        relations=tuple(earlier[:MAX_RELATIONS]),
        more_relations=max(0, len(earlier) - MAX_RELATIONS),
        novelty=row.novelty,
        changed_figures=changed_figures(key.article_id, row.novelty),
        replaced_by=key.replaced_by,
        bond=best_link(sorted(relations, key=lambda each: (at[each.other_id], each.other_id))),
    )


def _relations_among(connection: Connection, ids: Collection[int]) -> dict[int, list[Relation]]:
    """Return the relations of each article of *ids* to others among them, nearest first."""
    found: dict[int, list[Relation]] = defaultdict(list)
    for article_id, relation in load_relations(connection, list(ids), among=list(ids)):
        found[article_id].append(relation)
    return found


def changed_figures(
    article_id: int, novelty: Mapping[str, Any] | None
) -> tuple[ChangedFigure, ...]:
    """Return the figures that, by its stored novelty, an article changed."""
    return tuple(
        ChangedFigure(
            article_id=article_id,
            before=figure["before"],
            after=figure["after"],
            unit=figure["unit"],
            subject=" ".join(figure["subject"]),
            earlier_article_id=figure["earlier_article_id"],
        )
        for figure in (novelty or {}).get("figures", ())
        if figure["kind"] == "changed"
    )
