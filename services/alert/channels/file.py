"""The file channel: one JSON line a message, appended to a file in the operator's folder.

Config: `name`, a plain file name. Several writers may share a file: each line is written whole
under a lock. A full file is renamed to the next number (`alerts.jsonl.1` is the oldest) and never
deleted. A message sent again is a second line with the same `id`.
"""

from __future__ import annotations

import errno
import fcntl
import os
import re
import stat
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime

from services.alert.channels.contract import (
    ChannelConfigError,
    ChannelSettings,
    DeliveryError,
    OutgoingMessage,
    Receipt,
    refuse_unknown_keys,
    required_text,
)
from services.alert.retries import FailureKind

KIND = "file"
LOCK_POLL_SECONDS = 0.02
_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,99}")
# Names that the channel itself gives to other files.
_TAKEN_NAME = re.compile(r".*\.(?:\d+|lock)")
_CANNOT_WORK = frozenset({errno.ELOOP, errno.EISDIR, errno.ENXIO, errno.ENOTDIR})


@dataclass(frozen=True, slots=True)
class FileConfig:
    """The file's name inside the folder."""

    name: str

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> FileConfig:
        """Read a channel's stored config. Raises ChannelConfigError naming the key."""
        refuse_unknown_keys(KIND, config, frozenset({"name"}))
        name = required_text(KIND, config, "name")
        if not _NAME.fullmatch(name):
            allowed = "up to 100 letters, digits, dots, dashes and underscores, no folder"
            raise ChannelConfigError(f"{KIND} channel: name {name!r}: use {allowed}")
        if _TAKEN_NAME.fullmatch(name):
            why = "a number or .lock at the end is what the channel names its own files"
            raise ChannelConfigError(f"{KIND} channel: name {name!r}: {why}")
        return cls(name)


class FileChannel:
    """Appends to one file."""

    def __init__(self, config: FileConfig, settings: ChannelSettings) -> None:
        self._name = config.name
        self._settings = settings

    def __repr__(self) -> str:
        return f"FileChannel({self._name})"

    def send(self, message: OutgoingMessage, *, attempted_at: datetime) -> Receipt:  # noqa: ARG002 - the contract's argument; a line has its message's own time
        """Append the message's line and fsync it. Raises DeliveryError."""
        if b"\n" in message.body:
            raise DeliveryError(FailureKind.MISCONFIGURED, f"{self._name}: body is not one line")
        try:
            with self._opened_folder() as folder, self._locked(folder):
                return Receipt(self._append(folder, message.body + b"\n"))
        except OSError as error:
            permanent = error.errno in _CANNOT_WORK
            kind = FailureKind.MISCONFIGURED if permanent else FailureKind.STORAGE_FAILED
            raise DeliveryError(kind, f"{self._name}: {error.strerror or error}") from None

    @contextmanager
    def _opened_folder(self) -> Iterator[int]:
        self._settings.folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with _closing(os.open(self._settings.folder, os.O_RDONLY | os.O_DIRECTORY)) as folder:
            yield folder

    @contextmanager
    def _locked(self, folder: int) -> Iterator[None]:
        """Hold the lock beside the file: the file itself changes its name when it is rotated."""
        with _closing(_open_regular(f"{self._name}.lock", folder)) as lock:
            self._wait_for(lock)
            yield

    def _wait_for(self, lock: int) -> None:
        ends_at = time.monotonic() + self._settings.deadline_seconds
        while True:
            try:
                return fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except BlockingIOError:
                if time.monotonic() >= ends_at:
                    limit = f"locked by another writer for {self._settings.deadline_seconds:g} s"
                    raise DeliveryError(FailureKind.TIMED_OUT, f"{self._name}: {limit}") from None
                time.sleep(LOCK_POLL_SECONDS)

    def _append(self, folder: int, line: bytes) -> str:
        rotated = self._rotate_before(folder, len(line))
        with _closing(_open_regular(self._name, folder)) as file:
            _write_whole(file, line)
        # A file that is new or renamed is only safe once its folder is.
        os.fsync(folder)
        return f"appended to {self._name}" + (
            f"; the full file is {rotated} now" if rotated else ""
        )

    def _rotate_before(self, folder: int, more_bytes: int) -> str | None:
        try:
            size = os.stat(self._name, dir_fd=folder, follow_symlinks=False).st_size
        except FileNotFoundError:
            return None
        if size == 0 or size + more_bytes <= self._settings.rotate_bytes:
            return None
        numbered = f"{self._name}.{self._last_number(folder) + 1}"
        os.rename(self._name, numbered, src_dir_fd=folder, dst_dir_fd=folder)
        return numbered

    def _last_number(self, folder: int) -> int:
        numbers = (name.removeprefix(f"{self._name}.") for name in os.listdir(folder))
        return max((int(n) for n in numbers if n.isascii() and n.isdigit()), default=0)


def open_channel(config: Mapping[str, object], settings: ChannelSettings) -> FileChannel:
    """Open a file channel. Raises ChannelConfigError."""
    return FileChannel(FileConfig.from_config(config), settings)


@contextmanager
def _closing(descriptor: int) -> Iterator[int]:
    try:
        yield descriptor
    finally:
        os.close(descriptor)


def _open_regular(name: str, folder: int) -> int:
    """Open *name* in *folder* for appending, created 0600. Raises OSError for links and devices."""
    flags = os.O_RDWR | os.O_APPEND | os.O_CREAT | os.O_NOFOLLOW | os.O_CLOEXEC
    descriptor = os.open(name, flags, 0o600, dir_fd=folder)
    if not stat.S_ISREG(os.fstat(descriptor).st_mode):
        os.close(descriptor)
        raise OSError(errno.ENXIO, "not a regular file")
    return descriptor


def _write_whole(file: int, line: bytes) -> None:
    """Write *line* in one call and fsync it, or leave the file as it was. Raises OSError."""
    size = os.fstat(file).st_size
    # A power cut may have left half a line; ours must not become its tail.
    is_torn = size > 0 and os.pread(file, 1, size - 1) != b"\n"
    data = b"\n" + line if is_torn else line
    try:
        _write_once(file, data)
        os.fsync(file)
    except OSError:
        os.ftruncate(file, size)
        raise


def _write_once(file: int, data: bytes) -> None:
    written = os.write(file, data)
    if written < len(data):
        raise OSError(errno.ENOSPC, f"only {written} of {len(data)} bytes fit")
