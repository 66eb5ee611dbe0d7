"""Beside the jobs of extract: rows that find articles again are dropped when they are old."""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from services.extract.store.retention import FORGOTTEN_TABLES, forget_articles, oldest_articles
from shared.runtime import Runtime

log = logging.getLogger("newswatch.extract")


def forget_old_rows(runtime: Runtime) -> int:
    """Drop a bounded part of what is older than `fingerprints.keep_days`; return the rows dropped.

    Whole days count, in UTC. One short transaction a table and 20 articles: called at every sweep,
    that is 10 articles a second, and nobody who writes waits for long.
    """
    keep_days = runtime.settings.fingerprints.keep_days
    if keep_days is None:
        return 0
    dropped = {}
    with runtime.database.read() as connection:
        before = _midnight(runtime.database.now(connection)) - timedelta(days=keep_days)
        old = {table: oldest_articles(connection, table, before) for table in FORGOTTEN_TABLES}
    for table, ids in old.items():
        if ids:
            with runtime.database.write() as connection:
                dropped[table.name] = forget_articles(connection, table, ids)
    if dropped:
        counts = ", ".join(f"{rows:,} of {name}" for name, rows in dropped.items())
        log.info("dropped rows of articles from before %s: %s", before.date(), counts)
    return sum(dropped.values())


def _midnight(now: datetime) -> datetime:
    return now.replace(hour=0, minute=0, second=0, microsecond=0)
