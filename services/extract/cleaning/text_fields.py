"""The fields of copied text, from the lines around its body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.extract.cleaning.agencies import agency_at_end, agency_in_dateline, agency_named
from services.extract.cleaning.authors import agencies_of_lines, authors_of_lines
from services.extract.cleaning.date_lines import dates_of_lines
from services.extract.cleaning.datelines import dateline_of
from services.extract.cleaning.dates import is_in_future
from services.extract.cleaning.language import detect_language
from services.extract.cleaning.outlets import outlet_of_lines
from services.extract.cleaning.plain_text import CleanText
from services.extract.cleaning.text_titles import title_of_text
from services.extract.outcome import LineFate
from shared.model import Field, Source

_HEAD_LINES = 15
_TAIL_LINES = 12
_SURE_OF_LANGUAGE = 0.99


def fields_of_text(
    clean: CleanText, received_at: datetime | None
) -> tuple[dict[str, Field], tuple[str, ...], CleanText]:
    """Give fields and authors, and the body without a title that stood in it."""
    title, stands_in_body = title_of_text(clean.head, clean.paragraphs)
    if title:
        clean = _without_title(clean, title.value, stands_in_body=stands_in_body)
    head, tail = clean.head[-_HEAD_LINES:], clean.tail[:_TAIL_LINES]
    dateline, dated = dateline_of(clean.paragraphs[0]) if clean.paragraphs else (None, None)
    published, updated = dates_of_lines(head, tail, _language(clean.text))
    agencies = _agencies(clean, head, tail)
    authors = authors_of_lines((*head, *clean.dropped_inside[:3])) or agencies
    agency = next((name for name in (*agencies, *map(agency_named, authors)) if name), None)
    found = {
        "title": title,
        "published": _believable(published or dated, received_at),
        "updated": _believable(updated, received_at),
        "outlet": outlet_of_lines((*tail, *clean.dropped_inside, *head)),
        "dateline": dateline,
        "agency": Field(agency, Source.TEXT, 0.85) if agency else None,
    }
    return {name: field for name, field in found.items() if field}, authors, clean


def _language(body: str) -> str | None:
    """Name the language of a body long enough to be sure of it."""
    found = detect_language(body)
    return found.value if found and found.confidence >= _SURE_OF_LANGUAGE else None


def _without_title(clean: CleanText, title: str, *, stands_in_body: bool) -> CleanText:
    """Take the title out of the body, and say so of its line."""
    fates = list(clean.fates)
    reading = range(len(fates)) if stands_in_body else range(len(clean.head) - 1, -1, -1)
    index = next(
        index
        for index in reading
        if fates[index].text == title and bool(fates[index].dropped) != stands_in_body
    )
    fates[index] = LineFate(title, "title")
    if not stands_in_body:
        return replace(clean, fates=tuple(fates))
    head = (*clean.head, title, *clean.dropped_inside[:1])
    return replace(clean, paragraphs=clean.paragraphs[1:], head=head, fates=tuple(fates))


def _agencies(clean: CleanText, head: Sequence[str], tail: Sequence[str]) -> tuple[str, ...]:
    """Agencies credited: alone on a line, in the dateline, or in brackets at the very end."""
    first, last = (clean.paragraphs[0], clean.paragraphs[-1]) if clean.paragraphs else ("", "")
    alone = agencies_of_lines((*head, *clean.dropped_inside, *tail))
    others = (agency_in_dateline(first), *agency_at_end(last))
    return tuple(dict.fromkeys((*alone, *(agency for agency in others if agency))))


def _believable(date: Field | None, received_at: datetime | None) -> Field | None:
    """A date after the file's arrival is a misreading."""
    if date and is_in_future(date.value, received_at):
        return None
    return date
