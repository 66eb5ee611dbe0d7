"""The articles of stories, and what a list says of a story: read in three queries a page."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from shared.model import deciding_date
from shared.query.folding import plain_name
from shared.stories.copies import CopyLink, count_independent
from shared.stories.families import story_families
from shared.stories.revisions import replaced_by
from shared.stories.shared_words import load_copies
from shared.tables import alerts, article_tags, articles, stories

NO_ARTICLE = "(no article)"


@dataclass(frozen=True, slots=True)
class MemberKey:
    """An article of a story, as much as a list needs. `at` is its deciding date, else arrival.

    `is_dated` tells which of the two. `agency` is the news agency it credits, if any.
    `replaced_by` is the article of this story that is the same original, cleaned again.
    """

    article_id: int
    story_id: int
    title: str
    outlet: str | None
    at: datetime
    replaced_by: int | None = None
    is_dated: bool = False
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class StorySummary:
    """One story in a list.

    `title` is the lead article's: the earliest by publication if its source decides, else by
    arrival, then by id. What was cleaned again counts once, as it is now. `independent_count` is
    the number of texts that do not copy each other (see `count_independent`), never below 1.
    `outlet_count` counts known outlets, each once however its name is spelt (`red-river-courier`,
    `Red River Courier`). `topics` are those of its articles, most frequent first; `alert_count`
    leaves out folded alerts.
    """

    id: int
    title: str
    lead_id: int | None
    article_count: int
    outlet_count: int
    independent_count: int
    developments: int
    first_at: datetime | None
    last_at: datetime | None
    changed_at: datetime
    topics: tuple[str, ...]
    alert_count: int


def load_members(connection: Connection, story_ids: Collection[int]) -> dict[int, list[MemberKey]]:
    """Return the articles of each story of *story_ids* (roots), lead first, replaced ones last."""
    root_of = story_families(connection, story_ids)
    rows = connection.execute(
        select(
            articles.c.id,
            articles.c.story_id,
            articles.c.title,
            articles.c.outlet,
            articles.c.published_at,
            articles.c.published_source,
            articles.c.received_at,
            articles.c.fields["agency"]["value"].as_string().label("agency"),
            replaced_by().label("replaced_by"),
        ).where(articles.c.story_id.in_(root_of))
    )
    members: dict[int, list[MemberKey]] = defaultdict(list)
    for row in rows:
        decides = deciding_date(row.published_at, row.published_source, row.received_at)
        member = MemberKey(
            article_id=row.id,
            story_id=root_of[row.story_id],
            title=row.title,
            outlet=row.outlet,
            at=decides or row.received_at,
            replaced_by=row.replaced_by,
            is_dated=decides is not None,
            agency=row.agency,
        )
        members[member.story_id].append(member)
    for found in members.values():
        found.sort(key=lambda each: (each.replaced_by is not None, each.at, each.article_id))
    return members


def summarise_stories(connection: Connection, ids: Sequence[int]) -> list[StorySummary]:
    """Return a summary of each story of *ids* (roots), in their order; unknown ids are left out."""
    rows = connection.execute(
        select(stories.c.id, stories.c.developments, stories.c.changed_at).where(
            stories.c.id.in_(ids)
        )
    )
    known = {row.id: row for row in rows}
    members = {
        story_id: [member for member in own if member.replaced_by is None]
        for story_id, own in load_members(connection, ids).items()
    }
    story_of = {member.article_id: story for story, own in members.items() for member in own}
    copies = load_copies(connection, story_of)
    topics = _load_topics(connection, ids)
    alerted = _count_alerts(connection, ids)
    found = []
    for story_id in (story_id for story_id in ids if story_id in known):
        own = members.get(story_id, [])
        lead = own[0] if own else None
        found.append(
            StorySummary(
                id=story_id,
                title=lead.title if lead else NO_ARTICLE,
                lead_id=lead.article_id if lead else None,
                article_count=len(own),
                outlet_count=len({plain_name(member.outlet) for member in own if member.outlet}),
                independent_count=_independent(own, copies.get(story_id, [])),
                developments=known[story_id].developments,
                first_at=lead.at if lead else None,
                last_at=own[-1].at if own else None,
                changed_at=known[story_id].changed_at,
                topics=topics.get(story_id, ()),
                alert_count=alerted[story_id],
            )
        )
    return found


def _independent(members: Sequence[MemberKey], links: Sequence[CopyLink]) -> int:
    agencies = {member.article_id: member.agency for member in members if member.agency}
    return count_independent([member.article_id for member in members], links, agencies)


def _load_topics(connection: Connection, ids: Collection[int]) -> dict[int, tuple[str, ...]]:
    root_of = story_families(connection, ids)
    rows = connection.execute(
        select(articles.c.story_id, article_tags.c.topic, func.count().label("tagged"))
        .join(articles, articles.c.id == article_tags.c.article_id)
        .where(articles.c.story_id.in_(root_of), replaced_by().is_(None))
        .group_by(articles.c.story_id, article_tags.c.topic)
    )
    counts: dict[int, Counter[str]] = defaultdict(Counter)
    for row in rows:
        counts[root_of[row.story_id]][row.topic] += row.tagged
    return {
        story_id: tuple(sorted(tagged, key=lambda topic: (-tagged[topic], topic)))
        for story_id, tagged in counts.items()
    }


def _count_alerts(connection: Connection, ids: Collection[int]) -> Counter[int]:
    root_of = story_families(connection, ids)
    rows = connection.execute(
        select(alerts.c.story_id).where(
            alerts.c.story_id.in_(root_of), alerts.c.folded_into.is_(None)
        )
    )
    return Counter(root_of[story_id] for story_id in rows.scalars())
