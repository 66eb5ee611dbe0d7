"""The records of a web archive that hold pages, one by one, and a tally of all others."""

from __future__ import annotations

import contextlib
import io
import json
import logging
import re
import zlib
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from typing import Any

from services.extract.cleaning.records import html_of_record, text_of_record
from services.extract.formats.warc_stream import UnpackedStream
from services.extract.outcome import Reason, UnreadableError

_BLOCK_BYTES = 1_000_000
_LINE_BYTES = 64_000
_PAGES = frozenset({"text/html", "application/xhtml+xml", "text/plain", "application/json"})
_MAIN_TYPES = frozenset({"image", "video", "audio", "font", "text", "application"})
_RECORDS = frozenset({"warcinfo", "request", "metadata", "revisit", "conversion", "continuation"})
_CHARSET = re.compile(r"charset\s{0,3}=\s{0,3}[\"']?([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE)
_NAMED = 3  # of the pages a crawler cut, so many are named


@dataclass(frozen=True, slots=True)
class Capture:
    """One saved page: its place among the records (from 1), and what the archive says of it."""

    place: int
    record_id: str
    url: str
    crawled: str
    content_type: str
    charset: str | None
    payload: bytes


@dataclass(slots=True)
class Tally:
    """How many pages an archive holds, and how much of what else."""

    pages: int = 0
    skipped: Counter[str] = field(default_factory=Counter)
    cut: list[str] = field(default_factory=list)

    def sentences(self) -> tuple[str, ...]:
        """Say what was skipped, and which pages the crawler cut."""
        found = []
        if self.skipped:
            counts = (f"{count:,} × {what}" for what, count in sorted(self.skipped.items()))
            found.append(f"Records that are no page were skipped: {', '.join(counts)}.")
        if self.cut:
            named = ", ".join(self.cut[:_NAMED]) + (", …" if len(self.cut) > _NAMED else "")
            found.append(f"{len(self.cut):,} pages were cut by the crawler: {named}.")
        return tuple(found)


def captures(data: bytes, max_page_bytes: int, tally: Tally) -> Iterator[Capture]:
    """Yield the pages of a web archive; one is held in memory at a time.

    Raises:
        UnreadableError: The archive is damaged, breaks off, or unpacks to too much; what came
            before was yielded.
    """
    stream = UnpackedStream(data)
    for place, record in enumerate(_records(stream), start=1):
        capture = _described(record, place, tally)
        if capture and record.length > max_page_bytes:
            tally.skipped[f"page of more than {max_page_bytes:,} bytes"] += 1
            capture = None
        if capture:
            capture = replace(capture, payload=_payload(record, max_page_bytes))
        if not _is_whole(record):
            raise stream.trouble or _breaks_off(place, _url(record))
        if capture and _is_article(capture, tally):
            yield capture
    if stream.trouble or stream.breaks_off:
        raise stream.trouble or _breaks_off(None, "")


def _records(stream: UnpackedStream) -> Iterator[Any]:
    from warcio.archiveiterator import ArchiveIterator
    from warcio.bufferedreaders import DecompressingBufferedReader

    class ShortLines(DecompressingBufferedReader):  # type: ignore[misc]
        """Joining a line of many megabytes from blocks takes minutes."""

        def readline(self, length: int | None = None) -> bytes:
            return bytes(super().readline(min(length or _LINE_BYTES, _LINE_BYTES)))

    logging.getLogger("warcio").setLevel(logging.CRITICAL)  # it repeats what hostile bytes say
    archive = ArchiveIterator(stream, no_record_parse=True)
    archive.reader = ShortLines(stream)
    while True:
        try:
            with contextlib.redirect_stderr(io.StringIO()):  # for the same reason
                record = next(archive, None)
        except MemoryError:
            raise
        except Exception as broken:
            detail = "The web archive is damaged: what follows a record is none; fetch it again."
            raise stream.trouble or UnreadableError(Reason.MALFORMED, detail) from broken
        if record is None:
            return
        yield record


def _described(record: Any, place: int, tally: Tally) -> Capture | None:
    """Describe a page by the heads of its record; tally what is none."""
    url = _url(record)
    declared = _content_type(record, url)
    content_type = declared.split(";")[0].strip().lower()
    if why := _why_no_page(record, url, content_type):
        tally.skipped[why] += 1
        return None
    if _head(record.rec_headers, "WARC-Truncated"):
        tally.cut.append(url[:200])
    charset = _CHARSET.search(declared)
    return Capture(
        place=place,
        record_id=_head(record.rec_headers, "WARC-Record-ID").strip("<>"),
        url=url,
        crawled=_head(record.rec_headers, "WARC-Date"),
        content_type=content_type,
        charset=charset[1] if charset else None,
        payload=b"",
    )


def _content_type(record: Any, url: str) -> str:
    """Give the type that the server declared, or for a file saved without server, its record."""
    if record.rec_type == "response" and url.startswith(("http:", "https:")) and record.length:
        from warcio.recordloader import ArcWarcRecordLoader

        with contextlib.suppress(EOFError, ValueError, AttributeError):
            loader = ArcWarcRecordLoader(verify_http=False)
            record.http_headers = loader.load_http_headers(
                "response", url, record.raw_stream, record.length
            )
            return _head(record.http_headers, "Content-Type")
    return str(record.content_type or "")


def _why_no_page(record: Any, url: str, content_type: str) -> str | None:
    if record.rec_type not in {"response", "resource"}:
        return record.rec_type if record.rec_type in _RECORDS else "record of another type"
    if url.startswith("dns:"):
        return "dns"
    if record.rec_type == "response" and (status := _status(record)) != "200":
        return f"answer with status {status}" if status else "answer without status"
    if content_type in _PAGES:
        return None
    main_type = content_type.split("/", maxsplit=1)[0]
    return main_type if main_type in _MAIN_TYPES else "record of another type"


def _status(record: Any) -> str:
    status = record.http_headers.get_statuscode() if record.http_headers else ""
    return status if len(status) == 3 and status.isdigit() else ""


def _url(record: Any) -> str:
    return _head(record.rec_headers, "WARC-Target-URI").strip("<>")


def _head(headers: Any, name: str) -> str:
    return str(headers.get_header(name) or "") if headers else ""


def _payload(record: Any, max_bytes: int) -> bytes:
    """Read a page, unchunked and unpacked, up to *max_bytes*."""
    blocks: list[bytes] = []
    size = 0
    with contextlib.redirect_stderr(io.StringIO()), contextlib.suppress(zlib.error, AssertionError):
        content = record.content_stream()
        while size <= max_bytes and (block := content.read(_BLOCK_BYTES)):
            blocks.append(block)
            size += len(block)
    return b"".join(blocks)[:max_bytes]


def _is_whole(record: Any) -> bool:
    """Read what is left of a record, and say whether it is as long as it says."""
    limited = record.raw_stream
    while getattr(limited, "limit", 0) and limited.read(_BLOCK_BYTES):
        pass
    return getattr(limited, "limit", None) == 0


def _breaks_off(place: int | None, url: str) -> UnreadableError:
    where = f"in record {place:,} ({url[:200] or 'no address'})" if place else "in the middle"
    return UnreadableError(Reason.MALFORMED, f"The web archive breaks off {where}; fetch it again.")


def _is_article(capture: Capture, tally: Tally) -> bool:
    """Say of JSON whether it is an article: most of what pages load is none."""
    if capture.content_type != "application/json":
        return True
    with contextlib.suppress(ValueError, RecursionError):
        found = json.loads(capture.payload)
        if isinstance(found, dict) and (text_of_record(found) or html_of_record(found)):
            return True
    tally.skipped["JSON without an article"] += 1
    return False
