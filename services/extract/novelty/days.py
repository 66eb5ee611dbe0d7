"""Days that a text gives for what happens, not for when it was told. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.extract.events.words import MONTHS

_MONTH = "|".join([*MONTHS, *(rf"{month[:3]}\.?" for month in MONTHS), r"sept\.?"])
_MONTH_NUMBERS = {month[:3]: number for number, month in enumerate(MONTHS, 1)}
# A range ("Nov. 2-5") has two days, and one of them may well be elsewhere: neither is taken.
_DAY = re.compile(
    rf"\b(?:(?P<month>{_MONTH})\s(?P<day>\d{{1,2}})(?:st|nd|rd|th)?(?!\d|:|\s?[-–]\s?\d)"
    rf"|(?<![\d/][-–])(?P<day_first>\d{{1,2}})(?:st|nd|rd|th)?(?: of)?\s(?P<month_last>{_MONTH})\b"
    r"|ngày\s(?P<day_viet>\d{1,2})(?:[/-]|\stháng\s)(?P<month_viet>\d{1,2})(?![/-]?\d{1,2}\b))",
    re.IGNORECASE,
)
_TELLING = (
    r"(?:said|says|told|announced|reported|wrote|confirmed|stated|updated|published|posted|issued"
    r"|released|as of|until|since|cho biết|cập nhật)"
)
_TOLD_THEN = re.compile(rf"\b{_TELLING}\b[^.;!?]{{0,40}}\Z", re.IGNORECASE)
_DATELINE = re.compile(r"\A[^.!?;]{0,60}\Z")
_DATELINE_END = re.compile(
    r"\A(?:,? \d{4})?\s{0,2}(?:\([^()\n]{2,40}\)|/[^/\n]{2,30}/)?\s{0,2}[-–—]"
)
_LOOK_AROUND = 80


def day_places(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Yield the place of everything in the sentence `text[start:end]` that is written as a day."""
    return (match.span() for match in _DAY.finditer(text, start, end))


def find_days(text: str, start: int, end: int) -> Iterator[tuple[float, int, int]]:
    """Yield (month × 100 + day, place) of each day in the sentence `text[start:end]`.

    Left out are days in a dateline, and those that say when something was said or counted.
    """
    for match in _DAY.finditer(text, start, end):
        value = _value(match)
        if value and not _is_of_telling(text, start, match):
            yield value, match.start(), match.end()


def _value(match: re.Match[str]) -> float | None:
    day = int(match["day"] or match["day_first"] or match["day_viet"])
    if match["month_viet"]:
        month = int(match["month_viet"])
    else:
        month = _MONTH_NUMBERS[(match["month"] or match["month_last"]).lower()[:3]]
    return float(month * 100 + day) if 1 <= day <= 31 and 1 <= month <= 12 else None


def _is_of_telling(text: str, start: int, match: re.Match[str]) -> bool:
    before = text[max(start, match.start() - _LOOK_AROUND) : match.start()]
    after = text[match.end() : match.end() + _LOOK_AROUND]
    is_first = match.start() - start <= _LOOK_AROUND and _DATELINE.match(before)
    return bool(_TOLD_THEN.search(before) or (is_first and _DATELINE_END.match(after)))
