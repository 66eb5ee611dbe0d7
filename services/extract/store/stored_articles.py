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
