"""Tar archives, packed or not, and single packed files: containers of files."""

from __future__ import annotations

import bz2
import gzip
import lzma
import tarfile
import zlib
from collections.abc import Generator
from io import BytesIO
from pathlib import PurePosixPath
from typing import IO, cast

from services.extract.formats.unpacking import CountedStream, Unpacking, damaged
from services.extract.outcome import Member, Reading, ReadRequest, Reason, UnreadableError

_MAGIC = {b"\x1f\x8b": "gzip", b"BZ": "bzip2", b"\xfd7": "xz"}
_SUFFIXES = (".gz", ".bz2", ".xz")
_TAR_SUFFIXES = (".tar", ".tgz", ".tbz2", ".tbz", ".txz", ".taz")
_HEADER_BYTES = 512
_LONGEST_HEADER_BYTES = 32_000  # the library's search in them is quadratic in some versions
_CONTINUED = frozenset(
    (
        tarfile.XHDTYPE,
        tarfile.XGLTYPE,
        tarfile.SOLARIS_XHDTYPE,
        tarfile.GNUTYPE_LONGNAME,
        tarfile.GNUTYPE_LONGLINK,
    )
)
_BROKEN = (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError, ValueError)
_BEYOND_LIMITS = (RecursionError, OverflowError, IndexError)


class _Header(tarfile.TarInfo):
    """A header of a file; one that only continues another is bounded: it is read at once."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> _Header:
        """Read a header.

        Raises:
            UnreadableError: it announces a name or attributes beyond all bounds.
        """
        header = super().frombuf(buf, encoding, errors)
        if header.type in _CONTINUED and header.size > _LONGEST_HEADER_BYTES:
            detail = f"The archive has a file name or attributes of {header.size:,} bytes."
            raise UnreadableError(Reason.MALFORMED, detail)
        return header


def read(data: bytes, request: ReadRequest) -> Reading:
    """Say that the archive is a container, when anything is in it."""
    if next(iter_members(data, request), None) is None:
        raise UnreadableError(Reason.EMPTY, "The archive holds no file.")
    return Reading("tar" if _is_tar(data, request.name) else _packing(data), members=True)


def iter_members(data: bytes, request: ReadRequest) -> Generator[Member, None, tuple[str, ...]]:
    """Yield the files in the archive, or the one that is packed; return notes."""
    unpacking = Unpacking(len(data), request)
    try:
        if _is_tar(data, request.name):
            yield from _tar_members(data, unpacking)
        else:
            content = unpacking.read(_unpacked(data))
            yield unpacking.member(_inner_name(request.name), content)
    except (*_BROKEN, *_BEYOND_LIMITS) as error:
        found = damaged("The archive", error)
        raise UnreadableError(found.reason, found.detail) from error
    return unpacking.notes()


def _tar_members(data: bytes, unpacking: Unpacking) -> Generator[Member, None, None]:
    counted = cast("IO[bytes]", CountedStream(_unpacked(data), unpacking))
    with tarfile.open(
        fileobj=counted, mode="r|", tarinfo=_Header, errors="surrogateescape"
    ) as archive:
        while (info := archive.next()) is not None:
            archive.members.clear()  # type: ignore[attr-defined]  # else it keeps them all
            path = _name(info.name)
            if info.isdir() or unpacking.passes_over(path):
                continue
            stream = archive.extractfile(info) if info.isreg() and not info.issparse() else None
            if stream is None:
                unpacking.skipped["links, devices or sparse files"] += 1
            else:
                yield unpacking.member(path, unpacking.read(stream, is_counted=True))


def _is_tar(data: bytes, name: str) -> bool:
    suffixes = PurePosixPath(name.lower()).suffixes[-2:]
    if any(suffix in _TAR_SUFFIXES for suffix in suffixes):
        return True
    try:
        return _unpacked(data).read(_HEADER_BYTES)[257:262] == b"ustar"
    except _BROKEN:
        return False


def _packing(data: bytes) -> str:
    return _MAGIC.get(data[:2], "tar")


def _unpacked(data: bytes) -> IO[bytes]:
    """Give a stream of what is packed; each read unpacks no more than it returns."""
    source, kind = BytesIO(data), _packing(data)
    if kind == "gzip":
        return cast("IO[bytes]", gzip.GzipFile(fileobj=source))
    if kind == "bzip2":
        return bz2.BZ2File(source)
    return lzma.LZMAFile(source) if kind == "xz" else source


def _inner_name(name: str) -> str:
    """Name what is packed in `feed.jsonl.gz`: feed.jsonl."""
    own = PurePosixPath(name.rpartition("#")[2]).name
    return own[: own.rindex(".")] if own.lower().endswith(_SUFFIXES) else own


def _name(name: str) -> str:
    """Show a name that is no UTF-8 by the most common code page."""
    raw = name.encode("utf-8", "surrogateescape")
    try:
        return raw.decode("utf-8")
    except UnicodeDecodeError:
        return raw.decode("cp1252", "replace")
