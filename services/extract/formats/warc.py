"""Web archives (.warc, .warc.gz) through warcio (the extra `warc`): each saved page is a member."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from services.extract.formats.decoding import decode
from services.extract.formats.extras import from_extra
from services.extract.formats.warc_records import Capture, Tally, captures
from services.extract.outcome import Member, Reading, ReadRequest, Reason, UnreadableError

_KEYS = {"text/html": "html", "application/xhtml+xml": "html", "text/plain": "text"}


def read(data: bytes, request: ReadRequest) -> Reading:
    """Count the pages, and say what the archive holds beside them."""
    _check_library()
    tally = Tally()
    try:
        for _ in captures(data, request.max_bytes, tally):
            tally.pages += 1
    except UnreadableError:
        if not tally.pages:
            raise  # else the members are read up to there, and then it is said
    if not tally.pages:
        found = " ".join(tally.sentences()) or "It holds no record at all."
        raise UnreadableError(Reason.NO_TEXT, f"The web archive holds no page. {found}")
    return Reading("warc", members=True, notes=tally.sentences())


def iter_members(data: bytes, request: ReadRequest) -> Iterator[Member]:
    """Yield each page as a record with its address and the time of the crawl: `crawl.warc#7.json`.

    That time is no time of publication, and is handed on under a name that nothing takes for one.
    What can not be decoded is yielded as it stands: reading it names what is wrong.
    """
    _check_library()
    for capture in captures(data, request.max_bytes, Tally()):
        name = f"{request.name}#{capture.place}"
        try:
            page = json.dumps(_record(capture), ensure_ascii=False)
            yield Member(f"{name}.json", page.encode("utf-8", "surrogatepass"))
        except UnreadableError:
            yield Member(f"{name}.html", capture.payload)


def _check_library() -> None:
    with from_extra("warc", "Web archives (WARC)"):
        import warcio  # noqa: F401  only whether it is there


def _record(capture: Capture) -> Mapping[str, Any]:
    about = {"id": capture.record_id, "url": capture.url, "crawled": capture.crawled}
    text = _text(capture)
    key = _KEYS.get(capture.content_type)
    return {**about, key: text} if key else {**about, **json.loads(text, strict=False)}


def _text(capture: Capture) -> str:
    """Decode a page: what the server declared stands in for what the page does not say."""
    declared = f"<!-- charset={capture.charset} -->".encode() if capture.charset else b""
    try:
        return capture.payload.decode("utf-8")
    except UnicodeDecodeError:
        return decode(declared + capture.payload).text.removeprefix(declared.decode())
