"""The place (and date) an article opens with: `HCMC – `, `HANOI, Nov. 2, 2025 (AP) — `."""

from __future__ import annotations

import re

from services.extract.cleaning.agencies import AGENCY_PATTERN
from services.extract.cleaning.dates import dated_field
from shared.model import Field, Source

_PLACE = r"[^\W\d_][\w.'’ /-]{1,40}(?:,\s[^\W\d_][\w.'’ -]{1,30})?"
_DATELINE = re.compile(
    rf"^(?P<place>{_PLACE}?)(?:\s?,?\s(?P<date>[^()\n–—]{{3,25}}?\d{{1,4}}|\d{{1,2}}\s[^\W\d_]{{3,12}}))?"
    rf"(?:\s?[(\[](?:(?P<agency>{AGENCY_PATTERN})[^()\[\]\n]{{0,30}}|(?P<credit>[^()\[\]\n]{{2,40}}))[)\]]\.?)?"
    r"\s?(?:[–—]|--|\s-|-\s|:(?=\s))\s?(?=\S)"
)
# "MOSCOW, November 2. /TASS/. "
_SLASHED = re.compile(
    rf"^(?P<place>{_PLACE}?),\s(?P<date>[^()/\n]{{3,25}}?)\.?\s/(?P<agency>{AGENCY_PATTERN})(?P<credit>)/\.\s"
)


def without_dateline(paragraph: str) -> str:
    """Give the paragraph from behind its dateline on."""
    found = _opening(paragraph) if dateline_of(paragraph)[0] else None
    return paragraph[found.end() :] if found else paragraph


def dateline_of(paragraph: str) -> tuple[Field | None, Field | None]:
    """Read place and full date from the opening of the first paragraph.

    The place must be written in capitals or stand with a date or an agency: `Hanoi - a city` is
    none. Brackets that name no agency we know count only beside a date: they may hold anything.
    """
    found = _opening(paragraph)
    if found is None:
        return None, None
    if found["credit"] and not found["date"]:
        return None, None
    place = found["place"].strip(" ,")
    is_marked = bool(found["date"] or found["agency"])
    if not (place.isupper() or (is_marked and place[:1].isupper() and len(place.split()) <= 4)):
        return None, None
    published = dated_field(found["date"] or "", Source.DATELINE, 0.85)
    return Field(place, Source.DATELINE, 0.9 if is_marked or len(place) > 3 else 0.7), published


def _opening(paragraph: str) -> re.Match[str] | None:
    return _DATELINE.match(paragraph[:140]) or _SLASHED.match(paragraph[:140])
