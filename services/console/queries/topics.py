"""Topics: how many articles and stories have each, and its latest stories."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from sqlalchemy import Connection, func, select

from shared.stories.families import story_roots
from shared.stories.members import StorySummary, summarise_stories
from shared.stories.revisions import replaced_by
from shared.tables import article_tags, articles

LATEST = 3
# So many of its last articles are looked through for the latest stories of a topic.
LOOKED_THROUGH = 50


@dataclass(frozen=True, slots=True)
class TopicSummary:
    """A topic and how many have it: articles at all, articles about it, stories.

    An article that was cleaned again counts as it is now.
    """

    id: str
    article_count: int
    about_count: int
    story_count: int
    latest: tuple[StorySummary, ...]


def list_topics(
    connection: Connection, *, known: Collection[str] = (), latest: int = LATEST
) -> tuple[TopicSummary, ...]:
    """Return every topic that an article has, and the others of *known*, by id.

    `latest` holds the stories of its last articles, latest arrival first.
    """
    counts = _count(connection)
    found = {}
    for topic in sorted({*known, *counts}):
        ids = _latest_stories(connection, topic, latest) if topic in counts else []
        found[topic] = (*counts.get(topic, (0, 0, 0)), ids)
    shown = sorted({story for *_, ids in found.values() for story in ids})
    by_id = {story.id: story for story in summarise_stories(connection, shown)}
    return tuple(
        TopicSummary(topic, every, about, stories, tuple(by_id[each] for each in ids))
        for topic, (every, about, stories, ids) in found.items()
    )


def _count(connection: Connection) -> dict[str, tuple[int, int, int]]:
    rows = connection.execute(
        select(
            article_tags.c.topic,
            func.count().label("every"),
            func.count().filter(article_tags.c.level == "about").label("about"),
            func.count(articles.c.story_id.distinct()).label("stories"),
        )
        .join(articles, articles.c.id == article_tags.c.article_id)
        .where(replaced_by().is_(None))
        .group_by(article_tags.c.topic)
    )
    return {row.topic: (row.every, row.about, row.stories) for row in rows}


def _latest_stories(connection: Connection, topic: str, latest: int) -> list[int]:
    rows = connection.execute(
        select(articles.c.story_id)
        .join(article_tags, article_tags.c.article_id == articles.c.id)
        .where(
            article_tags.c.topic == topic,
            articles.c.story_id.is_not(None),
            replaced_by().is_(None),
        )
        .order_by(article_tags.c.article_id.desc())
        .limit(LOOKED_THROUGH)
    )
    ids = list(dict.fromkeys(rows.scalars()))
    roots = story_roots(connection, ids)
    return list(dict.fromkeys(roots[each] for each in ids))[:latest]
