"""The bytes of a web archive, unpacked while they are read."""

from __future__ import annotations

import zlib

from services.extract.outcome import Reason, UnreadableError

MAX_UNPACKED_BYTES = 300_000_000
_PACKED_BLOCK_BYTES = 16_000
_GZIP = zlib.MAX_WBITS | 16


class UnpackedStream:
    """A web archive as a stream; gzip goes, whether each record was packed or the whole.

    It ends where the archive ends, at `MAX_UNPACKED_BYTES`, and where its packing breaks off or is
    damaged; `breaks_off` and `trouble` then say so. What stands before a break is still given.
    """

    def __init__(self, data: bytes) -> None:
        self._data = data
        self._at = 0
        self._given_bytes = 0
        self._is_packed = data.startswith(b"\x1f\x8b")
        self._unpacker = zlib.decompressobj(_GZIP)
        self._is_within = False  # a member of the gzip file, of which a record may be one
        self.trouble: UnreadableError | None = None
        self.breaks_off = False

    def read(self, size: int = -1) -> bytes:
        """Return up to *size* bytes (a block of them for -1), and none at the end."""
        if self._given_bytes >= MAX_UNPACKED_BYTES:
            detail = (
                f"The web archive unpacks to more than {MAX_UNPACKED_BYTES:,} bytes; "
                "split it into smaller ones."
            )
            self.trouble = UnreadableError(Reason.TOO_LARGE, detail)
        if self.trouble:
            return b""
        size = size if size > 0 else _PACKED_BLOCK_BYTES
        found = self._unpacked(size) if self._is_packed else self._next(size)
        self._given_bytes += len(found)
        return found

    def tell(self) -> int:
        """Return how many bytes were given."""
        return self._given_bytes

    def _next(self, size: int) -> bytes:
        found = self._data[self._at : self._at + size]
        self._at += len(found)
        return found

    def _unpacked(self, size: int) -> bytes:
        found = b""
        try:
            while not found and not self.breaks_off:
                packed = self._packed()
                if not packed:
                    self.breaks_off = self._is_within
                    break
                found = self._unpacker.decompress(packed, size)
        except zlib.error:
            detail = "The web archive is damaged: its gzip packing is not valid; fetch it again."
            self.trouble = UnreadableError(Reason.MALFORMED, detail)
        return found

    def _packed(self) -> bytes:
        """Give packed bytes to go on with, in the next member when one has ended."""
        if self._unpacker.eof:
            self._at -= len(self._unpacker.unused_data)
            self._unpacker = zlib.decompressobj(_GZIP)
            self._is_within = False
        packed = self._unpacker.unconsumed_tail or self._next(_PACKED_BLOCK_BYTES)
        self._is_within = self._is_within or bool(packed)
        return packed
