"""What all archives share: names for display only, folders as outlets, and limits while reading.

Nothing is ever written under a name from an archive, so a name can not lead anywhere.
"""

from __future__ import annotations

import unicodedata
from collections import Counter
from pathlib import PurePosixPath
from typing import IO

from services.extract.outcome import Member, ReadRequest, Reason, Rejection, UnreadableError

# Text packs to a tenth, the emptiest of markup to a hundredth; bombs to less than a thousandth.
MAX_RATIO = 250
_RATIO_FROM_BYTES = 20_000_000
_CHUNK_BYTES = 1 << 16
_NAME_BYTES = 400  # three archives inside each other must still fit a database index
_JUNK_FOLDER = "__MACOSX"
_JUNK = frozenset((".ds_store", "thumbs.db", "desktop.ini"))


class Unpacking:
    """Counts what comes out of one archive, and what is passed over."""

    def __init__(self, packed_bytes: int, request: ReadRequest) -> None:
        by_ratio = max(_RATIO_FROM_BYTES, MAX_RATIO * packed_bytes)
        self._is_bomb = by_ratio < request.max_unpacked_bytes
        self._limit = min(by_ratio, request.max_unpacked_bytes)
        self._unpacked = 0
        self._request = request
        self.skipped: Counter[str] = Counter()

    def count(self, size: int) -> None:
        """Count bytes that came out.

        Raises:
            UnreadableError: they are more than an archive of this size may hold.
        """
        self._unpacked += size
        if self._unpacked > self._limit:
            grown = f" ({MAX_RATIO} times its own size)" if self._is_bomb else ""
            detail = f"The archive unpacks to more than {self._limit:,} bytes{grown}; split it."
            raise UnreadableError(Reason.TOO_LARGE, detail)

    def passes_over(self, path: str) -> bool:
        """Say whether *path* is what an operating system leaves in folders, and count it."""
        pure = PurePosixPath(path)
        is_junk = (
            _JUNK_FOLDER in pure.parts or pure.name.lower() in _JUNK or pure.name.startswith("._")
        )
        if is_junk:
            self.skipped["files that a system left there (.DS_Store and the like)"] += 1
        return is_junk

    def member(self, path: str, content: bytes | Rejection) -> Member:
        """Make a member of what lay at *path*: its content, or why there is none."""
        folders, shown = _shown(path)
        name = f"{self._request.name}#{shown}"
        outlet = _outlet(folders, self._request.name)
        if isinstance(content, Rejection):
            return Member(name, b"", outlet, content)
        return Member(name, content, outlet)

    def read(self, stream: IO[bytes], *, is_counted: bool = False) -> bytes | Rejection:
        """Read one member whole; a longer one than a file may be is refused alone."""
        chunks: list[bytes] = []
        size, most = 0, self._request.max_bytes
        while chunk := stream.read(_CHUNK_BYTES):
            if not is_counted:
                self.count(len(chunk))
            size += len(chunk)
            if size > most:
                return Rejection(Reason.TOO_LARGE, f"The member has more than {most:,} bytes.")
            chunks.append(chunk)
        return b"".join(chunks)

    def notes(self) -> tuple[str, ...]:
        """Say what was passed over."""
        return tuple(f"Skipped {count:,} {what}." for what, count in self.skipped.items())


class CountedStream:
    """A stream whose every byte is counted, those that are passed over too."""

    def __init__(self, stream: IO[bytes], unpacking: Unpacking) -> None:
        self._stream = stream
        self._unpacking = unpacking

    def read(self, size: int) -> bytes:
        """Read at most *size* bytes."""
        found = self._stream.read(size)
        self._unpacking.count(len(found))
        return found


def damaged(what: str, error: Exception) -> Rejection:
    """Give the rejection of something that breaks off or is no such thing."""
    return Rejection(Reason.MALFORMED, f"{what} is damaged: {str(error)[:150] or 'it breaks off'}.")


def _shown(path: str) -> tuple[list[str], str]:
    """Give the folders of *path* and its name for people: no way up, no root, no control marks."""
    parts = [_visible(part) for part in path.replace("\\", "/").split("/")]
    kept = [part for part in parts if part not in {"", ".", ".."} and not part.endswith(":")]
    shown = "/".join(kept) or "without a name"
    cut = shown.encode("utf-8", "replace")[-_NAME_BYTES:].decode("utf-8", "ignore")
    return kept[:-1], cut if cut == shown else f"…{cut}"


def _visible(part: str) -> str:
    """Replace what can not be seen or turns the direction of writing."""
    return "".join("\ufffd" if unicodedata.category(c) in {"Cc", "Cf", "Cs"} else c for c in part)


def _outlet(folders: list[str], archive: str) -> str | None:
    """Take the first folder for the outlet; not one that is only called like the archive."""
    stem = PurePosixPath(archive.rpartition("#")[2]).name.partition(".")[0]
    if len(folders) > 1 and folders[0] == stem:
        folders = folders[1:]
    named = folders[:1]
    return named[0][:100] if named and any(map(str.isalpha, named[0])) else None
