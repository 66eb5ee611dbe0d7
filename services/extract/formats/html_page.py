"""A saved web page: HTML or XHTML."""

from __future__ import annotations

from services.extract.cleaning.fields import article_from_page
from services.extract.cleaning.html_source import make_harmless
from services.extract.formats.decoding import decode
from services.extract.outcome import Cleaned, Reading, ReadRequest, Reason, UnreadableError


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read one page; its markup is bounded before any parser sees it."""
    decoded = decode(data)
    cleaned, dropped = clean_page(decoded.text, request)
    notes = (*decoded.notes, *dropped)
    return Reading("html", article=cleaned.article, notes=notes, lines=cleaned.lines)


def clean_page(markup: str, request: ReadRequest) -> tuple[Cleaned, tuple[str, ...]]:
    """Clean a page of any origin; also give sentences about what was dropped on the way."""
    source, dropped = make_harmless(markup)
    if len(source) > request.max_html_bytes:
        detail = (
            f"The page has {len(source):,} characters even without scripts and styles; "
            f"the limit is {request.max_html_bytes:,}."
        )
        raise UnreadableError(Reason.TOO_LARGE, detail)
    cleaned = article_from_page(source, request)
    return cleaned, (*dropped, *cleaned.notes)
