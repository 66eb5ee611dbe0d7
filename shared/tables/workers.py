"""Heartbeats of every process or thread that works; written by shared/worker.py."""

from __future__ import annotations

from sqlalchemy import Column, Integer, String, Table, Text

from shared.tables.columns import UtcDateTime, metadata

workers = Table(
    "workers",
    metadata,
    Column("name", String(128), primary_key=True),
    Column("role", String(16), nullable=False),
    Column("host", Text, nullable=False),
    Column("pid", Integer, nullable=False),
    Column("started_at", UtcDateTime, nullable=False),
    Column("seen_at", UtcDateTime, nullable=False, index=True),
    Column("jobs", Integer, nullable=False),
    Column("doing", Text),
)
