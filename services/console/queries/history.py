"""What happened to a story: merges, splits and moves, in words."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, or_, select

from services.console.queries.paging import Page
from shared.stories.families import story_families
from shared.tables import story_events

MAX_EVENTS = 200


@dataclass(frozen=True, slots=True)
class StoryEvent:
    """A merge, split or move this story took part in, in words."""

    id: int
    kind: str
    words: str
    story_id: int
    other_story_id: int
    article_id: int | None
    happened_at: datetime
    is_applied: bool


@dataclass(frozen=True, slots=True)
class TimelineEntry:
    """What happened when, in words; `kind` is `article`, `merged`, `split` or `moved`."""

    at: datetime
    kind: str
    words: str
    article_id: int | None


def load_events(connection: Connection, root: int) -> Page[StoryEvent]:
    """Return what the story *root* and all merged into it took part in, the latest 200."""
    own = story_families(connection, [root])
    took_part = or_(story_events.c.story_id.in_(own), story_events.c.other_story_id.in_(own))
    total = connection.execute(select(func.count()).select_from(story_events).where(took_part))
    rows = connection.execute(
        select(
            story_events.c.id,
            story_events.c.kind,
            story_events.c.story_id,
            story_events.c.other_story_id,
            story_events.c.article_id,
            story_events.c.happened_at,
            story_events.c.state,
        )
        .where(took_part)
        .order_by(story_events.c.id.desc())
        .limit(MAX_EVENTS)
    )
    events = (
        StoryEvent(
            id=row.id,
            kind=row.kind,
            words=_event_in_words(row),
            story_id=row.story_id,
            other_story_id=row.other_story_id,
            article_id=row.article_id,
            happened_at=row.happened_at,
            is_applied=row.state == "applied",
        )
        for row in rows
    )
    return Page(tuple(events), total.scalar_one())


def _event_in_words(row: Any) -> str:
    story, other = f"s{row.story_id}", f"s{row.other_story_id}"
    if row.kind == "merged":
        return f"{story} took over {other}"
    if row.kind == "split":
        return f"{story} came out of {other}"
    return f"a{row.article_id} went from {other} to {story}"
