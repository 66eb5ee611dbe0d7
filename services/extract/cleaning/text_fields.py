"""The fields of copied text, from the lines around its body."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime

from services.extract.cleaning.agencies import agency_at_end, agency_in_dateline, agency_named
from services.extract.cleaning.authors import agencies_of_lines, authors_of_lines
from services.extract.cleaning.datelines import dateline_of
from services.extract.cleaning.dates import dated_field, is_in_future
from services.extract.cleaning.lines import is_date_line
from services.extract.cleaning.outlets import outlet_of_lines
from services.extract.cleaning.plain_text import CleanText
from services.extract.cleaning.titles import title_of_text
from shared.model import Field, Source

_HEAD_LINES = 15
_TAIL_LINES = 12
_LABELLED = (
    "published",
    "posted",
    "updated",
    "first published",
    "veröffentlicht",
    "publié",
    "publicado",
)


def fields_of_text(
    clean: CleanText, received_at: datetime | None
) -> tuple[dict[str, Field], tuple[str, ...], CleanText]:
    """Give fields and authors, and the body without a title that stood in it."""
    title, stands_in_body = title_of_text(clean.head, clean.paragraphs)
    if stands_in_body:
        head = (*clean.head, clean.paragraphs[0], *clean.dropped_inside[:1])
        clean = replace(clean, paragraphs=clean.paragraphs[1:], head=head)
    head, tail = clean.head[-_HEAD_LINES:], clean.tail[:_TAIL_LINES]
    dateline, dated = dateline_of(clean.paragraphs[0]) if clean.paragraphs else (None, None)
    agencies = _agencies(clean, head, tail)
    found = {
        "title": title,
        "published": _believable(_date_of_lines(head, tail) or dated, received_at),
        "outlet": outlet_of_lines((*tail, *clean.dropped_inside, *head)),
        "dateline": dateline,
        "agency": Field(agencies[0], Source.TEXT, 0.85) if agencies else None,
    }
    authors = authors_of_lines((*head, *clean.dropped_inside[:3])) or agencies
    if not agencies and (agency := next(filter(None, map(agency_named, authors)), None)):
        found["agency"] = Field(agency, Source.TEXT, 0.85)
    return {name: field for name, field in found.items() if field}, authors, clean


def _agencies(clean: CleanText, head: Sequence[str], tail: Sequence[str]) -> tuple[str, ...]:
    """Agencies credited: alone on a line, in the dateline, or in brackets at the very end."""
    first, last = (clean.paragraphs[0], clean.paragraphs[-1]) if clean.paragraphs else ("", "")
    alone = agencies_of_lines((*head, *clean.dropped_inside, *tail))
    others = (agency_in_dateline(first), *agency_at_end(last))
    return tuple(dict.fromkeys((*alone, *(agency for agency in others if agency))))


def _date_of_lines(head: Sequence[str], tail: Sequence[str]) -> Field | None:
    """Take the date line nearest before the body; after it, only one that says what it is."""
    for line in reversed(head):
        if is_date_line(line) and (found := dated_field(line, Source.TEXT, 0.85)):
            return found
    for line in tail:
        if line.lower().startswith(_LABELLED) and is_date_line(line):
            return dated_field(line, Source.TEXT, 0.7)
    return None


def _believable(published: Field | None, received_at: datetime | None) -> Field | None:
    """A date after the file's arrival is a misreading."""
    if published and is_in_future(published.value, received_at):
        return None
    return published
