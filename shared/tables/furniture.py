"""Text that outlets repeat on many pages; written by services/extract/store/."""

from __future__ import annotations

from sqlalchemy import BigInteger, Column, ForeignKey, Integer, String, Table, Text

from shared.tables.columns import Json, UtcDateTime, metadata

# What is furniture now: hashes as in article_fingerprints (`gram`) and article_lines (`line`).
furniture = Table(
    "furniture",
    metadata,
    Column("kind", String(8), primary_key=True),  # gram | line
    Column("hash", BigInteger, primary_key=True, autoincrement=False),
    Column("reason", String(16), nullable=False),  # many_days | one_outlet | common
    Column("article_count", Integer, nullable=False),  # when it was judged
    Column("first_day", Integer),  # days since 1970-01-01
    Column("last_day", Integer),
    Column("outlet", Text),
    Column("judged_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)

# Which spans of a stored text are furniture: the highest version counts, none means no furniture.
furniture_masks = Table(
    "furniture_masks",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("method", String(16), nullable=False),
    Column("spans", Json, nullable=False),  # [[start, end], …] in code points
    Column("judged_at", UtcDateTime, nullable=False),
    sqlite_with_rowid=False,
)
