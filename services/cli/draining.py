"""`run --drain`: work until nothing is left, and say what waits for a time."""

from __future__ import annotations

import logging
import threading
from collections.abc import Callable, Sequence

from sqlalchemy.exc import SQLAlchemyError

from services.cli.output import say
from services.embedded import backlogs, is_drained
from services.ingest.main import untaken
from shared.backlog import Backlog
from shared.broker import JOB_QUEUES
from shared.clock import utc_now
from shared.database import first_line
from shared.runtime import Runtime
from shared.steps import STEPS

log = logging.getLogger("newswatch.supervisor")

LOOK_SECONDS = 0.1
# Several looks in a row: a file is out of the inbox before its row is looked for.
QUIET_LOOKS = 3


def drain_all(runtime: Runtime, stop: threading.Event) -> None:
    """Wait for other processes to finish everything, inbox included; then set *stop*."""
    waiting: list[Backlog] = []

    def is_done() -> bool:
        waiting[:] = backlogs(runtime)
        return is_drained(waiting, utc_now()) and not untaken(runtime)

    if _is_done_before(stop, is_done):
        say_waiting([row for row in waiting if row.later])
    stop.set()


def drain_role(runtime: Runtime, role: str, stop: threading.Event) -> None:
    """Wait until nothing is left for one service to do; then set *stop*."""
    steps = {step.name for step in STEPS if JOB_QUEUES[step.job] == role}

    def is_done() -> bool:
        if role == "ingest":
            return not untaken(runtime)
        return is_drained([row for row in backlogs(runtime) if row.step in steps], utc_now())

    _is_done_before(stop, is_done)
    stop.set()


def _is_done_before(stop: threading.Event, is_done: Callable[[], bool]) -> bool:
    quiet_looks = 0
    while quiet_looks < QUIET_LOOKS:
        if stop.wait(LOOK_SECONDS):
            return False
        try:
            quiet_looks = quiet_looks + 1 if is_done() else 0
        except (SQLAlchemyError, OSError) as error:
            # A database that is away for a moment ends no drain.
            log.warning("cannot see whether all is done: %s", first_line(error))
            stop.wait(1.0)
    return True


def say_waiting(waiting: Sequence[Backlog]) -> None:
    """List what a drain leaves: rows that wait for a time."""
    for row in waiting:
        at = f", the earliest at {row.next_at:%Y-%m-%d %H:%M:%S} UTC" if row.next_at else ""
        say(f"waiting for a time: {row.later} at {row.step}{at}", err=True)
