"""Matches, alerts, the notification ledger and messages; written by services/alert/store/.

Acknowledgements (`acked_*`) are written by services/console/store/.
"""

from __future__ import annotations

from sqlalchemy import (
    Column,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    text,
)

from shared.tables.columns import Json, UtcDateTime, due_index, key_column, metadata, work_columns

matches = Table(
    "matches",
    metadata,
    key_column(),
    Column("rule_id", ForeignKey("rules.id"), nullable=False),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("revision", Integer, nullable=False),
    Column("outcome", String(16), nullable=False),  # matched | undecided
    Column("evidence", Json, nullable=False),
    Column("evidence_total", Integer, nullable=False),
    Column("because", Json, nullable=False),
    Column("analyser_version", Integer, nullable=False),
    Column("rule_set_version", Integer, nullable=False),
    Column("matched_at", UtcDateTime, nullable=False),
    UniqueConstraint("rule_id", "article_id"),
    sqlite_autoincrement=True,
)

alerts = Table(
    "alerts",
    metadata,
    key_column(),
    Column("rule_id", ForeignKey("rules.id"), nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("opened_at", UtcDateTime, nullable=False, index=True),
    Column("extended_at", UtcDateTime, nullable=False),
    Column("folded_into", ForeignKey("alerts.id")),
    Column("acked_at", UtcDateTime),
    Column("acked_by", Text),
    Column("acked_note", Text),
    # One live alert for a rule and a story; what was folded into an older one steps aside.
    Index(
        "uq_alerts_rule_id_story_id",
        "rule_id",
        "story_id",
        unique=True,
        sqlite_where=text("folded_into IS NULL"),
        postgresql_where=text("folded_into IS NULL"),
    ),
    sqlite_autoincrement=True,
)

messages = Table(
    "messages",
    metadata,
    key_column(),
    Column("uuid", String(36), nullable=False, unique=True),
    Column("channel_id", ForeignKey("channels.id"), nullable=False, index=True),
    Column("subscriber", String(128), nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False),
    Column("body", Text, nullable=False),  # frozen JSON: every attempt sends these very bytes
    Column("text", Text, nullable=False),
    Column("created_at", UtcDateTime, nullable=False),
    Column("sent_at", UtcDateTime),
    # When the tries that count began; emptied when a person puts the message back to work.
    Column("tries_since", UtcDateTime),
    Column("receipt", Text),
    *work_columns("pending"),
    due_index("messages"),
    sqlite_autoincrement=True,
)

notifications = Table(
    "notifications",
    metadata,
    key_column(),
    Column("subscription_id", ForeignKey("subscriptions.id"), nullable=False),
    Column("alert_id", ForeignKey("alerts.id"), nullable=False, index=True),
    Column("article_id", ForeignKey("articles.id"), nullable=False, index=True),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("development", Integer),
    Column("reason", String(32), nullable=False),
    Column("detail", Text, nullable=False),
    Column("planned_at", UtcDateTime, nullable=False),
    Column("told_at", UtcDateTime),
    Column("message_id", ForeignKey("messages.id"), index=True),
    *work_columns("planned"),
    due_index("notifications"),
    # Nobody is told twice of one article, nor twice of one development of a story.
    UniqueConstraint("subscription_id", "article_id"),
    UniqueConstraint("subscription_id", "story_id", "development"),
    sqlite_autoincrement=True,
)

delivery_attempts = Table(
    "delivery_attempts",
    metadata,
    key_column(),
    Column("message_id", ForeignKey("messages.id"), nullable=False),
    Column("attempt", Integer, nullable=False),
    Column("attempted_at", UtcDateTime, nullable=False),
    Column("outcome", String(32), nullable=False),
    Column("status", Integer),
    Column("detail", Text, nullable=False),
    Index("ix_delivery_attempts_message", "message_id", "attempt"),
    sqlite_autoincrement=True,
)
