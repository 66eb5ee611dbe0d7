"""What every test may ask for: settings in a folder of its own, servers, engines, a still clock.

Servers are started once per test process, on first use. Where their programs are missing the tests
that need them are skipped, or failed when NEWSWATCH_REQUIRE_SERVICES=1 (as in CI).
"""

from __future__ import annotations

import ipaddress
import os
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar
from uuid import uuid4

import pytest

from shared.clock import Clock
from shared.database import Database
from shared.migrations import upgrade
from shared.runtime import Runtime, open_runtime
from shared.settings import Settings
from tests.clocks import FixedClock
from tests.servers import NoServerError, PostgresServer, RedisServer

REQUIRE_SERVICES = os.environ.get("NEWSWATCH_REQUIRE_SERVICES") == "1"
# What tells the tests where labelled data lies; everything else would leak into settings.
OF_THE_TESTS = {"NEWSWATCH_REQUIRE_SERVICES", "NEWSWATCH_EVAL_DIR", "NEWSWATCH_ARTICLES_DIR"}
ENGINES = ("sqlite", "postgresql")
TEMPLATE = "newswatch_template"

MEMORY_DISK = Path("/dev/shm")
ROOM_BYTES = 4 << 30


def _use_memory_disk() -> None:
    """Put temporary folders in memory where there is room: half of the suite is waiting for fsync.

    What survives a crash of a process is the same there; what survives a power cut no test can say.
    """
    if "TMPDIR" in os.environ or not os.access(MEMORY_DISK, os.W_OK):
        return
    if shutil.disk_usage(MEMORY_DISK).free >= ROOM_BYTES:
        os.environ["TMPDIR"] = str(MEMORY_DISK)
        tempfile.tempdir = None


_use_memory_disk()

_Server = TypeVar("_Server", RedisServer, PostgresServer)
_outside: list[str] = []


def _refuse_the_world(event: str, arguments: tuple[Any, ...]) -> None:
    if event in {"socket.connect", "socket.sendto"} and not _is_local(arguments[1]):
        _outside.append(f"{event} {arguments[1]!r}")
        raise PermissionError(f"tests stay on loopback, and do not connect to {arguments[1]!r}")


def _is_local(address: object) -> bool:
    if not isinstance(address, tuple):
        return True  # a unix socket
    host = str(address[0])
    try:
        return host in {"localhost", ""} or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


sys.addaudithook(_refuse_the_world)


@pytest.fixture(autouse=True)
def _stay_on_loopback() -> Iterator[None]:
    """Fail a test that connects beyond loopback, even where its code swallowed the refusal."""
    _outside.clear()
    yield
    assert not _outside, f"connected beyond loopback: {_outside}"


@pytest.fixture(autouse=True)
def _no_settings_from_outside(monkeypatch: pytest.MonkeyPatch) -> None:
    """Hide the developer's own NEWSWATCH_* settings."""
    for name in list(os.environ):
        if name.startswith("NEWSWATCH_") and name not in OF_THE_TESTS:
            monkeypatch.delenv(name)


def _start(server: Callable[[], _Server]) -> _Server:
    try:
        return server()
    except NoServerError as error:
        if REQUIRE_SERVICES:
            pytest.fail(str(error))
        pytest.skip(str(error))


@pytest.fixture(scope="session")
def _redis_of_this_process() -> Iterator[RedisServer]:
    server = _start(RedisServer)
    yield server
    server.remove()


@pytest.fixture
def redis_url(_redis_of_this_process: RedisServer) -> str:
    """The address of a real, empty Redis, shared by the tests of this process one after another."""
    _redis_of_this_process.flush()
    return _redis_of_this_process.url


@pytest.fixture
def redis_server() -> Iterator[RedisServer]:
    """A real Redis of this test alone, to be stopped, paused and flushed."""
    server = _start(RedisServer)
    yield server
    server.resume()
    server.remove()


@pytest.fixture(scope="session")
def _postgres_of_this_process() -> Iterator[PostgresServer]:
    server = _start(PostgresServer)
    database = Database(_with_driver(server.create(TEMPLATE)))
    upgrade(database)
    database.close()
    yield server
    server.remove()


@pytest.fixture
def postgres_server() -> Iterator[PostgresServer]:
    """A PostgreSQL cluster of this test alone, without databases, to be stopped and started."""
    server = _start(PostgresServer)
    yield server
    server.remove()


@pytest.fixture
def postgres_url(_postgres_of_this_process: PostgresServer) -> Iterator[str]:
    """The address of a fresh PostgreSQL database with every migration applied."""
    yield from _fresh_database(_postgres_of_this_process, TEMPLATE)


