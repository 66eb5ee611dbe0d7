"""newswatch as users run it: a tree of processes, to be killed without a word."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import suppress
from pathlib import Path
from typing import Any

from tests.e2e.newsroom import wait_until

COMMAND = [sys.executable, "-m", "services.cli"]
END_SECONDS = 120.0


class Newswatch:
    """The command line in a folder of its own."""

    def __init__(self, folder: Path, **settings: str) -> None:
        self.folder = folder
        self.inbox = folder / "inbox"
        self.inbox.mkdir(parents=True)
        self._log = folder / "stderr.log"
        kept = {name: value for name, value in os.environ.items() if name[:10] != "NEWSWATCH_"}
        self._environment = kept | _named(
            DATA_DIR=str(folder / "data"),
            INBOX_DIR=str(self.inbox),
            INBOX_MIN_FREE_BYTES="0",
            WORK_LEASE_SECONDS="2",
            WORK_SWEEP_SECONDS="0.5",
            WORK_POSTPONE_SECONDS="0.5",
            ALERT_COALESCE_MINUTES="0",
            CONSOLE_PORT="0",
            **settings,
        )
        self._running: list[subprocess.Popen[bytes]] = []

    def start(self, *arguments: str) -> subprocess.Popen[bytes]:
        """Start `newswatch run …` and return at once."""
        with self._log.open("ab") as log:
            process = subprocess.Popen(
                [*COMMAND, "run", *arguments],
                cwd=self.folder,
                env=self._environment,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
            )
        self._running.append(process)
        return process

    def call(self, *arguments: str, expect: int = 0) -> Any:
        """Run a command to its end and return its JSON document."""
        done = subprocess.run(
            [*COMMAND, *arguments],
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=END_SECONDS,
            check=False,
        )
        assert done.returncode == expect, f"{arguments}: {done.stderr}\n{self.log()}"
        return json.loads(done.stdout) if "--json" in arguments else done.stdout

    def drain(self, *arguments: str) -> None:
        """Run until nothing is left to do."""
        process = self.start("all", "--drain", *arguments)
        wait_until(
            lambda: process.poll() is not None, f"the drain ends\n{self.log()}", seconds=END_SECONDS
        )
        assert process.returncode == 0, self.log()

    def kill_tree(self, process: subprocess.Popen[bytes]) -> None:
        """SIGKILL a process and all that came from it, at once: nobody says goodbye."""
        for pid in [process.pid, *descendants(process.pid)]:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        process.wait()

    def remove(self) -> None:
        """Leave no process behind."""
        for process in self._running:
            if process.poll() is None:
                self.kill_tree(process)

    def log(self) -> str:
        """Return the end of what was said on stderr."""
        return self._log.read_text("utf-8", "replace")[-4000:] if self._log.exists() else ""


def _named(**settings: str) -> dict[str, str]:
    return {f"NEWSWATCH_{name}": value for name, value in settings.items()}


def descendants(pid: int) -> list[int]:
    """Return the processes that came from *pid*, by the kernel's own list."""
    parents: dict[int, list[int]] = {}
    for entry in Path("/proc").iterdir():
        if entry.name.isdigit():
            with suppress(OSError):
                # The name in parentheses may hold blanks; the parent is the second field after it.
                fields = (entry / "stat").read_text("utf-8", "replace").rpartition(")")[2].split()
                parents.setdefault(int(fields[1]), []).append(int(entry.name))
    found, waiting = [], [pid]
    while waiting:
        children = parents.get(waiting.pop(), [])
        found += children
        waiting += children
    return found
