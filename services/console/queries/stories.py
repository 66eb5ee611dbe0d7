"""Stories: the list, and one story with its articles, what each adds, and its history."""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from services.console.queries.history import StoryEvent, TimelineEntry, load_events
from services.console.queries.links import load_relations
from services.console.queries.origins import Credit, load_credits, load_origins
from services.console.queries.paging import DEFAULT_LIMIT, Page, bounded
from services.console.queries.relations import Relation, best_link
from services.console.queries.rulings import Ruling, load_rulings, ruling_in_words, rulings_between
from shared.query.folding import plain_name
from shared.stories.families import story_roots
from shared.stories.members import (
    MemberKey,
    StorySummary,
    load_members,
    summarise_stories,
)
from shared.stories.origins import TextOrigin
from shared.stories.revisions import replaced_by
from shared.tables import article_tags, articles, files, stories

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


@dataclass(frozen=True, slots=True)
class StoryDetail:
    """One story, whole: `members` lead first, replaced ones last, at most 200.

    `timeline` comes oldest first. `origins` are the texts that several of its articles carry,
    `credits` the agencies that they name.

    `asked_id` differs from the summary's id when the story asked for is part of another now.
    """

    asked_id: int
    summary: StorySummary
    members: Page[Member]
    changed_figures: tuple[ChangedFigure, ...]
    events: Page[StoryEvent]
    timeline: tuple[TimelineEntry, ...]
    origins: tuple[TextOrigin, ...] = ()
    credits: tuple[Credit, ...] = ()


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
    members = _load_details(connection, keys)
    events = load_events(connection, root)
    return StoryDetail(
        asked_id=story_id,
        summary=summary,
        members=Page(tuple(members), len(keys)),
        changed_figures=tuple(each for member in members for each in member.changed_figures),
        events=events,
        timeline=_timeline(members, events.rows),
        origins=load_origins(connection, keys),
        credits=load_credits(connection, keys[:MAX_MEMBERS]),
    )


def _load_details(connection: Connection, keys: Sequence[MemberKey]) -> list[Member]:
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


def _timeline(members: Sequence[Member], events: Sequence[StoryEvent]) -> tuple[TimelineEntry, ...]:
    entries = [
        TimelineEntry(member.at, "article", _article_in_words(member), member.article_id)
        for member in members
    ]
    entries += [TimelineEntry(e.happened_at, e.kind, e.words, e.article_id) for e in events]
    return tuple(sorted(entries, key=lambda entry: (entry.at, entry.words)))


def _article_in_words(member: Member) -> str:
    by = f"{member.outlet}: " if member.outlet else ""
    said = f"a{member.article_id} {by}{member.title}"
    if member.development is not None and not member.is_lead:
        said += f" (development {member.development})"
    if member.replaced_by is not None:
        said += f" (cleaned again: a{member.replaced_by})"
    return said
