"""The ingest loop: scan, take, commit, unlink, ring. Also `newswatch add`, by the same path."""

from __future__ import annotations

import logging
import os
import shutil
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from itertools import islice
from pathlib import Path

from sqlalchemy.exc import SQLAlchemyError

from services.ingest.events import Moves, observe
from services.ingest.inbox import (
    Left,
    Listing,
    Taken,
    display_name,
    list_inbox,
    look_at,
    sighting_of,
    take,
)
from services.ingest.removing import put_back_all, unlink
from services.ingest.settle import Seen, Settled, Stillness, settle
from services.ingest.store import Recorded, known_sightings, record_files
from shared.broker import EXTRACT_FILES
from shared.database import first_line, is_transient
from shared.errors import SettingsError, TransientError
from shared.runtime import Runtime
from shared.worker import HEARTBEAT_SECONDS, Heartbeat

log = logging.getLogger("newswatch.ingest")

MAX_BACK_OFF_SECONDS = 30.0
# A scan may take at most this share of the time, however many files lie in the inbox.
SCAN_SHARE = 0.2
# How soon a stop is noticed while nothing happens.
LOOK_UP_SECONDS = 0.5


@dataclass
class Ingest:
    """The state of one inbox between two scans."""

    runtime: Runtime
    root: Path
    wake: threading.Event = field(default_factory=threading.Event)
    unsettled: dict[bytes, Stillness] = field(default_factory=dict)
    left: dict[bytes, str] = field(default_factory=dict)
    remembered: set[str] = field(default_factory=set)
    is_empty: bool = False
    _stop: threading.Event = field(default_factory=threading.Event)
    _scan_cost: float = 0.0
    _is_first_scan: bool = True

    def __post_init__(self) -> None:
        """Make the inbox if it is not there."""
        try:
            self.root.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise SettingsError(f"inbox.dir {self.root}: {error.strerror}") from None
        self.moves = Moves(self.root, self.wake)

    def run(self, stop: threading.Event) -> None:
        """Scan until *stop*; disk and database trouble leave the files where they are."""
        self._stop = stop
        heartbeat = Heartbeat(self.runtime, "ingest")
        observer = observe(self.root, self.moves)
        back_off, beat_at = 0.0, 0.0
        try:
            while not stop.is_set():
                if time.monotonic() >= beat_at:
                    heartbeat.beat()
                    self.runtime.archive.sweep_abandoned(time.time())
                    beat_at = time.monotonic() + HEARTBEAT_SECONDS
                back_off = self._scan_patiently(back_off)
                self._pause(back_off)
        finally:
            if observer is not None:
                observer.stop()
                observer.join()
            heartbeat.end()

    def _scan_patiently(self, back_off: float) -> float:
        """Scan once; return 0, or how long to wait after trouble."""
        try:
            self.scan()
        except (SQLAlchemyError, TransientError, OSError) as error:
            wait = min(max(back_off * 2, 1.0), MAX_BACK_OFF_SECONDS)
            why = first_line(error)
            log.warning("files stay in the inbox: %s; trying again in %.0f s", why, wait)
            return wait
        return 0.0

    def _pause(self, back_off: float) -> None:
        # Even events that never end leave the listing its share of the time, and no more.
        if self._stop.wait(back_off or self._scan_cost * (1 / SCAN_SHARE - 1)):
            return
        if not back_off:
            until = time.monotonic() + self.runtime.settings.inbox.scan_seconds
            while not self._stop.is_set() and (rest := until - time.monotonic()) > 0:
                if self.wake.wait(min(rest, LOOK_UP_SECONDS)):
                    break
        self.wake.clear()

    def scan(self) -> list[Recorded]:
        """Look once at the whole inbox and take what is complete; return the rows made."""
        started = time.monotonic()
        if self._is_first_scan:
            put_back_all(self.root)
            self._is_first_scan = False
        moved = self.moves.take()
        listing = list_inbox(self.root)
        self._say_left(listing.left)
        settled = self._settle(listing, moved)
        self._scan_cost = time.monotonic() - started
        recorded: list[Recorded] = []
        for batch in self._batches(settled.complete):
            recorded += self.take_batch(batch)
        taken = {row.taken.seen.name for row in recorded}
        waiting = self.unsettled.keys() | {seen.name for seen in settled.complete} - taken
        self.is_empty = waiting <= self.left.keys()
        return recorded

    def _settle(self, listing: Listing, moved: set[bytes]) -> Settled:
        present = {seen.name for seen in listing.files} | {item.name for item in listing.left}
        self.left = {name: why for name, why in self.left.items() if name in present}
        settled = settle(
            self._not_remembered(listing.files),
            self.unsettled,
            moved,
            now_seconds=time.monotonic(),
            quiet_seconds=self.runtime.settings.inbox.quiet_seconds,
        )
        self.unsettled = dict(settled.unsettled)
        return Settled(self._not_yet_known(settled.complete), settled.unsettled)

    def _not_remembered(self, found: Sequence[Seen]) -> list[Seen]:
        if not self.remembered:
            return list(found)
        sightings = {self._sighting(seen): seen for seen in found}
        self.remembered &= sightings.keys()
        return [seen for key, seen in sightings.items() if key not in self.remembered]

    def _not_yet_known(self, complete: Sequence[Seen]) -> tuple[Seen, ...]:
        """Pass over files that stay in place and already have a row.

        One that a crash kept from being removed has a row too: it must be taken again to leave.
        """
        staying = [seen for seen in complete if self._leaves or seen.size > self._max_bytes]
        if not staying:
            return tuple(complete)
        with self.runtime.database.read() as connection:
            known = known_sightings(connection, [self._sighting(seen) for seen in staying])
        self.remembered |= known
        return tuple(seen for seen in complete if self._sighting(seen) not in known)

    def _batches(self, complete: Sequence[Seen]) -> Iterator[list[Seen]]:
        rest = iter(complete)
        while batch := list(islice(rest, self.runtime.settings.inbox.batch)):
            if self._stop.is_set():
                return
            yield batch

    def take_batch(self, batch: Sequence[Seen]) -> list[Recorded]:
        """Archive, commit, then unlink and ring: no unlink before the commit is durable."""
        self._check_room(sum(seen.size for seen in batch if seen.size <= self._max_bytes))
        taken = [found for seen in batch if (found := self._take(seen)) is not None]
        if not taken:
            return []
        recorded = self._record(taken)
        for row in recorded:
            self._let_go(row.taken)
        self.runtime.broker.ring(
            EXTRACT_FILES, [row.file_id for row in recorded if row.taken.stored is not None]
        )
        return recorded

    def _record(self, taken: Sequence[Taken]) -> list[Recorded]:
        """Commit the rows; one that the database refuses stays behind alone, named."""
        try:
            return record_files(self.runtime.database, taken, origin="inbox")
        except SQLAlchemyError as error:
            if is_transient(error):
                raise
            if len(taken) == 1:
                why = f"the database refuses its row: {first_line(error)}"
                self._say_left([Left(taken[0].seen.name, why)])
                return []
        return [row for item in taken for row in self._record([item])]

    def _take(self, seen: Seen) -> Taken | None:
        found = take(
            self.root,
            seen,
            self.runtime.archive,
            max_bytes=self._max_bytes,
            remembered=self._leaves,
        )
        if isinstance(found, Left):
            self._say_left([found])
            return None
        return found

    def _let_go(self, taken: Taken) -> None:
        if self._leaves or taken.stored is None:
            self.remembered.add(taken.sighting)
            return
        try:
            unlink(self.root, taken.seen)
        except OSError as error:
            # Its row exists: remembering it keeps the next scan from reading it for ever.
            self.remembered.add(taken.sighting)
            self._say_left(
                [Left(taken.seen.name, f"stored, but cannot be removed: {error.strerror}")]
            )

    def _check_room(self, needed_bytes: int) -> None:
        free = shutil.disk_usage(self.runtime.settings.data.dir).free
        least = self.runtime.settings.inbox.min_free_bytes
        if free - needed_bytes < least:
            raise TransientError(f"only {free:,} bytes free, inbox.min_free_bytes is {least:,}")

    def _say_left(self, left: Sequence[Left]) -> None:
        """Log each file left behind once per reason, not at every scan."""
        for item in left:
            if item.is_passing:
                log.info("not taken yet: %s: %s", display_name(item.name), item.reason)
            elif self.left.get(item.name) != item.reason:
                self.left[item.name] = item.reason
                log.warning("left in the inbox: %s: %s", display_name(item.name), item.reason)

    def _sighting(self, seen: Seen) -> str:
        return sighting_of(seen, remembered=self._leaves)

    @property
    def _leaves(self) -> bool:
        return self.runtime.settings.inbox.take == "leave"

    @property
    def _max_bytes(self) -> int:
        return self.runtime.settings.inbox.max_bytes


