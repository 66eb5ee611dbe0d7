"""Stories: the list, and one story with its articles, what each adds, and its history."""

from __future__ import annotations

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, func, select

from services.console.queries.history import (
    RulingRow,
    StoryEvent,
    TimelineEntry,
    list_rulings,
    load_events,
    ruling_entries,
)
from services.console.queries.origins import Credit, load_credits, load_origins
from services.console.queries.paging import DEFAULT_LIMIT, MAX_LIMIT, Page, bounded
from services.console.queries.story_members import MAX_MEMBERS, ChangedFigure, Member, load_details
from shared.query.folding import plain_name
from shared.stories.families import story_roots
from shared.stories.members import (
    StorySummary,
    load_members,
    summarise_stories,
)
from shared.stories.origins import TextOrigin
from shared.stories.revisions import replaced_by
from shared.tables import article_tags, articles, stories


@dataclass(frozen=True, slots=True)
class StoryDetail:
    """One story, whole: `members` lead first, replaced ones last, at most 200.

    `timeline` comes oldest first. `rulings` are what people said of it, the latest 200.
    `link_floor` is above the usual when its theme is too large to be grouped whole, 1 when it is
    frozen. `origins` are the texts that several of its articles carry, `credits` the agencies that
    they name.

    `asked_id` differs from the summary's id when the story asked for is part of another now.
    """

    asked_id: int
    summary: StorySummary
    members: Page[Member]
    changed_figures: tuple[ChangedFigure, ...]
    events: Page[StoryEvent]
    timeline: tuple[TimelineEntry, ...]
    rulings: Page[RulingRow]
    link_floor: float | None
    origins: tuple[TextOrigin, ...] = ()
    credits: tuple[Credit, ...] = ()

    @property
    def cut_in_words(self) -> str:
        """What the size of its theme did to it; empty for nearly all stories."""
        if self.link_floor is None:
            return ""
        if self.link_floor >= 1:
            return "frozen: too many articles are bound too closely; new ones join their nearest"
        return f"part of a very large theme: links below {self.link_floor:.2f} do not count in it"


def list_stories(
    connection: Connection,
    limit: int = DEFAULT_LIMIT,
    *,
    topic: str | None = None,
    outlet: str | None = None,
    changed_since: datetime | None = None,
) -> Page[StorySummary]:
    """Return the stories changed last, newest first: those with *topic* or *outlet* in any article.

    An outlet is compared as `source:` of a rule does: without case, marks and signs.
    A story that is part of another is not listed; the other is.
    """
    wanted: list[ColumnElement[bool]] = [stories.c.merged_into.is_(None)]
    if changed_since is not None:
        wanted.append(stories.c.changed_at >= changed_since)
    having = select(articles.c.story_id)
    if topic is not None:
        tagged = having.join(article_tags, article_tags.c.article_id == articles.c.id)
        tagged = tagged.where(article_tags.c.topic == topic, replaced_by().is_(None))
        wanted.append(stories.c.id.in_(tagged))
    if outlet is not None:
        wanted.append(stories.c.id.in_(having.where(_is_outlet(connection, outlet))))
    total = connection.execute(select(func.count()).select_from(stories).where(*wanted))
    ids = connection.execute(
        select(stories.c.id)
        .where(*wanted)
        .order_by(stories.c.changed_at.desc(), stories.c.id.desc())
        .limit(bounded(limit))
    )
    rows = summarise_stories(connection, list(ids.scalars()))
    return Page(tuple(rows), total.scalar_one())


def _is_outlet(connection: Connection, name: str) -> ColumnElement[bool]:
    known = connection.execute(select(articles.c.outlet).distinct()).scalars()
    wanted = plain_name(name)
    return articles.c.outlet.in_([each for each in known if each and plain_name(each) == wanted])


def resolve_story(connection: Connection, story_id: int) -> int | None:
    """Return the story that *story_id* is part of now (maybe itself), None if there is none."""
    return story_roots(connection, [story_id]).get(story_id)


def get_story(connection: Connection, story_id: int) -> StoryDetail | None:
    """Return the story *story_id*, or the one it is part of now; None if there is none."""
    root = resolve_story(connection, story_id)
    if root is None:
        return None
    summary = summarise_stories(connection, [root])[0]
    keys = load_members(connection, [root]).get(root, [])
    members = load_details(connection, keys)
    events = load_events(connection, root)
    rulings = list_rulings(connection, MAX_LIMIT, story_id=root)
    floor = select(stories.c.link_floor).where(stories.c.id == root)
    return StoryDetail(
        asked_id=story_id,
        summary=summary,
        members=Page(tuple(members), len(keys)),
        changed_figures=tuple(each for member in members for each in member.changed_figures),
        events=events,
        timeline=_timeline(members, events.rows, rulings.rows),
        rulings=rulings,
        link_floor=connection.execute(floor).scalar_one(),
        origins=load_origins(connection, keys),
        credits=load_credits(connection, keys[:MAX_MEMBERS]),
    )


def count_cut(connection: Connection) -> dict[str, int]:
    """Count the stories of themes too large to be grouped whole: `raised` or `frozen`."""
    living = stories.c.merged_into.is_(None)
    floors = connection.execute(
        select(stories.c.link_floor).where(living, stories.c.link_floor.is_not(None))
    ).scalars()
    return dict(Counter("frozen" if floor >= 1 else "raised" for floor in floors))


def _timeline(
    members: Sequence[Member], events: Sequence[StoryEvent], rulings: Sequence[RulingRow]
) -> tuple[TimelineEntry, ...]:
    entries = [
        TimelineEntry(member.at, "article", _article_in_words(member), member.article_id)
        for member in members
    ]
    entries += [TimelineEntry(e.happened_at, e.kind, e.words, e.article_id) for e in events]
    entries += ruling_entries(rulings)
    # At one moment, what people ruled comes before what followed from it.
    return tuple(sorted(entries, key=lambda each: (each.at, each.kind != "ruling", each.words)))


def _article_in_words(member: Member) -> str:
    by = f"{member.outlet}: " if member.outlet else ""
    said = f"a{member.article_id} {by}{member.title}"
    if member.development is not None and not member.is_lead:
        said += f" (development {member.development})"
    if member.replaced_by is not None:
        said += f" (cleaned again: a{member.replaced_by})"
    return said
