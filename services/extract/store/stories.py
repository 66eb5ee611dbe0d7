"""Writes links, stories and what happened to them, all under one lock."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, insert, or_, select, text, update

from services.extract.comparing import StoredArticle, event_link
from services.extract.events import Link, Member, Regrouping, StoryId
from services.extract.events.clustering import LINK_FLOOR
from services.extract.placing import Placing
from services.extract.reuse import RelationKind
from services.extract.store.candidates import load_articles, neighbours
from shared.database import insert_new
from shared.tables import article_links, articles, stories, story_events

# Any 64-bit number that no other program uses: grouping is serial over all machines.
LINK_LOCK = 7_240_113_906
# Beyond this, a component is not followed further; clustering then raises its floor and says so.
LARGEST_COMPONENT = 1500


def lock_stories(connection: Connection) -> None:
    """Make grouping serial until this transaction ends (SQLite: BEGIN IMMEDIATE already did)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LINK_LOCK})


def save_links(connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store links that are not known yet."""
    if rows:
        values = [dict(row) | {"linked_at": now} for row in rows]
        connection.execute(insert_new(connection, article_links).values(values))


def load_overlaps(connection: Connection, ids: Collection[int]) -> list[dict[str, Any]]:
    """Return the links among *ids* that say two texts share passages, and no more."""
    rows = connection.execute(
        select(article_links).where(
            article_links.c.a_id.in_(ids),
            article_links.c.b_id.in_(ids),
            article_links.c.relation == RelationKind.OVERLAP.value,
        )
    )
    return [dict(row) for row in rows.mappings()]


def replace_link(
    connection: Connection, pair: tuple[int, int], rows: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Store *rows* (one, or none) in place of the link of *pair* (lower id first)."""
    a_id, b_id = pair
    own = and_(article_links.c.a_id == a_id, article_links.c.b_id == b_id)
    connection.execute(delete(article_links).where(own))
    save_links(connection, rows, now)


def links_of(connection: Connection, article_id: int) -> list[dict[str, Any]]:
    """Return every stored link of one article."""
    rows = connection.execute(
        select(article_links).where(
            or_(article_links.c.a_id == article_id, article_links.c.b_id == article_id)
        )
    )
    return [dict(row) for row in rows.mappings()]


def load_component(
    connection: Connection, article: StoredArticle
) -> tuple[list[Member], list[Link]]:
    """Return the articles that *article* is grouped with, and all links among them."""
    # With its story: where links were taken back, nothing else leads to those it was grouped with.
    frontier = {article.id} | _story_mates(connection, {article.id})
    known = set(frontier)
    while frontier and len(known) < LARGEST_COMPONENT:
        near: set[int] = {row[0] for row in connection.execute(neighbours(frontier, LINK_FLOOR))}
        grouped = _grouped(connection, near - known)
        frontier = (grouped | _story_mates(connection, grouped)) - known
        known |= frontier
    members = _members(connection, known, article.id)
    return members, _links_among(connection, {member.article_id for member in members})


def _grouped(connection: Connection, ids: Collection[int]) -> set[int]:
    """Return those of *ids* that have a story; the others will look for themselves."""
    found = connection.execute(
        select(articles.c.id).where(articles.c.id.in_(ids), articles.c.story_id.is_not(None))
    )
    return set(found.scalars())


def _story_mates(connection: Connection, ids: Collection[int]) -> set[int]:
    own = select(articles.c.story_id).where(articles.c.id.in_(ids))
    return set(
        connection.execute(select(articles.c.id).where(articles.c.story_id.in_(own))).scalars()
    )


def _members(connection: Connection, ids: Iterable[int], new_id: int) -> list[Member]:
    rows = connection.execute(
        select(
            articles.c.id, articles.c.content_hash, articles.c.file_id, articles.c.story_id
        ).where(articles.c.id.in_(list(ids)))
    )
    return [
        Member(row.id, row.content_hash, row.file_id, row.story_id)
        for row in rows
        if row.story_id is not None or row.id == new_id
    ]


def _links_among(connection: Connection, ids: Collection[int]) -> list[Link]:
    # A component may have 60 links an article: passages and explanations are not decoded for it.
    columns = [article_links.c[name] for name in ("a_id", "b_id", "score", "relation")]
    days_apart = article_links.c.explanation["days_apart"].as_integer().label("days_apart")
    rows = connection.execute(
        select(*columns, days_apart).where(
            article_links.c.a_id.in_(ids), article_links.c.b_id.in_(ids)
        )
    )
    return [event_link(dict(row)) for row in rows.mappings()]


def load_earlier(
    connection: Connection,
    article: StoredArticle,
    links: Sequence[Mapping[str, Any]],
    story_mates: Collection[int],
) -> dict[int, StoredArticle]:
    """Return the already grouped articles that *article* is linked to or shares a story with."""
    linked = {row["a_id"] for row in links} | {row["b_id"] for row in links}
    found = load_articles(connection, (linked | set(story_mates)) - {article.id})
    return {key: value for key, value in found.items() if value.story_id is not None}


def apply_regrouping(
    connection: Connection, members: Sequence[Member], regrouping: Regrouping, now: datetime
) -> tuple[dict[StoryId, int], list[int]]:
    """Write a regrouping; return the row of every story id in it, and the ids of its events."""
    _lock_rows(connection, {m.story_id for m in members if m.story_id is not None})
    rows: dict[StoryId, int] = {fresh: _new_story(connection, now) for fresh in regrouping.created}
    rows |= {story: story for story in regrouping.assignments.values() if isinstance(story, int)}
    for member in members:
        target = rows[regrouping.assignments[member.article_id]]
        if target != member.story_id:
            connection.execute(
                update(articles).where(articles.c.id == member.article_id).values(story_id=target)
            )
    for merge in regrouping.merged:
        connection.execute(
            update(stories)
            .where(stories.c.id == merge.loser)
            .values(merged_into=rows[merge.winner], changed_at=now)
        )
    return rows, _save_events(connection, _events(regrouping, rows), now)


def _events(
    regrouping: Regrouping, rows: Mapping[StoryId, int]
) -> list[tuple[str, int, int, int | None]]:
    """Return (kind, story, other story, article) of everything that happened."""
    return [
        *(("merged", rows[merge.winner], merge.loser, None) for merge in regrouping.merged),
        *(("split", rows[split.story], split.from_story, None) for split in regrouping.split),
        *(
            ("moved", rows[move.to_story], move.from_story, move.article_id)
            for move in regrouping.moved
        ),
    ]


def _lock_rows(connection: Connection, ids: Collection[int]) -> None:
    """Keep matching from reading these stories until we commit; in id order, against deadlock.

    Rows that merely refer to a story (a message of it, still uncommitted) are not waited for.
    """
    own = select(stories.c.id).where(stories.c.id.in_(ids)).order_by(stories.c.id)
    connection.execute(own.with_for_update(key_share=True)).all()


def _new_story(connection: Connection, now: datetime) -> int:
    made = connection.execute(
        insert(stories)
        .values(created_at=now, changed_at=now, developments=0)
        .returning(stories.c.id)
    )
    return int(made.scalar_one())


def _save_events(
    connection: Connection, events: Sequence[tuple[str, int, int, int | None]], now: datetime
) -> list[int]:
    """Store events for the alert service to apply, in their order; return their ids."""
    if not events:
        return []
    values: list[dict[str, Any]] = [
        {
            "kind": kind,
            "story_id": story_id,
            "other_story_id": other_story_id,
            "article_id": article_id,
            "data": {},
            "happened_at": now,
            "next_attempt_at": now,
        }
        for kind, story_id, other_story_id, article_id in events
    ]
    made = connection.execute(insert(story_events).returning(story_events.c.id), values)
    return sorted(made.scalars())


def placed_columns(
    connection: Connection, story_id: int, placing: Placing, now: datetime
) -> dict[str, Any]:
    """Return the columns that linking adds to an article; count the development in its story."""
    return {
        "story_id": story_id,
        "outcome": placing.decision.outcome.value,
        "outcome_reason": placing.decision.reason,
        "refers_to": placing.decision.article_id,
        "development": _develop(connection, story_id, now) if placing.counts else None,
        "novelty": placing.novelty,
    }


def _develop(connection: Connection, story_id: int, now: datetime) -> int:
    made = connection.execute(
        update(stories)
        .where(stories.c.id == story_id)
        .values(developments=stories.c.developments + 1, changed_at=now)
        .returning(stories.c.developments)
    )
    return int(made.scalar_one())
