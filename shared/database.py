"""The database: engine, short transactions, and which of its errors a later try may heal."""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from typing import Any

from sqlalchemy import URL, Connection, Engine, Table, create_engine, event
from sqlalchemy.dialects import postgresql, sqlite
from sqlalchemy.engine import make_url
from sqlalchemy.exc import (
    ArgumentError,
    DBAPIError,
    InterfaceError,
    NoSuchModuleError,
    OperationalError,
)
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.clock import Clock, DatabaseClock
from shared.errors import ServiceUnreachableError, SettingsError, TransientError

WRITING = "newswatch_writing"
# PostgreSQL: deadlock, serialization, lock time-out, a server that is a read-only standby; and the
# classes connection (08), resources such as disk (53), operator (57), system (58).
TRANSIENT_SQLSTATES = {"40P01", "40001", "40003", "55P03", "25006"}
TRANSIENT_SQLSTATE_CLASSES = {"08", "53", "57", "58"}
# SQLite reports "no such table" as an OperationalError too: only its code tells trouble from a bug.
TRANSIENT_SQLITE_CODES = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_NOMEM,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_INTERRUPT,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
    sqlite3.SQLITE_PROTOCOL,
}

# What a person can do, by the code of SQLite or PostgreSQL; where connecting failed there is none,
# and it goes by the words.
_REMEDIES = {
    "Connection refused": "start the server, or correct its address in database.url",
    "could not translate host name": "correct the host in database.url",
    "password authentication failed": "check user and password in database.url",
    'FATAL:  role "': "check the user in database.url",
    'FATAL:  database "': "create that database, or correct its name in database.url",
    "42501": "give that user the right to it, or name another in database.url",
    "42P01": "newswatch db upgrade makes what is missing",
    "53100": "free disk space on the database server",
    "53300": "too many connections: raise max_connections, or run fewer workers",
    "SQLITE_BUSY": "another program holds the file; try again when it is done",
    "SQLITE_CANTOPEN": "check that the folder exists and may be written to",
    "SQLITE_CORRUPT": "bring back a backup: newswatch db backup made it",
    "SQLITE_FULL": "free disk space",
    "SQLITE_NOTADB": "database.url names a file that is no SQLite database",
    "SQLITE_READONLY": "check that the file and its folder may be written to",
}


class Database:
    """One engine, SQLite or PostgreSQL, with the transactions newswatch uses."""

    def __init__(self, url: str, *, clock: Clock | None = None) -> None:
        """Prepare the engine; nothing is connected yet.

        Raises:
            SettingsError: the address is not one of SQLite or PostgreSQL.
        """
        self.engine = _engine(url)
        self.clock = clock or DatabaseClock()
        # One writer at a time in this process: SQLite would make the others spin.
        self._writer = threading.RLock() if self.is_sqlite else None

    @property
    def is_sqlite(self) -> bool:
        """Whether the engine is SQLite."""
        return self.engine.dialect.name == "sqlite"

    @property
    def file(self) -> Path | None:
        """The SQLite file, whether it is there or not; None for a server, and for memory."""
        name = self.engine.url.database if self.is_sqlite else None
        return Path(name) if name and name != ":memory:" else None

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """Open a writing transaction (SQLite: BEGIN IMMEDIATE); roll back on error."""
        if self._writer is not None:
            with self._writer, self._connect(writing=True) as connection:
                yield connection
        else:
            with self._connect(writing=True) as connection:
                yield connection

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """Open a transaction that only reads (SQLite: one snapshot; PostgreSQL: READ COMMITTED)."""
        with self._connect(writing=False) as connection:
            yield connection

    @contextmanager
    def _connect(self, *, writing: bool) -> Iterator[Connection]:
        with self.engine.connect() as connection:
            opened = connection.execution_options(**{WRITING: writing})
            with opened.begin():
                yield opened

    def now(self, connection: Connection) -> datetime:
        """Return the time by the database's clock, aware, in UTC."""
        return self.clock.now(connection)

    def check(self) -> None:
        """Connect once.

        Raises:
            ServiceUnreachableError: with the server's own words, and no password.
        """
        try:
            with self.read() as connection:
                connection.exec_driver_sql("SELECT 1")
        except (DBAPIError, PoolTimeoutError, OSError) as error:
            raise ServiceUnreachableError(
                f"database {self.address}: {first_line(error)} ({remedy(error)})"
            ) from error

    @property
    def address(self) -> str:
        """The address without its password, for messages."""
        url = self.engine.url.difference_update_query(["password", "sslpassword"])
        return url.render_as_string(hide_password=True)

    def close(self) -> None:
        """Close every pooled connection."""
        self.engine.dispose()


