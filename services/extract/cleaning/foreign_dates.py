"""Dates in the languages our own table of months lacks, and relative ones ("3 giờ trước").

dateparser knows 200 languages, but costs milliseconds for each text that is no date and longer at
the first use of a language: so only what looks like a date is shown to it, and one language.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final

from dateparser.date import DateDataParser

from services.extract.cleaning.dates import ParsedDate, is_plausible

_NAME = r"[^\s\d,;:|()/.]{2,20}"
_WRITTEN = re.compile(
    rf"(?<!\d)\d{{1,2}}\.?\s{{1,2}}(?:{_NAME}\s)?{_NAME}\.?,?\s{{1,2}}(?:{_NAME}\s)?\d{{4}}(?!\d)"
    rf"|{_NAME}\.?\s{{1,2}}\d{{1,2}},?\s{{1,2}}\d{{4}}(?!\d)"
    rf"|(?<!\d)\d{{4}}\.?\s{{1,2}}{_NAME}\s{{1,2}}\d{{1,2}}(?!\d)"
)
_TIME = re.compile(r"(?<!\d)(\d{1,2}):(\d{2})(?!\d)")
_AGO = re.compile(r"[^\d\n]{0,25}\d{1,2}\s{0,2}[^\d\n]{1,25}$")
_READING_TIME = re.compile(
    r"read|lesezeit|lectura|leitura|lettura|lecture|leestijd|listen|watch", re.IGNORECASE
)
_LOOKED_AT_CHARACTERS = 120
_LANGUAGE = re.compile(r"[a-z]{2,3}(?![a-z])")
_ANY_DAY: Final = datetime(2000, 6, 15, 12, tzinfo=UTC)
_LONGEST_AGO = timedelta(days=366)


def parse_foreign_date(text: str, language: str | None) -> ParsedDate | None:
    """Read the first date with day, named month and year in *text*, written in *language*."""
    found = _WRITTEN.search(text[:_LOOKED_AT_CHARACTERS])
    moment = _read(found.group(), language, "absolute-time") if found else None
    if found is None or moment is None or not is_plausible(moment.date()):
        return None
    rest = text[: found.start()] + " " + text[found.end() :]
    clock = _TIME.search(rest)
    if clock and int(clock[1]) < 24 and int(clock[2]) < 60:
        moment = moment.replace(hour=int(clock[1]), minute=int(clock[2]))
        return ParsedDate(moment.isoformat(timespec="seconds"), rest=_TIME.sub(" ", rest, count=1))
    return ParsedDate(moment.date().isoformat(), rest=rest)


def parse_ago(text: str, language: str | None, base: datetime) -> str | None:
    """Read how long before *base* a text says it was written (`3 hours ago`), as ISO 8601."""
    if len(text) > 50 or not _AGO.match(text) or _READING_TIME.search(text):
        return None
    moment = _read(text, language, "relative-time")
    gap = _ANY_DAY - moment.replace(tzinfo=UTC) if moment else timedelta(0)
    return (
        (base - gap).isoformat(timespec="seconds") if timedelta(0) < gap <= _LONGEST_AGO else None
    )


def _read(text: str, language: str | None, kind: str) -> datetime | None:
    code = _LANGUAGE.match((language or "").lower())
    try:
        moment = _parser(code.group(), kind).get_date_data(text).date_obj if code else None
    except (ValueError, OverflowError):  # a language it does not know, a day no calendar has
        return None
    return moment if isinstance(moment, datetime) else None


@lru_cache(maxsize=64)
def _parser(language: str, kind: str) -> DateDataParser:
    """Make the parser of one language; its base is fixed: the library keeps each it is given."""
    base = _ANY_DAY.replace(tzinfo=None)
    settings: dict[str, object] = {
        "PARSERS": [kind],
        "DATE_ORDER": "DMY",
        "RELATIVE_BASE": base,
    }
    if kind == "absolute-time":
        settings["REQUIRE_PARTS"] = ["day", "month", "year"]
    return DateDataParser(languages=[language], settings=settings)
