"""Databases for one measurement: made empty, removed at its end. Never a database of the user's."""

from __future__ import annotations

import os
import pwd
import shutil
import socket
import subprocess
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from uuid import uuid4

import psycopg
from psycopg import sql

from shared.errors import ServiceUnreachableError, SettingsError

START_SECONDS = 30.0
_POLL_SECONDS = 0.1


@contextmanager
def throwaway_folder(parent: Path | None) -> Iterator[Path]:
    """Make a folder (in *parent*, else where temporary files go) and remove it at the end."""
    with tempfile.TemporaryDirectory(prefix="newswatch-bench-", dir=parent) as name:
        yield Path(name)


@contextmanager
def throwaway_postgresql(server: str | None, folder: Path) -> Iterator[str]:
    """Make a database on *server*, else on a server of our own in *folder*; yield its address.

    Raises:
        SettingsError: PostgreSQL is not installed here, or does not start.
        ServiceUnreachableError: *server* does not let us make a database.
    """
    if server is not None:
        with _database_on(server) as address:
            yield address
        return
    with _own_server(folder) as own, _database_on(own) as address:
        yield address


@contextmanager
def _database_on(server: str) -> Iterator[str]:
    name = f"newswatch_bench_{uuid4().hex[:12]}"
    try:
        with psycopg.connect(server, autocommit=True, connect_timeout=5) as connection:
            connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(name)))
            address = _address(connection.info, name)
    except psycopg.Error as error:
        words = str(error).strip().splitlines()[0]
        raise ServiceUnreachableError(f"PostgreSQL: no database to measure in: {words}") from None
    try:
        yield address
    finally:
        with psycopg.connect(server, autocommit=True, connect_timeout=5) as connection:
            drop = sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)")
            connection.execute(drop.format(sql.Identifier(name)))


def _address(info: psycopg.ConnectionInfo, name: str) -> str:
    password = f":{info.password}" if info.password else ""
    return f"postgresql+psycopg://{info.user}{password}@{info.host}:{info.port}/{name}"


@contextmanager
def _own_server(folder: Path) -> Iterator[str]:
    programs, user = _programs(), _unprivileged_user()
    data, log = folder / "postgresql", folder / "postgresql.log"
    data.mkdir()
    log.touch()
    if user is not None:
        folder.chmod(0o711)
        shutil.chown(data, user)
    initialise = [programs / "initdb", "-D", data, "-U", "postgres", "-A", "trust", "-E", "UTF8"]
    if _start([*initialise, "--locale=C"], log, user).wait():
        raise SettingsError(f"initdb failed: {log.read_text(errors='replace')[-500:]}")
    port = _free_port()
    # As durable as a real one: the cost of a commit is part of what is measured.
    options = ["-c", f"port={port}", "-c", "listen_addresses=127.0.0.1"]
    options += ["-c", "unix_socket_directories=", "-c", "shared_buffers=512MB"]
    options += ["-c", "max_wal_size=4GB"]
    server = _start([programs / "postgres", "-D", data, *options], log, user)
    try:
        address = f"postgresql://postgres@127.0.0.1:{port}/postgres"
        _wait_until_it_answers(address, server, log)
        yield address
    finally:
        server.terminate()
        with suppress(subprocess.TimeoutExpired):
            server.wait(START_SECONDS)
        server.kill()
        server.wait()


def _programs() -> Path:
    """Return the folder with initdb and postgres: the newest installed."""
    found = [
        folder
        for folder in Path("/usr/lib/postgresql").glob("*/bin")
        if folder.parent.name.isdigit() and (folder / "initdb").exists()
    ]
    if found:
        return max(found, key=lambda folder: int(folder.parent.name))
    on_path = shutil.which("initdb")
    if on_path is None:
        raise SettingsError(
            "PostgreSQL is not installed here (no initdb in /usr/lib/postgresql/*/bin or on PATH); "
            "install it, name a server with --postgresql-url, or measure --engine sqlite"
        )
    return Path(on_path).resolve().parent


def _unprivileged_user() -> str | None:
    """Return whom to run PostgreSQL as, since it refuses root; None for ourselves."""
    if os.geteuid() != 0:
        return None
    for name in ("postgres", "nobody"):
        with suppress(KeyError):
            return pwd.getpwnam(name).pw_name
    raise SettingsError("PostgreSQL refuses root, and there is no user postgres or nobody")


def _start(command: list[object], log: Path, user: str | None) -> subprocess.Popen[bytes]:
    with log.open("ab") as output:
        return subprocess.Popen(  # noqa: S603 - our own words
            [str(part) for part in command],
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            cwd="/",
            # A Ctrl-C at the terminal is for us, and we end the server.
            start_new_session=True,
            user=user,
            group=pwd.getpwnam(user).pw_gid if user else None,
            extra_groups=[] if user else None,
        )


def _wait_until_it_answers(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    deadline = time.monotonic() + START_SECONDS
    while not _answers(address):
        if server.poll() is not None or time.monotonic() > deadline:
            words = log.read_text(errors="replace")[-500:]
            raise SettingsError(f"PostgreSQL does not start: {words}")
        time.sleep(_POLL_SECONDS)


def _answers(address: str) -> bool:
    try:
        psycopg.connect(address, connect_timeout=2).close()
    except psycopg.OperationalError:
        return False
    return True


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])
