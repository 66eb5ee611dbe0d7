"""Reads stored articles as comparing them needs it."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any

from sqlalchemy import Connection, Select, and_, bindparam, func, select

from services.extract.comparing import StoredArticle
from services.extract.store.furniture import as_spans, chunks
from shared.tables import articles, files, furniture_masks


def _articles_query() -> Select[Any]:
    own = [articles.c[name] for name in StoredArticle.__dataclass_fields__ if name in articles.c]
    versions = furniture_masks.alias("versions")
    latest = select(func.max(versions.c.version)).where(versions.c.article_id == articles.c.id)
    is_latest = and_(
        furniture_masks.c.article_id == articles.c.id,
        furniture_masks.c.version == latest.scalar_subquery(),
    )
    return (
        select(*own, files.c.revises, furniture_masks.c.spans)
        .join(files, files.c.id == articles.c.file_id)
        .outerjoin(furniture_masks, is_latest)
        .where(articles.c.id.in_(bindparam("ids", expanding=True)))
    )


# Made once: to put a query together takes longer than to ask it.
_ARTICLES = _articles_query()


def load_articles(connection: Connection, ids: Collection[int]) -> dict[int, StoredArticle]:
    """Return the articles *ids*, by id, each with its latest mask."""
    found: dict[int, StoredArticle] = {}
    for some in chunks(sorted(ids)):
        for row in map(dict, connection.execute(_ARTICLES, {"ids": some}).mappings()):
            found[row["id"]] = StoredArticle(furniture=as_spans(row.pop("spans")), **row)
    return found


def latest_mates(connection: Connection, ids: Collection[int], limit: int) -> list[int]:
    """Return the *limit* latest articles of the stories that any of *ids* is in."""
    stories = select(articles.c.story_id).where(articles.c.id.in_(ids))
    found = connection.execute(
        select(articles.c.id)
        .where(articles.c.story_id.in_(stories))
        .order_by(articles.c.file_id.desc(), articles.c.id.desc())
        .limit(limit)
    )
    return list(found.scalars())


def latest_article(connection: Connection) -> int:
    """Return the highest id of all articles, 0 when there are none."""
    return connection.execute(select(func.max(articles.c.id))).scalar_one() or 0
