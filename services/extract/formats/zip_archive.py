"""ZIP archives: containers of files."""

from __future__ import annotations

import stat
import zipfile
import zlib
from collections.abc import Generator
from io import BytesIO

from services.extract.formats.unpacking import Unpacking, damaged
from services.extract.outcome import (
    Member,
    Reading,
    ReadRequest,
    Reason,
    Rejection,
    UnreadableError,
)

MOST_LISTED = 150_000
_ENTRY = b"PK\x01\x02"
_ENCRYPTED = 0x1
_NAMED_IN_UTF8 = 0x800
# Of the others the library unpacks a whole chunk at once, however much comes out of it.
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, OSError, ValueError, NotImplementedError)


def read(data: bytes, request: ReadRequest) -> Reading:
    """Say that the archive is a container, when anything is in it."""
    if next(iter_members(data, request), None) is None:
        raise UnreadableError(Reason.EMPTY, "The archive holds no file.")
    return Reading("zip", members=True)


def iter_members(data: bytes, request: ReadRequest) -> Generator[Member, None, tuple[str, ...]]:
    """Yield the files in the archive; return notes about what was passed over."""
    unpacking = Unpacking(len(data), request)
    _check_count(data)
    with _opened(data) as archive:
        for info in archive.infolist():
            path = _name(info)
            if info.is_dir() or unpacking.passes_over(path):
                continue
            if stat.S_ISLNK(info.external_attr >> 16):
                unpacking.skipped["links"] += 1
                continue
            yield unpacking.member(path, _content(archive, info, unpacking))
    return unpacking.notes()


def _check_count(data: bytes) -> None:
    """Refuse what the library would list for many seconds before the first member comes."""
    entries = data.count(_ENTRY)
    if entries > MOST_LISTED:
        detail = f"The archive lists {entries:,} files; the limit is {MOST_LISTED:,}. Split it."
        raise UnreadableError(Reason.TOO_LARGE, detail)


def _opened(data: bytes) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(BytesIO(data))
    except _BROKEN as error:
        found = damaged("The ZIP archive", error)
        raise UnreadableError(found.reason, found.detail) from error


def _content(
    archive: zipfile.ZipFile, info: zipfile.ZipInfo, unpacking: Unpacking
) -> bytes | Rejection:
    if info.flag_bits & _ENCRYPTED:
        detail = "The member is locked with a password; unpack it and drop the file."
        return Rejection(Reason.UNSUPPORTED, detail)
    if info.compress_type not in _METHODS:
        detail = "The member is packed by a method that is not read; pack it again, by Deflate."
        return Rejection(Reason.UNSUPPORTED, detail)
    try:
        with archive.open(info) as stream:
            return unpacking.read(stream)
    except _BROKEN as error:
        return damaged("The member", error)


def _name(info: zipfile.ZipInfo) -> str:
    """Many programs write UTF-8 without saying so; the library then reads it as code page 437."""
    if info.flag_bits & _NAMED_IN_UTF8:
        return info.filename
    try:
        return info.filename.encode("cp437").decode("utf-8")
    except UnicodeError:
        return info.filename
