"""Files: one row per dropped file or member of a container, with its fate.

Content columns are written by services/ingest/store.py; services/extract/store/ writes the rows
of members, those of articles cleaned again, and `format`, `outcome`, `detail` when it has read a
file.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from shared.tables.columns import UtcDateTime, due_index, key_column, metadata, work_columns

files = Table(
    "files",
    metadata,
    key_column(),
    # sha256 over (name, device, inode, ctime, mtime, size, content): one take is one row.
    Column("take_key", String(64), nullable=False, unique=True),
    # The same without the content: tells a file left in place from one not yet read.
    Column("sighting", String(64), nullable=False, index=True),
    Column("origin", String(16), nullable=False),  # inbox | add | member | reclean
    Column("parent_id", ForeignKey("files.id"), index=True),
    Column("member", Integer),  # place in its container, from 1
    # The article that was read from these very bytes before, by an older cleaner. The two tables
    # refer to each other: `use_alter` lets them be sorted.
    Column(
        "revises",
        ForeignKey("articles.id", name="fk_files_revises_articles", use_alter=True),
        index=True,
    ),
    Column("name_bytes", LargeBinary, nullable=False),
    Column("name", Text, nullable=False),
    Column("outlet", Text),  # from the sub-folder
    Column("sha256", String(64), nullable=False, index=True),
    Column("size", BigInteger, nullable=False),
    Column("modified_at", UtcDateTime),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("format", String(32)),
    Column("outcome", Text),  # read | container | rejected:<reason>
    Column("detail", Text),
    *work_columns("received"),
    due_index("files"),
    Index("ix_files_name", "name"),
    sqlite_autoincrement=True,
)
