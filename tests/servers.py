"""Private servers for tests: Redis and PostgreSQL, started from installed programs, never shared.

Each belongs to one test process: it listens on loopback or a unix socket in a folder of its own,
keeps nothing, and ends with that process, however that process ends.
"""

from __future__ import annotations

import atexit
import ctypes
import os
import pwd
import shutil
import signal
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import suppress
from pathlib import Path

import psycopg
from redis import Redis
from redis.exceptions import RedisError

START_SECONDS = 30.0
POLL_SECONDS = 0.02
PR_SET_PDEATHSIG = 1


class NoServerError(Exception):
    """A program the tests need is not installed, or does not start; the message says which."""


class RedisServer:
    """A Redis or Valkey without persistence on a unix socket; stop, start and pause it at will."""

    def __init__(self) -> None:
        program = shutil.which("redis-server") or shutil.which("valkey-server")
        if program is None:
            raise NoServerError("redis-server or valkey-server is not on PATH")
        self._program = program
        self._folder = Path(tempfile.mkdtemp(prefix="nw-redis-"))
        self._process: subprocess.Popen[bytes] | None = None
        atexit.register(self.remove)
        self.start()

    @property
    def url(self) -> str:
        """The address as newswatch's settings take it."""
        return f"unix://{self._folder / 'redis.sock'}"

    def start(self) -> None:
        """Start, empty, and wait until it answers."""
        log = self._folder / "log"
        options = ["--port", "0", "--unixsocket", str(self._folder / "redis.sock")]
        options += ["--save", "", "--appendonly", "no", "--dir", str(self._folder)]
        self._process = _spawn([self._program, *options], log)
        _wait_until(self._answers, self._process, log)

    def stop(self) -> None:
        """Kill it: everything in it is lost."""
        if self._process is not None:
            self._process.kill()
            self._process.wait()
            self._process = None

    def pause(self) -> None:
        """Let it hang: connections stand, nothing is answered."""
        self._signal(signal.SIGSTOP)

    def resume(self) -> None:
        """Let it go on."""
        self._signal(signal.SIGCONT)

    def flush(self) -> None:
        """FLUSHALL."""
        with Redis.from_url(self.url) as connection:
            connection.flushall()

    def remove(self) -> None:
        """End it and take its folder away; may be called twice."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _signal(self, number: signal.Signals) -> None:
        if self._process is not None:
            self._process.send_signal(number)

    def _answers(self) -> bool:
        try:
            with Redis.from_url(self.url) as connection:
                return bool(connection.ping())
        except (RedisError, OSError):
            return False


class PostgresServer:
    """A PostgreSQL cluster on a loopback port; anybody on loopback is trusted."""

    def __init__(self) -> None:
        self._programs = _postgres_programs()
        self._user = _unprivileged_user()
        self._folder = Path(tempfile.mkdtemp(prefix="nw-pg-"))
        if self._user is not None:
            shutil.chown(self._folder, self._user)
        self._process: subprocess.Popen[bytes] | None = None
        self._port = 0
        atexit.register(self.remove)
        self._initialise()
        self.start()

    def url(self, database: str) -> str:
        """Return the address of one database as newswatch's settings take it."""
        return f"postgresql://postgres@127.0.0.1:{self._port}/{database}"

    def create(self, name: str, *, template: str | None = None) -> str:
        """Make a database, a copy of *template*, and return its address."""
        self._administer(f'CREATE DATABASE "{name}" TEMPLATE "{template or "template1"}"')
        return self.url(name)

    def drop(self, name: str) -> None:
        """Remove a database, whoever is still connected to it."""
        self._administer(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    def start(self) -> None:
        """Start on the port it had, or on a free one, and wait until it takes connections."""
        log = self._folder / "log"
        for attempt in range(5):
            if not self._port or attempt:
                self._port = _free_port()
            self._process = self._run(self._options(), log)
            try:
                _wait_until(self._answers, self._process, log)
            except NoServerError:
                # Another test process may have taken the port between our look and the start.
                self.stop()
                if attempt == 4:
                    raise
            else:
                return

    def stop(self) -> None:
        """Stop at once, as a crash would: open transactions are lost, committed ones are not."""
        if self._process is not None:
            self._process.send_signal(signal.SIGQUIT)
            self._process.wait()
            self._process = None

    def remove(self) -> None:
        """End it and take its folder away; may be called twice."""
        self.stop()
        shutil.rmtree(self._folder, ignore_errors=True)

    def _initialise(self) -> None:
        log = self._folder / "log"
        options = ["-D", str(self._data), "-U", "postgres", "-A", "trust", "-E", "UTF8"]
        command = [str(self._programs / "initdb"), *options, "--locale=C", "--no-sync"]
        if self._run(command, log).wait():
            raise NoServerError(f"initdb failed: {_tail(log)}")

    def _options(self) -> list[str]:
        settings = {
            "listen_addresses": "127.0.0.1",
            "port": str(self._port),
            "unix_socket_directories": str(self._folder),
            # A test cluster outlives no crash of the machine, and need not.
            "fsync": "off",
            "full_page_writes": "off",
            "max_connections": "100",
            "shared_buffers": "32MB",
            # Far from UTC, so that a time which lost its zone shows.
            "timezone": "Asia/Ho_Chi_Minh",
        }
        pairs = [part for key, value in settings.items() for part in ("-c", f"{key}={value}")]
        return [str(self._programs / "postgres"), "-D", str(self._data), *pairs]

    @property
    def _data(self) -> Path:
        return self._folder / "data"

    def _run(self, command: Sequence[str], log: Path) -> subprocess.Popen[bytes]:
        return _spawn(command, log, user=self._user, on_parent_death=signal.SIGQUIT)

    def _administer(self, statement: str) -> None:
        with psycopg.connect(self.url("postgres"), autocommit=True) as connection:
            connection.execute(statement.encode())

    def _answers(self) -> bool:
        try:
            psycopg.connect(self.url("postgres"), connect_timeout=2).close()
        except psycopg.OperationalError:
            return False
        return True


def _postgres_programs() -> Path:
    """Return the folder with initdb and postgres: the newest installed."""

    def version(folder: Path) -> int:
        name = folder.parent.name
        return int(name) if name.isdigit() else 0

    for folder in sorted(Path("/usr/lib/postgresql").glob("*/bin"), key=version, reverse=True):
        if (folder / "initdb").exists() and (folder / "postgres").exists():
            return folder
    found = shutil.which("initdb")
    if found is None:
        raise NoServerError("initdb is neither in /usr/lib/postgresql/*/bin nor on PATH")
    return Path(found).resolve().parent


def _unprivileged_user() -> str | None:
    """Return whom to run PostgreSQL as, since it refuses root; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise NoServerError("PostgreSQL refuses root, and there is no user postgres or nobody")


def _spawn(
    command: Sequence[str],
    log: Path,
    *,
    user: str | None = None,
    on_parent_death: signal.Signals = signal.SIGKILL,
) -> subprocess.Popen[bytes]:
    account = pwd.getpwnam(user) if user else None
    with log.open("ab") as output:
        return subprocess.Popen(
            command,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd=log.parent,
            # Its own group: a Ctrl-C at the terminal is for pytest, which then ends the server.
            start_new_session=True,
            user=account.pw_uid if account else None,
            group=account.pw_gid if account else None,
            extra_groups=[] if account else None,
            preexec_fn=_dies_with_parent(on_parent_death),  # noqa: PLW1509 - one system call
        )


def _dies_with_parent(number: signal.Signals) -> Callable[[], None] | None:
    """Return what ties a child to this process, even to one that is killed; Linux only."""
    if sys.platform != "linux":
        return None
    libc = ctypes.CDLL(None)

    def tie() -> None:
        libc.prctl(PR_SET_PDEATHSIG, int(number), 0, 0, 0)

    return tie


def _wait_until(answers: Callable[[], bool], process: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not answers():
        if process.poll() is not None or time.monotonic() > deadline:
            raise NoServerError(f"{process.args!r} did not start: {_tail(log)}")
        time.sleep(POLL_SECONDS)


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def _tail(log: Path) -> str:
    return log.read_text(errors="replace")[-2000:]
