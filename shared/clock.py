"""What time it is: the database's clock in production, so that machines need not agree."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Protocol

from sqlalchemy import Connection, text


class Clock(Protocol):
    """Tells the time to everything that stores one."""

    def now(self, connection: Connection) -> datetime:
        """Return the current time, aware, in UTC."""


class DatabaseClock:
    """The clock of the database server; SQLite has none of its own, so this machine's."""

    def now(self, connection: Connection) -> datetime:
        """Return the current time; on PostgreSQL the wall clock, not the transaction's start."""
        if connection.dialect.name != "postgresql":
            return datetime.now(UTC)
        found: datetime = connection.execute(text("SELECT clock_timestamp()")).scalar_one()
        return found.astimezone(UTC)


def utc_now() -> datetime:
    """Return this machine's time, aware, in UTC; for what is never compared across machines."""
    return datetime.now(UTC)
