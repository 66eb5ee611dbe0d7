"""The articles that are grouped together: everything that stories and links lead to. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Select, and_, or_, select, union

from services.extract.comparing import StoredArticle, event_link
from services.extract.events import Link, Member
from services.extract.events.clustering import LINK_FLOOR
from services.extract.reuse import COPIES
from services.extract.store.stored_articles import load_articles
from shared.tables import article_links, articles

# Beyond this, a component is not followed further; clustering then raises its floor and says so.
LARGEST_COMPONENT = 1500


def load_component(
    connection: Connection, article: StoredArticle
) -> tuple[list[Member], list[Link]]:
    """Return the articles that *article* is grouped with, and all links among them."""
    # With its story: where links were taken back, nothing else leads to those it was grouped with.
    frontier = {article.id} | _story_mates(connection, {article.id})
    known = set(frontier)
    while frontier and len(known) < LARGEST_COMPONENT:
        near: set[int] = {row[0] for row in connection.execute(_neighbours(frontier, LINK_FLOOR))}
        grouped = _grouped(connection, near - known)
        frontier = (grouped | _story_mates(connection, grouped)) - known
        known |= frontier
    members = _members(connection, known, article.id)
    return members, _links_among(connection, {member.article_id for member in members})


def _neighbours(ids: Iterable[int], least_score: float) -> Select[Any]:
    """Return the query for articles bound to any of *ids* by a copy or a score that counts."""
    wanted = list(ids)
    binds = or_(article_links.c.relation.in_(COPIES), article_links.c.score >= least_score)
    return select(
        union(
            select(article_links.c.b_id).where(and_(article_links.c.a_id.in_(wanted), binds)),
            select(article_links.c.a_id).where(and_(article_links.c.b_id.in_(wanted), binds)),
        ).subquery()
    )


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
