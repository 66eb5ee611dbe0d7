"""A clock that stands still until a test moves it."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

from sqlalchemy import Connection

NOON = datetime(2026, 3, 2, 12, 0, tzinfo=UTC)


class FixedClock:
    """Stands in for the database's clock (`shared.clock.Clock`)."""

    def __init__(self, at: datetime = NOON) -> None:
        self.at = at

    def now(self, _connection: Connection) -> datetime:
        """Return the time it was set to."""
        return self.at

    def advance(self, *, seconds: float) -> datetime:
        """Move on, and return the new time."""
        self.at += timedelta(seconds=seconds)
        return self.at