def insert_new(connection: Connection, table: Table) -> Any:
    """Return an INSERT for *table* that passes over rows whose unique key is already there."""
    insert = postgresql.insert if connection.dialect.name == "postgresql" else sqlite.insert
    return insert(table).on_conflict_do_nothing()


def is_transient(error: BaseException) -> bool:
    """Return whether the same may work later: locked, unreachable, deadlocked, disk full."""
    if isinstance(error, DBAPIError):
        state = getattr(error.orig, "sqlstate", None)
        if state is not None:
            return state in TRANSIENT_SQLSTATES or state[:2] in TRANSIENT_SQLSTATE_CLASSES
        code = getattr(error.orig, "sqlite_errorcode", None)
        if code is not None:
            return code & 0xFF in TRANSIENT_SQLITE_CODES
        return error.connection_invalidated or isinstance(error, OperationalError | InterfaceError)
    return isinstance(error, OSError | TransientError | PoolTimeoutError)


def remedy(error: BaseException) -> str:
    """Return what a person can do about an error of the database."""
    original = getattr(error, "orig", None)
    code = getattr(original, "sqlstate", None) or getattr(original, "sqlite_errorname", None)
    said = f"{code or ''} {original or error}"
    fitting = (advice for words, advice in _REMEDIES.items() if words in said)
    return next(fitting, "newswatch doctor says more")


def _engine(url: str) -> Engine:
    try:
        parsed = make_url(url)
        name = parsed.get_backend_name()
    except (ArgumentError, NoSuchModuleError, ValueError):
        raise SettingsError(
            "database.url: not an address; expected postgresql://… or sqlite:///…"
        ) from None
    if name == "sqlite" and parsed.database in {None, "", ":memory:"}:
        raise SettingsError("database.url: SQLite needs a file; expected sqlite:///path/to/file.db")
    try:
        return _create_engine(parsed, name)
    except (ArgumentError, NoSuchModuleError, ImportError) as error:
        raise SettingsError(f"database.url: no driver for it: {first_line(error)}") from None


def _create_engine(parsed: URL, name: str) -> Engine:
    # hide_parameters: an error is stored and logged, and must not carry an article or a secret.
    if name == "sqlite":
        engine = create_engine(
            parsed,
            connect_args={"timeout": 30},
            pool_size=20,
            max_overflow=20,
            hide_parameters=True,
        )
        event.listen(engine, "connect", _configure_sqlite)
        event.listen(engine, "begin", _begin_sqlite)
        return engine
    if name == "postgresql":
        return create_engine(
            parsed,
            pool_pre_ping=True,
            pool_size=8,
            max_overflow=16,
            hide_parameters=True,
            connect_args={"connect_timeout": 5, "application_name": "newswatch"},
        )
    raise SettingsError(f"database.url: {name} is not supported; use PostgreSQL or SQLite")


def _configure_sqlite(connection: Any, _record: Any) -> None:
    # The driver must not open transactions by itself: _begin_sqlite does.
    connection.isolation_level = None
    cursor = connection.cursor()
    # FULL: a file leaves the inbox only after this commit, so it must survive power loss.
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=30000"):
        cursor.execute(f"PRAGMA {pragma}")
    cursor.close()


def _begin_sqlite(connection: Connection) -> None:
    # IMMEDIATE: else a read-then-write transaction fails with SQLITE_BUSY at its first write.
    writing = connection.get_execution_options().get(WRITING, False)
    connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")


def first_line(error: BaseException) -> str:
    """Return what went wrong in one line: the driver's own words, without the statement."""
    original = getattr(error, "orig", None) or error
    return next(iter(str(original).strip().splitlines()), type(original).__name__)
