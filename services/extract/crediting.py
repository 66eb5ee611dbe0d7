"""The news agency that an article credits, and where it says so. Pure."""

from __future__ import annotations

import dataclasses
import re
from collections.abc import Iterator
from typing import Any

from services.extract.cleaning.agencies import (
    AGENCY_PATTERN,
    agency_alone_on,
    agency_at_end,
    agency_in_dateline,
    agency_named,
)
from shared.model import CleanArticle, Field, Source, Span

_CONFIDENCE = 0.85
_NAME = re.compile(rf"(?<!\w){AGENCY_PATTERN}(?!\w)")
# "AFP contributed to this report", "Additional reporting by the Associated Press"
_HELPED = re.compile(
    rf"(?<!\w)({AGENCY_PATTERN})(?!\w)[^.!?\n]{{0,120}}?\bcontributed\b"
    r"|\b(?:[Rr]eporting|[Ff]iles|[Ii]nputs?|[Mm]aterial)\s(?:by|from)\s(?:[Tt]he\s)?"
    rf"({AGENCY_PATTERN})(?!\w)"
)
# A credit stands in the first or the last lines; in between an agency is quoted.
_FIRST, _LAST = 2, 3
_HEAD_CHARACTERS = 120
_LONGEST_NOTE = 300


def fields_with_credit(clean: CleanArticle) -> dict[str, dict[str, Any]]:
    """Return the fields of *clean* as they are stored, with the agency it credits.

    `agency` is what cleaning found, else what authors, dateline or closing lines name. Its
    `evidence` is the place (code points) in `text`, or in the authors joined by ", ", where the
    name stands; absent when it stands in none of them.
    """
    stored = {name: dataclasses.asdict(field) for name, field in clean.fields.items()}
    known = clean.value("agency")
    credited = next((found for found in _credits(clean) if known in (None, found[0])), None)
    if credited is None:
        return stored
    agency, span = credited
    field = clean.fields.get("agency") or Field(agency, Source.TEXT, _CONFIDENCE)
    return stored | {"agency": dataclasses.asdict(field) | {"evidence": dataclasses.asdict(span)}}


def _credits(clean: CleanArticle) -> Iterator[tuple[str, Span]]:
    """Yield every credit: (agency, where it is named), the clearest first."""
    paragraphs = list(_paragraphs(clean.text))
    for start, line in paragraphs[:_FIRST]:
        if found := agency_in_dateline(line) or agency_alone_on(line):
            yield from _named(found, line[:_HEAD_CHARACTERS], start)
    at = 0
    for author in clean.authors:
        if found := agency_named(re.sub(r"^[Bb]y\s", "", author)):
            yield found, Span("authors", at, at + len(author), author)
        at += len(author) + len(", ")
    for start, line in reversed(paragraphs[-_LAST:]):
        for found in (*agency_at_end(line), agency_alone_on(line)):
            tail = max(0, len(line) - _HEAD_CHARACTERS)
            yield from reversed(list(_named(found, line[tail:], start + tail)))
        if len(line) <= _LONGEST_NOTE and (match := _HELPED.search(line)):
            name = match.group(1) or match.group(2)
            yield from _named(agency_named(name), name, start + match.start(match.lastindex or 0))


def _named(agency: str | None, piece: str, start: int) -> Iterator[tuple[str, Span]]:
    """Yield the places of *piece* (which begins at *start*) that name *agency*."""
    for match in _NAME.finditer(piece) if agency else ():
        if agency and agency_named(match.group()) == agency:
            place = start + match.start()
            yield agency, Span("text", place, place + len(match.group()), match.group())


def _paragraphs(text: str) -> Iterator[tuple[int, str]]:
    for match in re.finditer(r"[^\n]*\S[^\n]*", text):
        line = match.group()
        yield match.start() + len(line) - len(line.lstrip()), line.strip()
