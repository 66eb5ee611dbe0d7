"""What the operating system tells of the inbox: files moved in, and that something happened.

Events are hints: they wake the scan early and prove a renamed file complete. The listing decides.
"""

from __future__ import annotations

import logging
import os
import sys
import threading
import warnings
from pathlib import Path
from typing import Any

from watchdog.events import (
    DirMovedEvent,
    FileClosedEvent,
    FileCreatedEvent,
    FileMovedEvent,
    FileSystemEvent,
    FileSystemEventHandler,
)

from services.ingest.removing import ASIDE

log = logging.getLogger("newswatch.ingest")

# A folder that fills while watchdog walks it is met twice, and its second watch is no trouble.
warnings.filterwarnings("ignore", "Callback with id .* already exists", RuntimeWarning)


class Moves(FileSystemEventHandler):
    """Collects what events prove (moved in) and wakes the loop; the listing stays the truth."""

    def __init__(self, root: Path, wake: threading.Event) -> None:
        self._root = os.fsencode(root.absolute())
        self._wake = wake
        self._lock = threading.Lock()
        self._moved: set[bytes] = set()

    def dispatch(self, event: FileSystemEvent) -> None:
        """Take note of one event."""
        if os.fsencode(event.dest_path).rpartition(b"/")[2].startswith(ASIDE):
            return  # our own, on the way out
        if isinstance(event, FileMovedEvent | DirMovedEvent) and event.dest_path:
            below = os.path.relpath(os.fsencode(event.dest_path), self._root)
            with self._lock:
                self._moved.add(below)
        self._wake.set()

    def take(self) -> set[bytes]:
        """Return and forget the names moved in since the last call."""
        with self._lock:
            moved, self._moved = self._moved, set()
        return moved


def observe(root: Path, handler: FileSystemEventHandler) -> Any:
    """Start watching *root* for events; None where that fails: the scan alone then decides."""
    try:
        observer = _observer()
        observer.schedule(
            handler,
            str(root.absolute()),
            recursive=True,
            event_filter=[FileMovedEvent, DirMovedEvent, FileCreatedEvent, FileClosedEvent],
        )
        observer.start()
    except OSError as error:
        log.warning("no events for %s (%s): the scan alone watches it", root, error)
        return None
    return observer


def _observer() -> Any:
    if sys.platform == "linux":
        from watchdog.observers.inotify import InotifyObserver

        # Full events: a move from outside is told as a move, which proves the file complete.
        return InotifyObserver(generate_full_events=True)
    from watchdog.observers import Observer

    return Observer()
