"""Column kinds that every table shares: keys, times, JSON, and the lease of a working row."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

from sqlalchemy import (
    JSON,
    BigInteger,
    Column,
    DateTime,
    Dialect,
    Index,
    Integer,
    MetaData,
    String,
    Text,
    TypeDecorator,
)
from sqlalchemy.dialects.postgresql import JSONB

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "ck": "ck_%(table_name)s_%(constraint_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s_%(referred_table_name)s",
        "pk": "pk_%(table_name)s",
    }
)

# SQLite numbers rows only for a column declared INTEGER.
BigKey = BigInteger().with_variant(Integer, "sqlite")
Json = JSON().with_variant(JSONB, "postgresql")


class UtcDateTime(TypeDecorator[datetime]):
    """An aware datetime in UTC; SQLite keeps it as sortable text without a zone."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Refuse naive times: they are the start of every wrong window."""
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError("a naive datetime must not reach the database")
        value = value.astimezone(UTC)
        return value.replace(tzinfo=None) if dialect.name == "sqlite" else value

    def process_result_value(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        """Return an aware UTC time on both engines."""
        if value is None:
            return None
        return value.replace(tzinfo=UTC) if dialect.name == "sqlite" else value.astimezone(UTC)


def key_column() -> Column[int]:
    """Return the integer key of a table."""
    return Column("id", BigKey, primary_key=True, autoincrement=True)


def work_columns(first_state: str) -> list[Column[Any]]:
    """Return the columns of a row that is also a queue entry; only shared/work.py writes them.

    `next_attempt_at` is when the row is due: while leased it equals `lease_until`, so that one
    index finds new, retried and abandoned rows alike. `died_in` is the state a dead row died in.
    """
    return [
        Column("state", String(16), nullable=False, default=first_state),
        Column("next_attempt_at", UtcDateTime, nullable=False),
        Column("lease_until", UtcDateTime),
        Column("lease_token", String(32)),
        Column("attempts", Integer, nullable=False, default=0),
        Column("last_error", Text),
        Column("died_in", String(16)),
    ]


def due_index(table: str) -> Index:
    """Return the one index the queue of *table* needs."""
    return Index(f"ix_{table}_due", "state", "next_attempt_at")
