"""Reads stored articles as comparing them needs it."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, select

from services.extract.comparing import StoredArticle
from shared.tables import articles, files


def load_articles(connection: Connection, ids: Collection[int]) -> dict[int, StoredArticle]:
    """Return the articles *ids*, by id."""
    own = [articles.c[name] for name in StoredArticle.__dataclass_fields__ if name in articles.c]
    rows = connection.execute(
        select(*own, files.c.revises)
        .join(files, files.c.id == articles.c.file_id)
        .where(articles.c.id.in_(ids))
    )
    return {row["id"]: StoredArticle(**row) for row in rows.mappings()}


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
