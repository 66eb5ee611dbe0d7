"""`run all` over processes: one for each role on Redis, started again when they die.

Without a Redis to talk to, a private server is started on a unix socket, if one is installed.
"""

from __future__ import annotations

import ctypes
import logging
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from redis import Redis
from redis.exceptions import RedisError

from shared.errors import ServiceUnreachableError

log = logging.getLogger("newswatch.supervisor")

PR_SET_PDEATHSIG = 1
SERVERS = ("redis-server", "valkey-server")
START_SECONDS = 5.0
STOP_SECONDS = 30.0
RESTART_SECONDS = 1.0
MAX_RESTART_SECONDS = 30.0
LOOK_SECONDS = 0.2


@dataclass
class Child:
    """One role kept running as a process of its own."""

    role: str
    command: Sequence[str]
    environment: Mapping[str, str]
    process: subprocess.Popen[bytes] | None = None
    started_at: float = 0.0
    pause_seconds: float = RESTART_SECONDS
    start_at: float = 0.0
    is_server: bool = False

    def look(self, now: float) -> None:
        """Start the process if it is not there, less eagerly the faster it keeps dying."""
        if self.process is not None:
            if self.process.poll() is None:
                return
            self._mourn(self.process.returncode, now)
        if now >= self.start_at:
            self._start()
            self.started_at = now

    def _start(self) -> None:
        if self.is_server:
            self.process = subprocess.Popen(  # noqa: S603 - the server found on PATH
                self.command,
                stdout=subprocess.DEVNULL,
                # Ctrl-C is for us: the server must outlive the workers that use it.
                start_new_session=True,
                # It could not notice by itself that we were killed.
                preexec_fn=_tie_to_parent(),  # noqa: PLW1509 - one system call, prepared before
            )
        else:
            self.process = subprocess.Popen(self.command, env=dict(self.environment))  # noqa: S603

    def _mourn(self, code: int, now: float) -> None:
        self.process = None
        if code == 0:
            return  # it did its share of jobs: a fresh one follows at once
        if now - self.started_at > MAX_RESTART_SECONDS:
            self.pause_seconds = RESTART_SECONDS
        log.error("%s ended (%s); starting it again", self.role, _ending(code))
        self.start_at = now + self.pause_seconds
        self.pause_seconds = min(self.pause_seconds * 2, MAX_RESTART_SECONDS)


@dataclass
class Supervisor:
    """Keeps one process a role running, and several for extract."""

    environment: Mapping[str, str]
    workers: int
    with_console: bool = True
    stop: threading.Event = field(default_factory=threading.Event)
    server: Child | None = None

    def __post_init__(self) -> None:
        """Decide which processes there are; a private *server* is kept running beside them."""
        roles = ["ingest", *["extract"] * self.workers, "link", "alert", "notify"]
        if self.with_console:
            roles.append("console")
        self._children = [self._child(role) for role in roles]

    def _child(self, role: str) -> Child:
        command = [sys.executable, "-m", "services.cli", "run", role]
        command += ["--exit-with-parent", str(os.getpid())]
        return Child(role, command, self.environment)

    def start(self) -> None:
        """Start every process that is not there."""
        for child in (*filter(None, [self.server]), *self._children):
            child.look(time.monotonic())

    def watch(self) -> None:
        """Keep them running until told to stop."""
        while not self.stop.wait(LOOK_SECONDS):
            self.start()

    def end(self) -> None:
        """Ask every process to finish what it holds; end by force those that do not."""
        self.stop.set()
        living = [child.process for child in self._children if child.process is not None]
        for process in living:
            process.terminate()
        deadline = time.monotonic() + STOP_SECONDS
        for process in living:
            try:
                process.wait(max(deadline - time.monotonic(), 0.1))
            except subprocess.TimeoutExpired:
                log.warning("process %d does not stop; killing it (leases expire)", process.pid)
                process.kill()
                process.wait()


@contextmanager
def private_redis() -> Iterator[tuple[str, Child] | None]:
    """Start a Redis or Valkey for this run and yield (address, server); None: none is installed.

    Raises:
        ServiceUnreachableError: the server that is installed does not start.
    """
    binary = next((found for name in SERVERS if (found := shutil.which(name))), None)
    if binary is None:
        yield None
        return
    with tempfile.TemporaryDirectory(prefix="newswatch-") as folder:
        Path(folder).chmod(0o700)
        socket = f"{folder}/redis.sock"
        options = ("--port", "0", "--unixsocket", socket, "--unixsocketperm", "700")
        volatile = ("--save", "", "--appendonly", "no", "--maxmemory-policy", "noeviction")
        command = [binary, *options, *volatile, "--dir", folder]
        server = Child(Path(binary).name, command, {}, is_server=True)
        server.look(time.monotonic())
        try:
            _await(socket, server)
            yield f"unix://{socket}", server
        finally:
            if server.process is not None:
                server.process.terminate()
                server.process.wait()


def _tie_to_parent() -> Callable[[], None] | None:
    """Return what ends a child with this process, even when that is killed; Linux only."""
    if sys.platform != "linux":
        return None
    library = ctypes.CDLL(None)

    def tie() -> None:
        library.prctl(PR_SET_PDEATHSIG, int(signal.SIGTERM), 0, 0, 0)

    return tie


def _await(socket: str, server: Child) -> None:
    deadline = time.monotonic() + START_SECONDS
    with Redis(unix_socket_path=socket) as connection:
        while time.monotonic() < deadline and server.process and server.process.poll() is None:
            try:
                connection.ping()
            except RedisError:
                time.sleep(0.02)
            else:
                return
    raise ServiceUnreachableError("the private Redis server does not start; see its output above")


def stop_on_signals(stop: threading.Event) -> None:
    """Set *stop* at the first SIGTERM or SIGINT; the second ends the process at once."""

    def note(number: int, _frame: object) -> None:
        if stop.is_set():
            os._exit(128 + number)
        stop.set()

    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGINT, note)


def stop_with_parent(stop: threading.Event, parent: int) -> None:
    """Set *stop* when the supervisor, process *parent*, is gone: nobody works on unwatched."""

    def watch() -> None:
        while os.getppid() == parent:
            if stop.wait(LOOK_SECONDS):
                return
        stop.set()

    threading.Thread(target=watch, name="parent", daemon=True).start()


def _ending(code: int) -> str:
    return f"signal {-code}" if code < 0 else f"exit code {code}"
