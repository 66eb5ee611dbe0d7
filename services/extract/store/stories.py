"""Writes stories and what happened to them, all under one lock."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, text, update

from services.extract.events import Member, Regrouping, StoryId
from services.extract.events.clustering import LINK_FLOOR
from services.extract.placing import Placing
from shared.tables import articles, stories, story_events

# Any 64-bit number that no other program uses: grouping is serial over all machines.
LINK_LOCK = 7_240_113_906


def lock_stories(connection: Connection) -> None:
    """Make grouping serial until this transaction ends (SQLite: BEGIN IMMEDIATE already did)."""
    if connection.dialect.name == "postgresql":
        connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": LINK_LOCK})


@dataclass(frozen=True)
class Applied:
    """What writing a regrouping came to.

    `rows` has the row of every story in it, `events` the ids of its story events, `floors` the
    stories that are grouped above another floor than before (see `find_pieces`).
    """

    rows: Mapping[StoryId, int]
    events: list[int]
    floors: Mapping[int, float]


def apply_regrouping(
    connection: Connection,
    members: Sequence[Member],
    regrouping: Regrouping,
    now: datetime,
    *,
    ruling_id: int | None = None,
) -> Applied:
    """Write a regrouping; with *ruling_id* its events say which ruling they follow from."""
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
            .values(merged_into=rows[merge.winner])
        )
    floors = {rows[story]: floor for story, floor in regrouping.floors.items()}
    data = {} if ruling_id is None else {"ruling": ruling_id}
    happened = _events(regrouping, rows)
    named = {story for _, own, other, _ in happened for story in (own, other)}
    connection.execute(update(stories).where(stories.c.id.in_(named)).values(changed_at=now))
    events = _save_events(connection, happened, data, now)
    return Applied(rows, events, _save_floors(connection, floors))


def _save_floors(connection: Connection, floors: Mapping[int, float]) -> dict[int, float]:
    known = connection.execute(
        select(stories.c.id, stories.c.link_floor).where(stories.c.id.in_(floors))
    )
    before = {row.id: row.link_floor or LINK_FLOOR for row in known}
    changed = {story: floor for story, floor in floors.items() if before[story] != floor}
    for story, floor in changed.items():
        connection.execute(
            update(stories)
            .where(stories.c.id == story)
            .values(link_floor=None if floor == LINK_FLOOR else floor)
        )
    return changed


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
    connection: Connection,
    events: Sequence[tuple[str, int, int, int | None]],
    data: Mapping[str, int],
    now: datetime,
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
            "data": dict(data),
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
