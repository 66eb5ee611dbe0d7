"""Waiting: for services that are not there yet, and for the fates of files."""

from __future__ import annotations

import logging
import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager

from sqlalchemy import select

from services.alert.jobs import (
    AlertContext,
    NotifyContext,
    apply_story_events,
    deliver_messages,
    gather_notifications,
    match_articles,
)
from services.alert.main import channel_settings
from services.console.queries import FileSummary, live_workers
from services.console.queries.files import load_files
from services.extract.jobs import ExtractContext, LinkContext, extract_files, link_articles
from services.extract.sandbox import Sandbox
from shared import broker as doorbell
from shared.errors import ServiceUnreachableError, SettingsError
from shared.migrations import pending_migrations
from shared.runtime import Runtime
from shared.steps import STEPS
from shared.tables import files
from shared.topics import load_taxonomy

log = logging.getLogger("newswatch.supervisor")

FIRST_WAIT_SECONDS = 0.5
MAX_WAIT_SECONDS = 15.0
LOOK_SECONDS = 0.1
ROWS_AT_ONCE = 20
# Databases limit the parameters of one statement (SQLite: 32,766).
LOOKED_UP_AT_ONCE = 1000

Jobs = Mapping[str, Callable[[Sequence[int]], None]]


def wait_for_services(runtime: Runtime, stop: threading.Event) -> None:
    """Wait, with growing pauses, until database and Redis answer and the schema is up to date."""
    pause, said = FIRST_WAIT_SECONDS, ""
    while not stop.is_set():
        try:
            runtime.database.check()
            runtime.broker.check()
            if not pending_migrations(runtime.database):
                if said:
                    log.info("everything answers now; going on")
                return
            reason = "the database waits for `newswatch db upgrade`"
        except ServiceUnreachableError as error:
            reason = str(error)
        if reason != said:
            log.warning("%s; waiting for it", reason)
            said = reason
        stop.wait(pause)
        pause = min(pause * 2, MAX_WAIT_SECONDS)


def refuse_other_hosts(runtime: Runtime) -> None:
    """Refuse to share a SQLite file with workers of another machine.

    Raises:
        SettingsError: one of them is alive; SQLite's locks do not reach over a network.
    """
    if not runtime.database.is_sqlite:
        return
    with runtime.database.read() as connection:
        alive = live_workers(connection, runtime.database.now(connection))
    others = {row.host for row in alive} - {socket.gethostname()}
    if others:
        raise SettingsError(
            f"workers on {', '.join(sorted(others))} use this SQLite database too; "
            "SQLite serves one machine only: set NEWSWATCH_DATABASE_URL to PostgreSQL"
        )


def fates_of(runtime: Runtime, ids: Sequence[int]) -> list[FileSummary]:
    """Return what has become of files so far, and of the members of containers among them."""
    found: dict[int, FileSummary] = {}
    with runtime.database.read() as connection:
        for chunk in _chunks(ids):
            members = connection.execute(select(files.c.id).where(files.c.parent_id.in_(chunk)))
            for part in _chunks([*chunk, *members.scalars()]):
                found |= load_files(connection, part)
    return [found[file_id] for file_id in sorted(found)]


def _chunks(ids: Sequence[int]) -> Iterator[Sequence[int]]:
    return (ids[at : at + LOOKED_UP_AT_ONCE] for at in range(0, len(ids), LOOKED_UP_AT_ONCE))


def wait_for_fates(runtime: Runtime, ids: Sequence[int]) -> None:
    """Wait until every file of *ids* has its outcome and its alerts are planned.

    With live workers they do it; without any, this process does the work itself: it never waits
    for nobody.
    """
    work_off: Callable[[], bool] | None = None
    with ExitStack() as opened:
        while not _are_done(runtime, ids):
            if _has_workers(runtime):
                time.sleep(LOOK_SECONDS)
                continue
            work_off = work_off or opened.enter_context(working_here(runtime))
            if not work_off():
                # What is left waits for its time.
                time.sleep(LOOK_SECONDS)


def _are_done(runtime: Runtime, ids: Sequence[int]) -> bool:
    return all(fate.fate != "waiting" for fate in fates_of(runtime, ids))


def _has_workers(runtime: Runtime) -> bool:
    with runtime.database.read() as connection:
        alive = live_workers(connection, runtime.database.now(connection))
    return {"extract", "link", "alert"} <= {row.role for row in alive}


@contextmanager
def working_here(runtime: Runtime) -> Iterator[Callable[[], bool]]:
    """Yield what does everything that is due, without a queue, and returns whether it did any."""
    settings = runtime.settings.extract
    sandbox = Sandbox(
        time_seconds=settings.time_seconds,
        memory_bytes=settings.memory_bytes,
        idle_seconds=settings.idle_seconds,
    )
    reading = ExtractContext(runtime, sandbox, load_taxonomy(runtime.settings.topics.dir))
    link, alert = LinkContext(runtime), AlertContext(runtime)
    notify = NotifyContext(runtime, channel_settings(runtime.settings))
    jobs: Jobs = {
        doorbell.EXTRACT_FILES: lambda ids: extract_files(reading, ids),
        doorbell.LINK_ARTICLES: lambda ids: link_articles(link, ids),
        doorbell.MATCH_ARTICLES: lambda ids: match_articles(alert, ids),
        doorbell.APPLY_STORY_EVENTS: lambda ids: apply_story_events(alert, ids),
        doorbell.GATHER_NOTIFICATIONS: lambda ids: gather_notifications(notify, ids),
        doorbell.DELIVER_MESSAGES: lambda ids: deliver_messages(notify, ids),
    }
    try:
        yield lambda: _work_off(runtime, jobs)
    finally:
        sandbox.close()


def _work_off(runtime: Runtime, jobs: Jobs) -> bool:
    """Do what is due until nothing is; return whether anything was."""
    has_worked, is_busy = False, True
    while is_busy:
        is_busy = False
        for step in STEPS:
            due = runtime.work.due(step, ROWS_AT_ONCE)
            is_busy = is_busy or bool(due)
            # A row tried before works alone: it must not use up its neighbours' attempts.
            fresh = [row_id for row_id, attempts in due if not attempts]
            for batch in [fresh, *([row_id] for row_id, attempts in due if attempts)]:
                if batch:
                    jobs[step.job](batch)
        has_worked = has_worked or is_busy
    return has_worked
