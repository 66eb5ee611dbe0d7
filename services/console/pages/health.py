"""Whether the console can do its work, asked with a time limit, answered in words."""

from __future__ import annotations

import logging
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import anyio
from anyio import CapacityLimiter, to_thread
from sqlalchemy.exc import SQLAlchemyError

from services.console.metrics import Figures
from services.console.pages.figures import read_figures
from services.console.pages.reading import reading
from shared.backlog import count_backlog
from shared.database import Database, first_line
from shared.errors import NewswatchError, ServiceUnreachableError
from shared.runtime import Runtime
from shared.steps import STEPS

log = logging.getLogger("newswatch.console")

LIMIT_SECONDS = 2.0
# Below the ten seconds after which a scraper gives up by default.
SCRAPE_SECONDS = 8.0
# Checks have threads of their own: pages that wait for a slow database must not starve them.
_THREADS = 4

ResultT = TypeVar("ResultT")


class HealthChecks:
    """Runs checks in a few threads of their own, each with a time limit."""

    def __init__(self, runtime: Runtime) -> None:
        self._runtime = runtime
        self._threads: CapacityLimiter | None = None

    async def find_trouble(self, check: Callable[[Runtime], None]) -> str | None:
        """Run *check* and return what is wrong in a sentence, or None.

        A check that hangs is left behind in its thread and counts as trouble.
        """
        try:
            await self._in_thread(check, LIMIT_SECONDS)
        except TimeoutError:
            address = self._runtime.database.address
            return f"database {address}: no answer within {LIMIT_SECONDS:.0f} s"
        except NewswatchError as error:
            return str(error)
        return None

    async def read_figures(self) -> Figures | None:
        """Return the figures of this moment, or None when the database does not give them."""
        try:
            return await self._in_thread(_read_figures, SCRAPE_SECONDS)
        except (TimeoutError, NewswatchError, SQLAlchemyError, OSError) as error:
            log.warning("metrics: %s", first_line(error) or "no answer from the database in time")
        return None

    async def _in_thread(self, work: Callable[[Runtime], ResultT], seconds: float) -> ResultT:
        if self._threads is None:  # made here, since it belongs to the running event loop
            self._threads = CapacityLimiter(_THREADS)
        with anyio.fail_after(seconds):
            return await to_thread.run_sync(
                work, self._runtime, limiter=self._threads, abandon_on_cancel=True
            )


def check_alive(runtime: Runtime) -> None:
    """Ask the database for a sign of life.

    Raises:
        ServiceUnreachableError: it gives none.
    """
    _check_file(runtime.database)
    runtime.database.check()


def check_ready(runtime: Runtime) -> None:
    """Ask the database for what the pages need, and the doorbell for a sign of life.

    Raises:
        ServiceUnreachableError: in the words of the one that is not ready.
    """
    check_alive(runtime)
    try:
        with reading(runtime) as (connection, now):
            for step in STEPS:
                count_backlog(connection, step, now)
    except SQLAlchemyError as error:
        raise ServiceUnreachableError(
            f"database {runtime.database.address}: no readable tables ({first_line(error)}); "
            "`newswatch db upgrade` makes them"
        ) from error
    runtime.broker.check()


def _read_figures(runtime: Runtime) -> Figures:
    _check_file(runtime.database)
    with reading(runtime) as (connection, now):
        return read_figures(connection, now)


def _check_file(database: Database) -> None:
    """A pooled SQLite connection still answers when its file was removed: look at the file."""
    name = database.engine.url.database
    if database.is_sqlite and name and name != ":memory:" and not Path(name).exists():
        raise ServiceUnreachableError(f"database {database.address}: the file is gone")
