"""Dates as people and pages write them, to ISO 8601.

A made-up date is worse than none: a date needs its year, and relative ones ("3 hours ago") are
not read (see `foreign_dates`).
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, time, timedelta, timezone, tzinfo
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from shared.model import Field, Source

_MONTH_NAMES = {
    1: (
        "jan january januar janvier enero janeiro gennaio januari stycznia января "
        "ocak ianuarie leden ledna"
    ),
    2: (
        "feb february februar février fevrier febrero fevereiro febbraio februari "
        "lutego февраля şubat února"
    ),
    3: "mar march märz mars marzo março marco maart marca марта mart března",
    4: "apr april avril abril aprile kwietnia апреля nisan dubna",
    5: "may mai mayo maio maggio mei maja maj мая mayıs května",
    6: "jun june juni juin junio junho giugno czerwca июня haziran června",
    7: "jul july juli juillet julio julho luglio lipca июля temmuz července",
    8: "aug august août aout agosto augustus augusti sierpnia августа ağustos srpna",
    9: ("sep sept september septembre septiembre setembro settembre września сентября eylül září"),
    10: ("oct okt october oktober octobre octubre outubro ottobre października октября ekim října"),
    11: "nov november novembre noviembre novembro listopada ноября kasım listopadu",
    12: (
        "dec dez dic déc december dezember décembre decembre diciembre dezembro "
        "dicembre grudnia декабря aralık prosince desember"
    ),
}
_MONTH_NUMBERS = {name: number for number, names in _MONTH_NAMES.items() for name in names.split()}
_MONTH = "|".join(sorted(_MONTH_NUMBERS, key=len, reverse=True))
_YEAR = r"(?P<y>(?:19|20)\d{2})"
_FORMS = tuple(
    re.compile(form, re.IGNORECASE)
    for form in (
        rf"\b{_YEAR}[-/.](?P<m>\d{{1,2}})[-/.](?P<d>\d{{1,2}})(?!\d)",
        rf"\b(?P<b>{_MONTH})\b\.?\s{{0,3}}(?P<d>\d{{1,2}})(?:st|nd|rd|th)?\b\s{{0,2}},?\s{{0,3}}{_YEAR}\b",
        rf"\b(?P<d>\d{{1,2}})(?:st|nd|rd|th|\.|º|er)?(?:\s{{1,3}}|-)(?:de\s|of\s)?(?P<b>{_MONTH})\b\.?,?(?:\s{{1,3}}|-)(?:de\s)?{_YEAR}\b",
        rf"(?<!\d){_YEAR}\s?[年년]\s?(?P<m>\d{{1,2}})\s?[月월]\s?(?P<d>\d{{1,2}})\s?[日일]",
        rf"\bngày\s(?P<d>\d{{1,2}})\stháng\s(?P<m>\d{{1,2}})\s(?:năm\s)?{_YEAR}\b",
        rf"(?<![\d/.-])(?P<n1>\d{{1,2}})(?P<sep>[-/.])(?P<n2>\d{{1,2}})(?P=sep){_YEAR}\b(?![./-]\d)",
    )
)
_COMPACT = re.compile(rf"^{_YEAR}(?P<m>\d{{2}})(?P<d>\d{{2}})(?:T?(\d{{2}})(\d{{2}})(\d{{2}})?)?")
_TIME = re.compile(
    r"(?<![\d:.])(?P<h>\d{1,2})(?:[:h]|\.(?=\d{2}\s{0,2}(?:[ap]\.?m|uhr|wib|gmt)))(?P<min>\d{2})(?::\d{2})?(?!\d)\s{0,2}(?P<ap>[ap]\.?m\b\.?)?"
    r"\s{0,2}\(?(?P<zone>(?:GMT|UTC)\s?[+−-]\d{1,2}(?::?\d{2})?(?!\d)|[A-Z]{2,4}\b|[+-]\d{2}:?\d{2})?",
    re.IGNORECASE,
)
_ZONES = {
    "PT": "America/Los_Angeles", "PST": "America/Los_Angeles", "PDT": "America/Los_Angeles",
    "ET": "America/New_York", "EST": "America/New_York", "EDT": "America/New_York",
    "CT": "America/Chicago", "CDT": "America/Chicago", "MT": "America/Denver",
    "UTC": "UTC", "GMT": "UTC", "BST": "Europe/London", "CET": "Europe/Paris",
    "CEST": "Europe/Paris",
    "EET": "Europe/Athens", "MSK": "Europe/Moscow", "JST": "Asia/Tokyo", "KST": "Asia/Seoul",
    "ICT": "Asia/Bangkok", "SGT": "Asia/Singapore", "HKT": "Asia/Hong_Kong", "WIB": "Asia/Jakarta",
    "AEST": "Australia/Sydney", "AEDT": "Australia/Sydney", "PHT": "Asia/Manila",
}  # fmt: skip
_OFFSET = re.compile(r"(?:(?:GMT|UTC)\s?)?([+−-])(\d{1,2}):?(\d{2})?$", re.IGNORECASE)
_EARLIEST = date(1990, 1, 1)
_LOOKED_AT_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class ParsedDate:
    """A date read from text.

    `iso` is a bare date when no time stands beside it, and has an offset when a zone is named.
    `is_ambiguous`: 02/11/2025 is two days; the day is then taken to come first. `rest` is the text
    around the date and its time.
    """

    iso: str
    is_ambiguous: bool = False
    rest: str = field(default="", compare=False)


def parse_date(text: str, language: str | None = None) -> ParsedDate | None:
    """Read the first full date in the first 200 characters of *text*.

    Only English has readers on both sides of 02/11/2025: in any other known *language* (ISO 639-1)
    the day comes first.
    """
    text = text.strip()[:_LOOKED_AT_CHARACTERS]
    if not any(character.isdigit() for character in text):
        return None
    found = _parse_iso(text) or _parse_written(text) or _parse_compact(text)
    if found and found.is_ambiguous and language and language[:2].lower() != "en":
        return replace(found, is_ambiguous=False)
    return found


def dated_field(
    text: str, source: Source, confidence: float, language: str | None = None
) -> Field | None:
    """Read a date as a field; an ambiguous one is a guess, whatever its source."""
    found = parse_date(text, language)
    if found is None:
        return None
    if found.is_ambiguous:
        return Field(found.iso, Source.GUESS, confidence / 2)
    return Field(found.iso, source, confidence)


def holds_full_date(text: str) -> bool:
    """Say whether *text* holds a date with its year."""
    return any(form.search(text) for form in _FORMS)


def is_month(word: str) -> bool:
    """Say whether *word* is the name of a month in a language we read."""
    return word.casefold() in _MONTH_NUMBERS


def is_in_future(iso: str, known_at: datetime | None) -> bool:
    """Say whether the date lies more than two days after *known_at* (receipt): then it is wrong."""
    if known_at is None:
        return False
    return date.fromisoformat(iso[:10]) > known_at.astimezone(UTC).date() + timedelta(days=2)


def is_plausible(day: date) -> bool:
    """Say whether an article may be of that day: templates carry dates like 1970-01-01."""
    return day >= _EARLIEST


def _parse_iso(text: str) -> ParsedDate | None:
    if len(text) < 10 or not text[:4].isdigit():
        return None
    candidate = re.sub(r"\s(?=[+-]\d{2}:?\d{2}$)", "", text).replace(" UTC", "+00:00")
    try:
        moment = datetime.fromisoformat(candidate)
    except ValueError:
        return None
    if not is_plausible(moment.date()):
        return None
    has_time = ":" in text or len(text) > 10
    return ParsedDate(
        moment.isoformat(timespec="seconds") if has_time else moment.date().isoformat()
    )


def _parse_compact(text: str) -> ParsedDate | None:
    """Read `20251102` and `20251102061200`."""
    found = _COMPACT.match(text)
    return _parse_written(f"{found['y']}-{found['m']}-{found['d']}") if found else None


def _parse_written(text: str) -> ParsedDate | None:
    for form in _FORMS:
        if (found := form.search(text)) and (parsed := _date_of(found.groupdict())):
            day, is_ambiguous = parsed
            if is_plausible(day):
                rest = text[: found.start()] + " " + text[found.end() :]
                iso, rest = _with_time(day, rest)
                return ParsedDate(iso, is_ambiguous, rest)
    return None


def _date_of(parts: Mapping[str, str]) -> tuple[date, bool] | None:
    year = int(parts["y"])
    try:
        if "n1" in parts:
            return _numeric_date(year, int(parts["n1"]), int(parts["n2"]), parts["sep"])
        month = int(parts["m"]) if parts.get("m") else _MONTH_NUMBERS[parts["b"].lower()]
        return date(year, month, int(parts["d"])), False
    except ValueError:
        return None


def _numeric_date(year: int, first: int, second: int, separator: str) -> tuple[date, bool]:
    if second > 12:
        return date(year, first, second), False
    # 02.11.2025 is written where the day comes first; slashes and dashes on both sides.
    return date(year, second, first), separator != "." and first <= 12 and first != second


def _with_time(day: date, rest: str) -> tuple[str, str]:
    """Give the date with the time in the text around it, and that text without the time."""
    found = _TIME.search(rest)
    if found is None:
        return day.isoformat(), rest
    hour, minute = int(found["h"]), int(found["min"])
    if found["ap"]:
        hour = hour % 12 + (12 if found["ap"].lower().startswith("p") else 0)
    if hour > 23 or minute > 59:
        return day.isoformat(), rest
    moment = datetime.combine(day, time(hour, minute), _zone(found["zone"]))
    return moment.isoformat(), rest[: found.start()] + " " + rest[found.end() :]


def _zone(name: str | None) -> tzinfo | None:
    name = (name or "").strip().upper()
    if found := _OFFSET.match(name):
        minutes = int(found[2]) * 60 + int(found[3] or 0)
        minutes = minutes if found[1] == "+" else -minutes
        return timezone(timedelta(minutes=minutes)) if abs(minutes) <= 14 * 60 else None
    try:
        return ZoneInfo(_ZONES[name]) if name in _ZONES else None
    except ZoneInfoNotFoundError:  # a machine without the time zone database
        return None
