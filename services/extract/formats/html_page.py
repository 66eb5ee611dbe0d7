"""A saved web page: HTML or XHTML."""

from __future__ import annotations

from services.extract.cleaning.fields import article_from_page
from services.extract.cleaning.html_source import make_harmless
from services.extract.formats.decoding import decode
from services.extract.outcome import Reading, ReadRequest, Reason, UnreadableError


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read one page; its markup is bounded before any parser sees it."""
    decoded = decode(data)
    source, dropped = make_harmless(decoded.text)
    if len(source) > request.max_html_bytes:
        detail = (
            f"The page has {len(source):,} characters even without scripts and styles; "
            f"the limit is {request.max_html_bytes:,}."
        )
        raise UnreadableError(Reason.TOO_LARGE, detail)
    cleaned = article_from_page(source, request)
    notes = (*decoded.notes, *dropped, *cleaned.notes)
    return Reading("html", article=cleaned.article, notes=notes, lines=cleaned.lines)
