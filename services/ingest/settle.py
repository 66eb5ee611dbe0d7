"""Decide which listed files are complete. Pure: listings, events and the time come in as arguments.

A file is complete at once when it was *moved* in (a rename is atomic: whoever wrote it is done);
anything else when its size and times have been still for the quiet time. Names of files still
being written by convention (dotfiles, `.part`, `.tmp` …) are passed over until they are renamed.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from shared.unfinished import is_unfinished

# An empty file is most often one about to be written; it is given more patience before it is taken.
EMPTY_PATIENCE = 5.0


@dataclass(frozen=True)
class Seen:
    """One regular file as a listing found it; *name* is its path below the inbox, as bytes."""

    name: bytes
    device: int
    inode: int
    size: int
    mtime_ns: int
    ctime_ns: int

    @property
    def signature(self) -> tuple[int, int, int, int, int]:
        """What changes when the file does."""
        return (self.device, self.inode, self.size, self.mtime_ns, self.ctime_ns)


@dataclass(frozen=True)
class Stillness:
    """Since when (seconds, monotonic) a file has looked as it does."""

    signature: tuple[int, int, int, int, int]
    since_seconds: float


@dataclass(frozen=True)
class Settled:
    """The complete files, oldest first; the others with their stillness, for the next look."""

    complete: tuple[Seen, ...]
    unsettled: Mapping[bytes, Stillness]


def settle(
    listing: Sequence[Seen],
    before: Mapping[bytes, Stillness],
    moved_in: Collection[bytes],
    *,
    now_seconds: float,
    quiet_seconds: float,
) -> Settled:
    """Split *listing* into complete files and those to look at again.

    *moved_in* holds names (files or folders) that an event proved to be renamed into place.
    """
    complete, unsettled = [], {}
    for seen in listing:
        if is_unfinished(seen.name):
            continue
        known = before.get(seen.name)
        still = (
            known
            if known and known.signature == seen.signature
            else Stillness(seen.signature, now_seconds)
        )
        patience = quiet_seconds * (EMPTY_PATIENCE if seen.size == 0 else 1.0)
        if _was_moved_in(seen.name, moved_in) or now_seconds - still.since_seconds >= patience:
            complete.append(seen)
        else:
            unsettled[seen.name] = still
    complete.sort(key=lambda seen: (seen.ctime_ns, seen.name))
    return Settled(tuple(complete), unsettled)


def _was_moved_in(name: bytes, moved_in: Collection[bytes]) -> bool:
    if name in moved_in:
        return True
    parts = name.split(b"/")
    return any(b"/".join(parts[:depth]) in moved_in for depth in range(1, len(parts)))
