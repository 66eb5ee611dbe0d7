"""Everything in one process: worker threads on the in-process doorbell, one locked folder."""

from __future__ import annotations

import fcntl
import logging
import os
import sqlite3
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import IO

from sqlalchemy import func, select

from services.alert.main import run_alert, run_notify
from services.comparison import Comparison
from services.console.main import serve
from services.extract.main import run_extract, run_link
from services.ingest.main import Ingest
from shared.backlog import Backlog, count_backlog
from shared.clock import utc_now
from shared.errors import SettingsError
from shared.migrations import pending_migrations, upgrade
from shared.runtime import Runtime
from shared.steps import STEPS
from shared.tables import files

log = logging.getLogger("newswatch.supervisor")

Target = Callable[[Runtime, threading.Event], None]

RESTART_SECONDS = 1.0
MAX_RESTART_SECONDS = 30.0
LOOK_SECONDS = 0.05
# A row due so soon is as good as due: nobody wants a drain that ends a blink too early.
SOON_SECONDS = 2.0


@contextmanager
def own_data_folder(folder: Path) -> Iterator[None]:
    """Hold the data folder for this process alone.

    Raises:
        SettingsError: another newswatch already runs on it, or it cannot be written.
    """
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        file = (folder / "newswatch.lock").open("a+")
    except OSError as error:
        raise SettingsError(f"data.dir {folder}: cannot be written: {error.strerror}") from None
    with file as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            lock.seek(0)
            holder = lock.read().strip() or "unknown"
            raise SettingsError(
                f"data folder {folder} is in use by another newswatch (process {holder}); "
                "stop it, or give this one NEWSWATCH_DATA_DIR, NEWSWATCH_INBOX_DIR and "
                "NEWSWATCH_CONSOLE_PORT of its own"
            ) from None
        lock.truncate(0)
        lock.write(str(os.getpid()))
        lock.flush()
        yield


@contextmanager
def own_inbox(folder: Path, *, stay: bool) -> Iterator[None]:
    """Hold that this process alone takes the files of *folder*, unless they *stay* in it.

    Two that take from one inbox would share the files out between their data folders. The lock is
    on the folder itself, so that it leaves no file behind; where a file system knows no locks, or
    the inbox cannot be opened, ingest says what is wrong with it.

    Raises:
        SettingsError: another newswatch takes its files.
    """
    if stay:
        yield
        return
    with suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    try:
        descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC)
    except OSError:
        yield
        return
    try:
        with suppress(OSError):
            if not _is_locked(descriptor):
                raise SettingsError(
                    f"inbox.dir {folder}: another newswatch, of another data folder, takes its "
                    "files; stop it, or set NEWSWATCH_INBOX_DIR to another folder"
                )
        yield
    finally:
        os.close(descriptor)


def _is_locked(descriptor: int) -> bool:
    """Lock an open folder and return whether nobody else had."""
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    return True


@contextmanager
def work_beside_others(runtime: Runtime) -> Iterator[None]:
    """Hold that this process works on rows of a SQLite database: its leases are not to be freed."""
    if not runtime.database.is_sqlite:
        yield
        return
    with _workers_lock(runtime) as lock:
        fcntl.flock(lock, fcntl.LOCK_SH)
        yield


def free_abandoned_leases(runtime: Runtime) -> int:
    """End the leases in a SQLite database, unless a living process may hold some; return how many.

    Only for the owner of the data folder. What is not freed here comes back when it expires.
    """
    if not runtime.database.is_sqlite:
        return 0
    with _workers_lock(runtime) as lock:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 0
        return runtime.work.free_leases()


def _workers_lock(runtime: Runtime) -> IO[bytes]:
    return (runtime.settings.data.dir / "workers.lock").open("ab")


def prepare_database(runtime: Runtime) -> None:
    """Bring the schema up to date, with a copy of a SQLite database beside it first."""
    database = runtime.database
    database.check()
    pending = pending_migrations(database)
    if not pending:
        return
    file = Path(database.engine.url.database or "") if database.is_sqlite else None
    if file is not None and _has_tables(file):
        copy = file.with_name(f"{file.name}.before-{pending[0]}-{utc_now():%Y%m%dT%H%M%S}")
        with sqlite3.connect(file) as source, sqlite3.connect(copy) as target:
            source.backup(target)
        log.info("database copied to %s before it is upgraded", copy)
    upgrade(database)