@pytest.fixture
def empty_postgres_url(_postgres_of_this_process: PostgresServer) -> Iterator[str]:
    """The address of a PostgreSQL database with nothing in it."""
    yield from _fresh_database(_postgres_of_this_process, None)


def _fresh_database(server: PostgresServer, template: str | None) -> Iterator[str]:
    name = f"test_{uuid4().hex}"
    yield server.create(name, template=template)
    server.drop(name)


@pytest.fixture(scope="session")
def _migrated_sqlite_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("template") / "newswatch.db"
    database = Database(f"sqlite:///{path}")
    upgrade(database)
    database.close()
    return path


@pytest.fixture
def sqlite_url(tmp_path: Path, _migrated_sqlite_file: Path) -> str:
    """The address of a fresh SQLite file with every migration applied."""
    path = tmp_path / "newswatch.db"
    shutil.copy(_migrated_sqlite_file, path)
    return f"sqlite:///{path}"


@pytest.fixture(params=ENGINES)
def database_url(request: pytest.FixtureRequest) -> str:
    """The address of a fresh, migrated database, once for each engine."""
    return str(
        request.getfixturevalue("sqlite_url" if request.param == "sqlite" else "postgres_url")
    )


@pytest.fixture(params=ENGINES)
def empty_database_url(request: pytest.FixtureRequest, tmp_path: Path) -> str:
    """The address of a database with nothing in it, once for each engine."""
    if request.param == "sqlite":
        return f"sqlite:///{tmp_path / 'empty.db'}"
    return str(request.getfixturevalue("empty_postgres_url"))


NewSettings = Callable[..., Settings]
NewRuntime = Callable[..., Runtime]


@pytest.fixture
def new_settings(tmp_path: Path) -> NewSettings:
    """Make settings with folders of this test alone: `new_settings(work={"batch": 2})`."""

    def make(**sections: dict[str, Any]) -> Settings:
        values: dict[str, dict[str, Any]] = {
            "data": {"dir": tmp_path / "data"},
            # A full disk of the developer is no reason for red tests.
            "inbox": {"dir": tmp_path / "inbox", "min_free_bytes": 0},
            "console": {"port": 0},
        }
        for name, section in sections.items():
            values[name] = values.get(name, {}) | section
        return Settings.model_validate(values)

    return make


@pytest.fixture
def settings(new_settings: NewSettings) -> Settings:
    """The defaults, with data and inbox in this test's folder."""
    return new_settings()


@pytest.fixture
def open_at(new_settings: NewSettings) -> Iterator[NewRuntime]:
    """Open runtimes anywhere: `open_at(url, clock=…, redis_url=…, work={…})`; closed after."""
    opened: list[Runtime] = []

    def make(
        url: str,
        *,
        clock: Clock | None = None,
        redis_url: str | None = None,
        **sections: dict[str, Any],
    ) -> Runtime:
        made = open_runtime(
            new_settings(database={"url": url}, **sections), clock=clock, redis_url=redis_url
        )
        opened.append(made)
        return made

    yield make
    for runtime in opened:
        runtime.close()


@pytest.fixture
def new_runtime(open_at: NewRuntime, database_url: str) -> NewRuntime:
    """Open runtimes on one fresh database, once for each engine: `new_runtime(work={…})`."""

    def make(**options: Any) -> Runtime:
        return open_at(database_url, **options)

    return make


@pytest.fixture
def runtime(new_runtime: NewRuntime) -> Runtime:
    """A runtime with an embedded queue and the database's own clock, once for each engine."""
    return new_runtime()


@pytest.fixture
def frozen_clock() -> FixedClock:
    """A clock at noon, until `advance(seconds=…)`."""
    return FixedClock()


@pytest.fixture
def frozen_runtime(new_runtime: NewRuntime, frozen_clock: FixedClock) -> Runtime:
    """A runtime whose time is `frozen_clock`, once for each engine."""
    return new_runtime(clock=frozen_clock)


@pytest.fixture
def sqlite_runtime(open_at: NewRuntime, sqlite_url: str) -> Runtime:
    """A runtime on SQLite with an embedded queue."""
    return open_at(sqlite_url)


@pytest.fixture
def postgres_runtime(open_at: NewRuntime, postgres_url: str) -> Runtime:
    """A runtime on PostgreSQL with an embedded queue."""
    return open_at(postgres_url)


def _with_driver(url: str) -> str:
    return url.replace("postgresql://", "postgresql+psycopg://", 1)
