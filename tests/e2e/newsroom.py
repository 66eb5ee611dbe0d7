"""newswatch in one process, with every worker running: drop files, wait, look."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from itertools import count
from pathlib import Path

from services.embedded import Embedded, backlogs, is_drained
from shared.clock import utc_now
from shared.runtime import Runtime
from tests.e2e.books import Books

POLL_SECONDS = 0.02


def wait_until(is_true: Callable[[], object], what: str, *, seconds: float = 30.0) -> None:
    """Look again and again until *is_true*, or fail after *seconds* and say what was waited for."""
    deadline = time.monotonic() + seconds
    while not is_true():
        assert time.monotonic() < deadline, f"waited {seconds:g} s in vain: {what}"
        time.sleep(POLL_SECONDS)


class Newsroom:
    """One inbox and all services as threads."""

    def __init__(self, runtime: Runtime) -> None:
        self.runtime = runtime
        self.books = Books(runtime.database)
        self.inbox = runtime.settings.inbox.dir
        self._dropped = 0
        self._stages = count()

    def drop(self, name: str, content: str | bytes) -> None:
        """Write a file beside the inbox and move it in, as a careful writer does."""
        stage = self.inbox.parent / f"stage-{next(self._stages)}"
        stage.write_bytes(content if isinstance(content, bytes) else content.encode())
        target = self.inbox / name
        target.parent.mkdir(parents=True, exist_ok=True)
        os.replace(stage, target)
        self._dropped += 1

    def settle(self, *, seconds: float = 30.0) -> None:
        """Wait until every dropped file has a row and nothing is due any more."""
        wait_until(self._is_settled, "everything dropped is worked through", seconds=seconds)

    def _is_settled(self) -> bool:
        dropped = [row for row in self.books.files() if row.parent_id is None]
        return len(dropped) >= self._dropped and is_drained(backlogs(self.runtime), utc_now())

    @contextmanager
    def open(self) -> Iterator[Newsroom]:
        """Run every service until the block ends."""
        embedded = Embedded(self.runtime, with_console=False)
        embedded.start()
        try:
            yield self
        finally:
            embedded.end()


def read_paper(runtime: Runtime) -> list[str]:
    """Return the lines of the file channel."""
    path: Path = runtime.settings.data.dir / "channels" / "paper.jsonl"
    return path.read_text("utf-8").splitlines() if path.exists() else []
