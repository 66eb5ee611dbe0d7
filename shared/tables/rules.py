"""Watch rules, channels and subscriptions; written by services/console/store/."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, ForeignKey, Integer, String, Table, Text, UniqueConstraint

from shared.tables.columns import Json, UtcDateTime, key_column, metadata

# One row: the version of the whole rule set. Raised under its row lock, so versions follow commits.
rule_set = Table(
    "rule_set",
    metadata,
    Column("id", Integer, primary_key=True),
    Column("version", Integer, nullable=False),
)

rules = Table(
    "rules",
    metadata,
    key_column(),
    Column("name", String(128), nullable=False, unique=True),
    Column("origin", String(16), nullable=False),  # file | console | topic
    Column("owner", Text),
    Column("note", Text),
    Column("query", Text, nullable=False),
    Column("revision", Integer, nullable=False),
    Column("state", String(16), nullable=False),  # active | retired | suspended
    Column("state_reason", Text),
    Column("active_from", UtcDateTime, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

rule_revisions = Table(
    "rule_revisions",
    metadata,
    Column("version", Integer, primary_key=True, autoincrement=False),
    Column("rule_id", ForeignKey("rules.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("query", Text, nullable=False),
    Column("state", String(16), nullable=False),
    Column("active_from", UtcDateTime, nullable=False),
    Column("published_at", UtcDateTime, nullable=False),
)

channels = Table(
    "channels",
    metadata,
    key_column(),
    Column("name", String(128), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("origin", String(16), nullable=False),
    Column("config", Json, nullable=False),
    Column("state", String(16), nullable=False),  # on | off
    Column("state_reason", Text),
    Column("created_at", UtcDateTime, nullable=False),
    sqlite_autoincrement=True,
)

subscriptions = Table(
    "subscriptions",
    metadata,
    key_column(),
    Column("subscriber", String(128), nullable=False),
    Column("rule_id", ForeignKey("rules.id"), nullable=False),
    Column("channel_id", ForeignKey("channels.id"), nullable=False, index=True),
    Column("mode", String(8), nullable=False),  # first | new | every
    Column("old_material", Boolean, nullable=False),
    Column("origin", String(16), nullable=False),
    Column("state", String(16), nullable=False),  # active | retired
    Column("active_from", UtcDateTime, nullable=False),
    UniqueConstraint("rule_id", "subscriber", "channel_id"),
    sqlite_autoincrement=True,
)
