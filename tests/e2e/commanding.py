"""The command `newswatch` as users and scripts meet it: arguments in, exit code and words out."""

from __future__ import annotations

import io
import json
import logging
import os
import signal
import subprocess
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, redirect_stderr, redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from unittest.mock import patch

from services.cli.app import run
from shared.database import Database
from shared.migrations import upgrade
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE
from tests.waiting import wait_until

LONGEST_SECONDS = 90.0
STOP_SECONDS = 30.0
QUICK = {
    "NEWSWATCH_INBOX_QUIET_SECONDS": "0.05",
    "NEWSWATCH_INBOX_SCAN_SECONDS": "0.05",
    "NEWSWATCH_INBOX_MIN_FREE_BYTES": "0",
    "NEWSWATCH_WORK_SWEEP_SECONDS": "0.2",
    "NEWSWATCH_ALERT_COALESCE_MINUTES": "0",
    "NEWSWATCH_NOTIFY_THREADS": "1",
    "NEWSWATCH_CONSOLE_PORT": "0",
}
RULES = """schema = 1
[[rule]]
name = "quarry"
query = 'quarry AND "joint survey"'
[[channel]]
name = "paper"
kind = "file"
path = "paper.jsonl"
[[subscription]]
subscriber = "desk"
rule = "quarry"
channel = "paper"
"""
HOSTILE_TITLE = "Evil \x1b[31mred\x07 \u202etitle\u202c of \x9b31m moths"


@dataclass(frozen=True)
class Answer:
    """What a command came to."""

    code: int
    out: str
    err: str

    @property
    def document(self) -> Any:
        """The one JSON document on stdout."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[Any]:
        """The JSON documents on stdout, one a line."""
        return [json.loads(line) for line in self.out.splitlines()]


@dataclass
class Running:
    """A command that runs on: what it says on stderr is in a file."""

    process: subprocess.Popen[bytes]
    log: Path

    @property
    def err(self) -> str:
        """What it said so far."""
        return self.log.read_text("utf-8", "replace")

    def wait_for(self, words: str, *, seconds: float = 60.0) -> None:
        """Wait until it says *words*; fail at once if it ends instead."""

        def is_said() -> bool:
            said = self.err
            if words not in said:
                assert self.process.poll() is None, f"it ended: {said}"
            return words in said

        wait_until(is_said, f"{words!r} on stderr, which has: {self.err}", seconds=seconds)

    def stop(self) -> int:
        """Ask it to end, and return its exit code."""
        self.process.send_signal(signal.SIGTERM)
        return self.process.wait(STOP_SECONDS)


class Commands:
    """Runs the command in one folder, as processes, with quick settings and nothing inherited."""

    def __init__(self, folder: Path, environment: Mapping[str, str] | None = None) -> None:
        self.folder = folder
        self.data = folder / "data"
        self.inbox = folder / "inbox"
        folders = {"NEWSWATCH_DATA_DIR": str(self.data), "NEWSWATCH_INBOX_DIR": str(self.inbox)}
        self.environment = _bare_environment() | QUICK | folders | dict(environment or {})
        self._count = 0

    def run(self, *arguments: str | Path, **environment: str) -> Answer:
        """Run one command to its end."""
        done = subprocess.run(
            command_line(arguments),
            cwd=self.folder,
            env=self.environment | environment,
            capture_output=True,
            timeout=LONGEST_SECONDS,
            check=False,
        )
        return Answer(done.returncode, done.stdout.decode(), done.stderr.decode())

    def ask(self, *arguments: str) -> Answer:
        """Run one command to its end, in this process: ten times as fast."""
        return ask(*arguments, **self.environment)

    @contextmanager
    def running(self, *arguments: str, **environment: str) -> Iterator[Running]:
        """Start a command that runs on; killed when the block ends."""
        self._count += 1
        log = self.folder / f"stderr-{self._count}.log"
        with log.open("wb") as stderr:
            process = subprocess.Popen(
                command_line(arguments),
                cwd=self.folder,
                env=self.environment | environment,
                stdout=stderr,
                stderr=stderr,
                stdin=subprocess.DEVNULL,
            )
        try:
            yield Running(process, log)
        finally:
            process.kill()
            process.wait()

    @property
    def books(self) -> Books:
        """What the SQLite database of this folder says, without a process to ask."""
        return Books(Database(f"sqlite:///{self.data / 'newswatch.db'}"))

    def prepare(self, url: str | None = None) -> None:
        """Make the database, as `newswatch db upgrade` does."""
        self.data.mkdir(exist_ok=True)
        database = Database(url or f"sqlite:///{self.data / 'newswatch.db'}")
        upgrade(database)
        database.close()

    def drop(self, name: str, text: str) -> None:
        """Move a file into the inbox, as a careful writer does."""
        self.inbox.mkdir(exist_ok=True)
        stage = self.folder / f"stage-{name}"
        stage.write_text(text, "utf-8")
        stage.rename(self.inbox / name)


def command_line(arguments: Sequence[str | Path]) -> list[str]:
    """Return how a process is started that runs `newswatch` with *arguments*."""
    return [sys.executable, "-m", "services.cli", *map(str, arguments)]


def write_samples(folder: Path) -> list[Path]:
    """Write an article that matches RULES, one that does not with a hostile title, and a stub."""
    texts = {
        "quarry.txt": f"{QUARRY_TITLE}\n\n{QUARRY}\n",
        "moth.json": json.dumps({"id": "x-1", "title": HOSTILE_TITLE, "text": LANTERN}),
        "stub.txt": LANTERN_TITLE.split()[0],
    }
    folder.mkdir()
    for name, text in texts.items():
        (folder / name).write_text(text, "utf-8")
    return [folder / name for name in texts]


def ask(*arguments: str, **environment: str) -> Answer:
    """Run one command in this process, in its current folder."""
    out, err = io.StringIO(), io.StringIO()
    with (
        _logs_as_they_were(),
        patch.dict(os.environ, environment),
        redirect_stdout(out),
        redirect_stderr(err),
    ):
        code = run(arguments)
    return Answer(code, out.getvalue(), err.getvalue())


@contextmanager
def _logs_as_they_were() -> Iterator[None]:
    root = logging.getLogger()
    handlers, level = list(root.handlers), root.level
    try:
        yield
    finally:
        root.handlers[:] = handlers
        root.setLevel(level)


def _bare_environment() -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith("NEWSWATCH_")}
    return kept | {"PYTHONUNBUFFERED": "1"}
