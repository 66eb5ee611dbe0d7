"""Reads the figures of one scrape: counts over the tables, right whatever process asks."""

from __future__ import annotations

from collections import Counter
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Table, func, select

from services.console.metrics import Figures
from services.console.queries import live_workers
from services.console.queries.stories import count_cut
from shared.backlog import count_backlog
from shared.steps import STEPS
from shared.tables import alerts, articles, files, messages, notifications, stories


def read_figures(connection: Connection, now: datetime) -> Figures:
    """Return what a scrape at *now*, the database's time, shows."""
    return Figures(
        backlogs=[count_backlog(connection, step, now) for step in STEPS],
        files=_count_files(connection),
        articles=_count_by(connection, articles.c.outcome, articles.c.outcome.is_not(None)),
        stories=_count(connection, stories, stories.c.merged_into.is_(None)),
        cut_stories=count_cut(connection),
        alerts=_count(connection, alerts),
        notifications=_count_notifications(connection),
        messages=_count_by(connection, messages.c.state),
        workers=Counter(worker.role for worker in live_workers(connection, now)),
    )


def _count(connection: Connection, table: Table, *wanted: ColumnElement[bool]) -> int:
    found = connection.execute(select(func.count()).select_from(table).where(*wanted))
    return int(found.scalar_one())


def _count_by(
    connection: Connection, column: ColumnElement[Any], *wanted: ColumnElement[bool]
) -> dict[str, int]:
    rows = connection.execute(select(column, func.count()).where(*wanted).group_by(column))
    return {str(value): count for value, count in rows}


def _count_files(connection: Connection) -> dict[str, int]:
    """Count files with a fate; a dead one has no outcome, so its state is told."""
    rows = connection.execute(
        select(files.c.state, files.c.outcome, func.count())
        .where(files.c.state != "received")
        .group_by(files.c.state, files.c.outcome)
    )
    counts: Counter[str] = Counter()
    for state, outcome, count in rows:
        counts[state if state == "dead" or outcome is None else outcome] += count
    return counts


def _count_notifications(connection: Connection) -> dict[tuple[str, str], int]:
    by = notifications.c.state, notifications.c.reason
    rows = connection.execute(select(*by, func.count()).group_by(*by))
    return {(state, reason): count for state, reason, count in rows}
