"""The folder itself: list it, open a file without following links, copy it out.

Touches the disk. Names are bytes throughout: a file need not be named in UTF-8 to be news.
"""

from __future__ import annotations

import hashlib
import os
import stat
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from services.ingest.settle import Seen
from shared.archive import Archive, Stored, TooLargeError
from shared.unfinished import is_unfinished

MAX_DEPTH = 16
# The name is indexed, and shown with up to four characters for a byte that is not UTF-8.
MAX_NAME_BYTES = 600


@dataclass(frozen=True)
class Taken:
    """A file whose content is safe in the archive. `stored` is None for one that was too large."""

    seen: Seen
    stored: Stored | None
    sighting: str
    take_key: str

    @property
    def name(self) -> str:
        """The name for people; bytes that are not UTF-8 show as escapes."""
        return display_name(self.seen.name)

    @property
    def outlet(self) -> str | None:
        """The first sub-folder, which names the outlet."""
        folder, found, _ = self.seen.name.partition(b"/")
        return display_name(folder) if found else None

    @property
    def modified_at(self) -> datetime | None:
        """When the file was last written, by its own file system; None for a year beyond 9999."""
        try:
            return datetime.fromtimestamp(self.seen.mtime_ns / 1e9, UTC)
        except (ValueError, OverflowError, OSError):
            return None


@dataclass(frozen=True)
class Left:
    """A file that stays where it is for now, and why, in words.

    *is_passing* is True where the next look will most likely see it complete, or gone.
    """

    name: bytes
    reason: str
    is_passing: bool = False


@dataclass(frozen=True)
class Listing:
    """What lies in the inbox: regular files, and what is passed over with the reason."""

    files: tuple[Seen, ...]
    left: tuple[Left, ...]


def display_name(name: bytes) -> str:
    """Return *name* as text that any terminal, page and database can hold."""
    text = name.decode("utf-8", "backslashreplace")
    return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in text)


def list_inbox(root: Path) -> Listing:
    """Return every file below *root*; links and special files are named, never followed.

    Raises:
        OSError: *root* itself cannot be listed.
    """
    files: list[Seen] = []
    left: list[Left] = []
    for found in _walk(os.fsencode(root), b"", 0):
        if isinstance(found, Left):
            left.append(found)
        else:
            files.append(found)
    return Listing(tuple(files), tuple(left))


def look_at(path: Path) -> Seen | Left:
    """Return one file named by a person, whatever its name, or why it cannot be taken."""
    name = os.fsencode(path.name)
    try:
        return _look(name, path.lstat())
    except OSError as error:
        return Left(name, _reason(error))


def _walk(root: bytes, below: bytes, depth: int) -> Iterator[Seen | Left]:
    if depth > MAX_DEPTH:
        yield Left(below, f"more than {MAX_DEPTH} folders deep")
        return
    try:
        entries = _entries(root + b"/" + below)
    except OSError as error:
        if not below:
            raise  # an inbox that is gone must not look like an empty one
        if not isinstance(error, FileNotFoundError):
            yield Left(below, _reason(error))
        return
    for entry in entries:
        name = below + b"/" + entry.name if below else entry.name
        if is_unfinished(name):
            continue
        yield from _enter(root, name, entry, depth)


def _enter(
    root: bytes, name: bytes, entry: os.DirEntry[bytes], depth: int
) -> Iterator[Seen | Left]:
    if len(name) > MAX_NAME_BYTES:
        why = f"its path is longer than {MAX_NAME_BYTES} bytes; move it up or rename it"
        yield Left(name, why)
        return
    try:
        if entry.is_dir(follow_symlinks=False):
            yield from _walk(root, name, depth + 1)
        else:
            yield _look(name, entry.stat(follow_symlinks=False))
    except FileNotFoundError:
        return  # gone between the listing and the look
    except OSError as error:
        yield Left(name, _reason(error))


def _entries(folder: bytes) -> list[os.DirEntry[bytes]]:
    with os.scandir(folder) as found:
        return sorted(found, key=lambda entry: entry.name)


def _look(name: bytes, found: os.stat_result) -> Seen | Left:
    if stat.S_ISLNK(found.st_mode):
        return Left(name, "a symbolic link: never followed; drop the file itself")
    if not stat.S_ISREG(found.st_mode):
        return Left(name, "not a regular file (pipe, socket or device)")
    return _seen(name, found)


def _seen(name: bytes, found: os.stat_result) -> Seen:
    return Seen(
        name, found.st_dev, found.st_ino, found.st_size, found.st_mtime_ns, found.st_ctime_ns
    )


def sighting_of(seen: Seen, *, remembered: bool) -> str:
    """Return the key of one file as seen on disk, without its content.

    A *remembered* file (take = "leave") is the same after chmod or a backup, so its ctime is left
    out; otherwise it is kept in, since inode numbers and mtimes come back (`cp -p`, twice).
    """
    times = (seen.mtime_ns,) if remembered else (seen.mtime_ns, seen.ctime_ns)
    return _key(seen.name, str((seen.device, seen.inode, seen.size, *times)).encode())


def take(
    root: Path, seen: Seen, archive: Archive, *, max_bytes: int, remembered: bool
) -> Taken | Left:
    """Copy one complete file into the archive.

    Raises:
        TransientError: the archive is in trouble; the file is untouched.
    """
    sighting = sighting_of(seen, remembered=remembered)
    if seen.size > max_bytes:
        return Taken(seen, None, sighting, _key(sighting.encode(), b"too large"))
    try:
        descriptor = _open_below(root, seen.name)
    except FileNotFoundError:
        return Left(seen.name, "vanished before it was read", is_passing=True)
    except OSError as error:
        return Left(seen.name, _reason(error))
    with os.fdopen(descriptor, "rb") as source:
        try:
            return _copy(source.fileno(), seen, sighting, archive.put(source, max_bytes=max_bytes))
        except TooLargeError:
            return Left(seen.name, "it grew while it was read", is_passing=True)
        except OSError as error:
            return Left(seen.name, _reason(error))


def _copy(descriptor: int, seen: Seen, sighting: str, stored: Stored) -> Taken | Left:
    after = _seen(seen.name, os.fstat(descriptor))
    if after.signature != seen.signature or stored.size != seen.size:
        return Left(seen.name, "it changed while it was read", is_passing=True)
    return Taken(seen, stored, sighting, _key(sighting.encode(), stored.sha256.encode()))


def _open_below(root: Path, name: bytes) -> int:
    """Open a regular file below *root*, following no link in any part of its path."""
    parts = name.split(b"/")
    folder = open_folder(root, parts[:-1])
    try:
        flags = os.O_RDONLY | os.O_NOFOLLOW | os.O_NONBLOCK | os.O_CLOEXEC
        descriptor = os.open(parts[-1], flags, dir_fd=folder)
    finally:
        os.close(folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError("not a regular file")
    return descriptor


def open_folder(root: Path, parts: list[bytes]) -> int:
    """Open a folder below *root*, following no link on the way; the caller closes it.

    Raises:
        OSError: it is not there, or a part of its path is a link.
    """
    flags = os.O_RDONLY | os.O_DIRECTORY | os.O_CLOEXEC
    folder = os.open(root, flags)
    for part in parts:
        try:
            inner = os.open(part, flags | os.O_NOFOLLOW, dir_fd=folder)
        finally:
            os.close(folder)
        folder = inner
    return folder


def _key(*parts: bytes) -> str:
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8, "big") + part)
    return digest.hexdigest()


def _reason(error: OSError) -> str:
    return (error.strerror or str(error)).lower()