def _has_tables(file: Path) -> bool:
    with sqlite3.connect(file) as connection:
        return bool(connection.execute("SELECT count(*) FROM sqlite_master").fetchone()[0])


@dataclass
class Embedded:
    """One inbox and all services as threads of this process."""

    runtime: Runtime
    on_ready: Callable[[str], None] | None = None
    with_console: bool = True
    stop: threading.Event = field(default_factory=threading.Event)

    def __post_init__(self) -> None:
        """Prepare the inbox; threads start with `start`."""
        self.ingest = Ingest(self.runtime, self.runtime.settings.inbox.dir)
        self._threads: list[threading.Thread] = []
        self._scanned_at: float | None = None

    def start(self) -> None:
        """Free what an earlier process of this folder held, and start every thread."""
        freed = free_abandoned_leases(self.runtime)
        if freed:
            log.info("took over %d rows that an earlier process was working on", freed)
        for name, target in self._roles():
            thread = threading.Thread(target=self._keep_running, args=(name, target), name=name)
            thread.start()
            self._threads.append(thread)

    def _roles(self) -> Sequence[tuple[str, Target]]:
        notify = [("notify", run_notify)] * self.runtime.settings.notify.threads
        roles: list[tuple[str, Target]] = [
            ("ingest", lambda _runtime, stop: self.ingest.run(stop)),
            ("extract", run_extract),
            ("link", run_link),
            ("alert", run_alert),
            *notify,
        ]
        if self.with_console:
            roles.append(("console", self._serve))
        return roles

    def _serve(self, runtime: Runtime, stop: threading.Event) -> None:
        serve(runtime, stop, comparing=Comparison(), on_ready=self.on_ready)

    def _keep_running(self, name: str, target: Target) -> None:
        """Run one role; should it break, start it again, less and less eagerly."""
        pause = RESTART_SECONDS
        while not self.stop.is_set():
            started = time.monotonic()
            try:
                target(self.runtime, self.stop)
            except SettingsError as error:
                # No traceback: its message says it all.
                log.error("%s cannot run: %s%s", name, error, _without(name))  # noqa: TRY400
                return
            except Exception:
                log.exception("%s broke; starting it again in %.0f s", name, pause)
            if time.monotonic() - started > MAX_RESTART_SECONDS:
                pause = RESTART_SECONDS
            self.stop.wait(pause)
            pause = min(pause * 2, MAX_RESTART_SECONDS)

    def wait_for_files(self, count: int) -> None:
        """Wait until *count* files have a row: a drain right after a drop would see an old look."""
        while not self.stop.wait(LOOK_SECONDS):
            with self.runtime.database.read() as connection:
                taken = select(func.count()).select_from(files).where(files.c.parent_id.is_(None))
                if connection.execute(taken).scalar_one() >= count:
                    return

    def drain(self) -> list[Backlog]:
        """Wait until the inbox is empty and no row is due or leased; return what waits longer."""
        while not self.stop.is_set():
            if self.ingest.is_empty:
                waiting = backlogs(self.runtime)
                if is_drained(waiting, utc_now()):
                    return [row for row in waiting if row.later]
            self.stop.wait(LOOK_SECONDS)
        return []

    def end(self) -> None:
        """Stop every thread and wait for it."""
        self.stop.set()
        self.ingest.wake.set()
        for thread in self._threads:
            thread.join()


def _without(name: str) -> str:
    """Say what a run is without one of its parts."""
    return "; everything else works on, without its pages" if name == "console" else ""


def backlogs(runtime: Runtime) -> list[Backlog]:
    """Return what waits at each step, in the order of the pipeline."""
    with runtime.database.read() as connection:
        now = runtime.database.now(connection)
        return [count_backlog(connection, step, now) for step in STEPS]


def is_drained(waiting: Sequence[Backlog], now: datetime) -> bool:
    """Return whether nothing is due, leased, or about to be due."""
    return not any(
        row.due
        or row.leased
        or (row.next_at is not None and (row.next_at - now).total_seconds() < SOON_SECONDS)
        for row in waiting
    )
