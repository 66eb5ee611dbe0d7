"""Originals, kept by content under `aa/bb/<sha256>`, durable before anybody relies on them."""

from __future__ import annotations

import hashlib
import os
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from io import BytesIO
from pathlib import Path
from typing import BinaryIO
from uuid import uuid4

from shared.errors import TransientError

CHUNK_BYTES = 1 << 20
ABANDONED_SECONDS = 3600.0


class TooLargeError(Exception):
    """The stream is longer than the limit given; nothing was kept."""


@dataclass(frozen=True)
class Stored:
    """What was kept: the content's SHA-256 in hex, and its length in bytes."""

    sha256: str
    size: int


class Archive:
    """A folder of originals. Equal content is one object."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self._incoming = folder / "incoming"

    def put(self, source: BinaryIO, *, max_bytes: int | None = None) -> Stored:
        """Copy *source* in and return its address; when this returns, it survives power loss.

        Raises:
            TooLargeError: more than *max_bytes* were read.
            TransientError: the archive's disk is full or broken (reading errors stay OSError).
        """
        temporary = self._temporary()
        try:
            stored = self._copy(source, temporary, max_bytes)
            self._settle(temporary, stored)
        except _SourceError as error:
            raise error.cause from None
        finally:
            _discard(temporary)
        return stored

    def put_bytes(self, data: bytes) -> Stored:
        """Keep *data*; see `put`."""
        stored = Stored(hashlib.sha256(data).hexdigest(), len(data))
        if self._has(stored):
            return stored
        return self.put(BytesIO(data))

    def _has(self, stored: Stored) -> bool:
        """Return whether the object is there whole, its place durable too."""
        final = self.path(stored.sha256)
        with _archive_trouble():
            try:
                if final.stat().st_size != stored.size:
                    return False
            except FileNotFoundError:
                return False
            # Whoever moved it there may have died before it said so to the disk.
            self._sync_folders(final)
        return True

    def read(self, sha256: str) -> bytes:
        """Return the original.

        Raises:
            TransientError: it cannot be read now (disk or mount trouble, or it is missing).
        """
        with _archive_trouble():
            return self.path(sha256).read_bytes()

    def path(self, sha256: str) -> Path:
        """Return where the original with this address lies."""
        return self.folder / sha256[:2] / sha256[2:4] / sha256

    def verify(self, sha256: str) -> str | None:
        """Return None when the original is there and unchanged, else what is wrong, in words."""
        try:
            with self.path(sha256).open("rb") as source:
                found = hashlib.file_digest(source, "sha256").hexdigest()
        except FileNotFoundError:
            return "missing"
        except OSError as error:
            return f"unreadable: {error.strerror}"
        return None if found == sha256 else "changed"

    def sweep_abandoned(self, now_seconds: float) -> int:
        """Remove half-written copies left by a crash, older than an hour; return how many."""
        removed = 0
        for path in self._incoming.glob("*") if self._incoming.exists() else ():
            try:
                if now_seconds - path.stat().st_mtime > ABANDONED_SECONDS:
                    path.unlink()
                    removed += 1
            except FileNotFoundError:
                continue  # its writer finished between the listing and now
        return removed

    def _temporary(self) -> Path:
        with _archive_trouble():
            self._incoming.mkdir(parents=True, exist_ok=True)
        return self._incoming / uuid4().hex

    def _copy(self, source: BinaryIO, temporary: Path, max_bytes: int | None) -> Stored:
        digest, size = hashlib.sha256(), 0
        # The whole block is the archive's trouble, its close too: that writes what is buffered.
        with _archive_trouble(), temporary.open("xb") as target:
            for chunk in _chunks(source):
                size += len(chunk)
                if max_bytes is not None and size > max_bytes:
                    raise TooLargeError
                digest.update(chunk)
                target.write(chunk)
            _sync(target)
        return Stored(digest.hexdigest(), size)

    def _settle(self, temporary: Path, stored: Stored) -> None:
        """Move a complete copy to its address, and make the move itself durable."""
        if self._has(stored):
            return
        final = self.path(stored.sha256)
        with _archive_trouble():
            final.parent.mkdir(parents=True, exist_ok=True)
            temporary.replace(final)
            self._sync_folders(final)

    def _sync_folders(self, final: Path) -> None:
        for folder in (final.parent, final.parent.parent, self.folder):
            _sync_folder(folder)


class _SourceError(Exception):
    """Reading the source failed; *cause* is the OSError, which is not the archive's."""

    def __init__(self, cause: OSError) -> None:
        super().__init__(str(cause))
        self.cause = cause


def _chunks(source: BinaryIO) -> Iterator[bytes]:
    while True:
        try:
            chunk = source.read(CHUNK_BYTES)
        except OSError as error:
            raise _SourceError(error) from error
        if not chunk:
            return
        yield chunk


def _discard(temporary: Path) -> None:
    # What cannot be removed now is swept later; the error that brought us here is the one to tell.
    with suppress(OSError):
        temporary.unlink(missing_ok=True)


class _archive_trouble:  # noqa: N801 - reads as a statement: `with _archive_trouble():`
    """Turn an OSError of the archive into one that says: try later, nothing is lost."""

    def __enter__(self) -> None:
        return None

    def __exit__(self, kind: object, error: BaseException | None, trace: object) -> None:
        if isinstance(error, OSError):
            raise TransientError(f"archive: {error}") from error


def _sync(target: BinaryIO) -> None:
    target.flush()
    os.fsync(target.fileno())


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def iter_addresses(folder: Path) -> Iterator[str]:
    """Yield the address of every original under *folder*."""
    for path in folder.glob("??/??/*"):
        yield path.name
