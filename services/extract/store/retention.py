"""Deletes what finds old articles again; their texts, hashes, links and stories stay.

The tables have no index on the day of arrival: it would cost half as much disk again (1,265 of
2,649 bytes an article on SQLite) and make each deletion slower. Ids of articles grow with time, so
the lowest ids of a table are its oldest, and what the index on `article_id` gives at once.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from sqlalchemy import Connection, Table, delete, select

from shared.tables import article_fingerprints, article_lines, article_terms, articles

FORGOTTEN_TABLES = (article_fingerprints, article_lines, article_terms)
# About 0.1 s of writing on a slow disk (20 x 64 rows of SQLite, scattered over the whole index).
ARTICLES_AT_ONCE = 20


def oldest_articles(connection: Connection, table: Table, before: datetime) -> list[int]:
    """Return those of the 20 lowest articles in *table* that arrived before *before*."""
    lowest = (
        select(table.c.article_id).distinct().order_by(table.c.article_id).limit(ARTICLES_AT_ONCE)
    )
    rows = connection.execute(
        select(articles.c.id)
        .where(articles.c.id.in_(lowest), articles.c.received_at < before)
        .order_by(articles.c.id)
    )
    return list(rows.scalars())


def forget_articles(connection: Connection, table: Table, ids: Collection[int]) -> int:
    """Delete the rows of the articles *ids* from *table*; return how many there were."""
    return connection.execute(delete(table).where(table.c.article_id.in_(ids))).rowcount