def untaken(runtime: Runtime) -> list[bytes]:
    """Return the files in the inbox that ingest will still take, by their names."""
    settings = runtime.settings.inbox
    listing = list_inbox(settings.dir)
    remembered = settings.take == "leave"
    keys = {sighting_of(seen, remembered=remembered): seen.name for seen in listing.files}
    with runtime.database.read() as connection:
        known = known_sightings(connection, list(keys))
    return [
        name
        for key, name in keys.items()
        if key not in known and os.access(os.fsencode(settings.dir) + b"/" + name, os.R_OK)
    ]


def add_paths(runtime: Runtime, paths: Sequence[Path]) -> tuple[list[Recorded], list[Left]]:
    """Store copies of *paths* (files, or folders whole) by the inbox's own path; originals stay.

    Each call makes new rows: adding the same file twice is telling us twice.
    """
    recorded: list[Recorded] = []
    left: list[Left] = []
    for root, seen in _find(paths, left):
        found = take(
            root,
            seen,
            runtime.archive,
            max_bytes=runtime.settings.inbox.max_bytes,
            remembered=False,
        )
        if isinstance(found, Left):
            left.append(found)
        else:
            told = Taken(found.seen, found.stored, found.sighting, os.urandom(32).hex())
            recorded += record_files(runtime.database, [told], origin="add")
    runtime.broker.ring(EXTRACT_FILES, [row.file_id for row in recorded if row.taken.stored])
    return recorded, left


def _find(paths: Sequence[Path], left: list[Left]) -> Iterator[tuple[Path, Seen]]:
    for path in paths:
        if path.is_dir():
            listing = list_inbox(path)
            left += listing.left
            yield from ((path, seen) for seen in listing.files)
            continue
        found = look_at(path)
        if isinstance(found, Left):
            left.append(found)
        else:
            yield path.parent, found
