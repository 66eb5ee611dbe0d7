"""File rows to work on, and what became of them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Row, select

from shared.database import Database
from shared.tables import files

LONG_AGO = datetime(2026, 1, 1, tzinfo=UTC)


def add_files(
    database: Database, count: int, *, due_at: datetime = LONG_AGO, **columns: Any
) -> list[int]:
    """Insert *count* received files, due since *due_at* and a second apart; return their ids."""
    with database.write() as connection:
        return [
            connection.execute(
                files.insert()
                .values(_row(due_at + timedelta(seconds=place)) | columns)
                .returning(files.c.id)
            ).scalar_one()
            for place in range(count)
        ]


def _row(due_at: datetime) -> dict[str, Any]:
    return {
        "take_key": uuid4().hex,
        "sighting": uuid4().hex,
        "origin": "inbox",
        "name_bytes": b"a.txt",
        "name": "a.txt",
        "sha256": "0" * 64,
        "size": 3,
        "received_at": LONG_AGO,
        "state": "received",
        "next_attempt_at": due_at,
    }


def file_row(database: Database, row_id: int) -> Row[Any]:
    """Return the whole row of one file."""
    with database.read() as connection:
        return connection.execute(select(files).where(files.c.id == row_id)).one()


def file_rows(database: Database) -> list[Row[Any]]:
    """Return every file row, lowest id first."""
    with database.read() as connection:
        return list(connection.execute(select(files).order_by(files.c.id)))
