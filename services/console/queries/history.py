"""What happened to a story: merges, splits and moves, and what people ruled on it, in words."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, or_, select

from services.console.queries.paging import Page, bounded
from shared.stories.families import story_families
from shared.tables import articles, story_events, story_ruling_articles, story_rulings

MAX_EVENTS = 200
MAX_NAMED = 10


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
    """What happened when, in words; `kind` is `article`, `ruling`, `merged`, `split` or `moved`."""

    at: datetime
    kind: str
    words: str
    article_id: int | None


@dataclass(frozen=True, slots=True)
class RulingRow:
    """What a person ruled: `kind` is `merge` or `split`.

    `article_ids` are those taken out by a split. `undone_*` are set once it binds nothing more.
    """

    id: int
    kind: str
    words: str
    story_id: int
    other_story_id: int | None
    article_ids: tuple[int, ...]
    made_by: str
    reason: str | None
    made_at: datetime
    undone_by: str | None
    undone_at: datetime | None


def list_rulings(
    connection: Connection, limit: int, *, story_id: int | None = None
) -> Page[RulingRow]:
    """Return what people ruled, newest first; with *story_id* (a root), what touches that story."""
    wanted = [] if story_id is None else [_touches(connection, story_id)]
    total = connection.execute(select(func.count()).select_from(story_rulings).where(*wanted))
    rows = connection.execute(
        select(story_rulings)
        .where(*wanted)
        .order_by(story_rulings.c.id.desc())
        .limit(bounded(limit))
    ).all()
    taken_out = _taken_out(connection, [row.id for row in rows if row.kind == "apart"])
    return Page(tuple(_ruling(row, taken_out.get(row.id, ())) for row in rows), total.scalar_one())


def _touches(connection: Connection, root: int) -> ColumnElement[bool]:
    """It named the story or one merged into it, or names an article that is in it now."""
    own = list(story_families(connection, [root]))
    of_articles = (
        select(story_ruling_articles.c.ruling_id)
        .join(articles, articles.c.id == story_ruling_articles.c.article_id)
        .where(articles.c.story_id.in_(own))
    )
    return or_(
        story_rulings.c.story_id.in_(own),
        story_rulings.c.other_story_id.in_(own),
        story_rulings.c.id.in_(of_articles),
    )


def _taken_out(connection: Connection, ids: Sequence[int]) -> dict[int, tuple[int, ...]]:
    columns = story_ruling_articles.c
    found: dict[int, tuple[int, ...]] = {}
    for row in connection.execute(
        select(columns.ruling_id, columns.article_id)
        .where(columns.ruling_id.in_(ids), columns.side == "left")
        .order_by(columns.article_id)
    ):
        found[row.ruling_id] = (*found.get(row.ruling_id, ()), row.article_id)
    return found


def _ruling(row: Any, taken_out: tuple[int, ...]) -> RulingRow:
    is_merge = row.kind == "together"
    return RulingRow(
        id=row.id,
        kind="merge" if is_merge else "split",
        words=_ruling_in_words(row, taken_out),
        story_id=row.story_id,
        other_story_id=row.other_story_id,
        article_ids=taken_out,
        made_by=row.made_by,
        reason=row.reason,
        made_at=row.made_at,
        undone_by=row.undone_by,
        undone_at=row.undone_at,
    )


def _ruling_in_words(row: Any, taken_out: Sequence[int]) -> str:
    why = f": {row.reason}" if row.reason else ""
    if row.kind == "together":
        what = f"merged s{row.story_id} and s{row.other_story_id}"
    else:
        named = ", ".join(f"a{article}" for article in taken_out[:MAX_NAMED])
        more = f" and {len(taken_out) - MAX_NAMED} more" if len(taken_out) > MAX_NAMED else ""
        what = f"took {named}{more} out of s{row.story_id}"
    return f"{row.made_by} {what} (ru{row.id}){why}"


def ruling_entries(rulings: Sequence[RulingRow]) -> Iterator[TimelineEntry]:
    """Yield what was ruled, and what was taken back, each at its time."""
    for ruling in rulings:
        yield TimelineEntry(ruling.made_at, "ruling", ruling.words, None)
        if ruling.undone_at is not None:
            words = f"{ruling.undone_by} undid ru{ruling.id}"
            yield TimelineEntry(ruling.undone_at, "ruling", words, None)


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
            story_events.c.data,
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
    by = f" (by ru{row.data['ruling']})" if "ruling" in row.data else ""
    if row.kind == "merged":
        return f"{story} took over {other}{by}"
    if row.kind == "split":
        return f"{story} came out of {other}{by}"
    return f"a{row.article_id} went from {other} to {story}{by}"
