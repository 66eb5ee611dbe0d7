"""Plain text, as people copy it from a page."""

from __future__ import annotations

from services.extract.cleaning.fields import article_from_text
from services.extract.cleaning.plain_text import MAX_LINES
from services.extract.formats.decoding import decode
from services.extract.outcome import Reading, ReadRequest


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read copied text: find the body, and fields in the lines around it."""
    decoded = decode(data)
    cleaned = article_from_text(decoded.text, request)
    notes = (*decoded.notes, *_notes(decoded.text))
    return Reading("text", article=cleaned.article, notes=notes, lines=cleaned.lines)


def _notes(text: str) -> tuple[str, ...]:
    if text.count("\n") <= MAX_LINES:
        return ()
    return (f"The lines after the first {MAX_LINES:,} were taken for one paragraph.",)
