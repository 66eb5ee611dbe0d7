"""Days, weekdays, numbers and places that a text mentions. Pure."""

from __future__ import annotations

import re

from services.extract.events.words import MONTHS, WEEKDAYS, EventWords

_MONTH_NUMBERS = {name: number for number, name in enumerate(MONTHS, 1)}
_MONTH_NUMBERS |= {name[:3]: number for name, number in _MONTH_NUMBERS.items()} | {"sept": 9}
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sept?|oct|nov|dec)[a-z]{0,6}\.?"
_DAY = r"(\d{1,2})(?:st|nd|rd|th)?(?![\d:%])"
_MONTH_DAY = re.compile(rf"\b{_MONTH}\s{{1,2}}{_DAY}", re.IGNORECASE)
_DAY_MONTH = re.compile(
    rf"(?<![\w:.,/])(\d{{1,2}})(?:st|nd|rd|th)?\s(?:of\s)?{_MONTH}(?![a-z])", re.IGNORECASE
)
_ISO_DAY = re.compile(r"\b(?:19|20)\d\d-(\d\d)-(\d\d)\b")
_NUMBER = re.compile(r"(?<![\w.,])\d[\d,]*(?:\.\d+)?")
_PLACE_WORDS = frozenset(["in", "at", "from", "near", "outside", "across"])
_WEEKDAYS = frozenset(WEEKDAYS)
_LONGEST_PLACE = 3
_YEAR_DAYS = 365

MonthDay = tuple[int, int]


def find_month_days(text: str) -> frozenset[MonthDay]:
    """Return the (month, day) pairs that *text* names, in words or as ISO dates."""
    found = {(_month(name), int(day)) for name, day in _MONTH_DAY.findall(text)}
    found |= {(_month(name), int(day)) for day, name in _DAY_MONTH.findall(text)}
    found |= {(int(month), int(day)) for month, day in _ISO_DAY.findall(text)}
    return frozenset(pair for pair in found if 1 <= pair[0] <= 12 and 1 <= pair[1] <= 31)


def fewest_days_between(a: frozenset[MonthDay], b: frozenset[MonthDay]) -> int | None:
    """Return the days between the two nearest (month, day) pairs, round the year, to about a day.

    None when either set is empty. Sets stay small: a year has 366 days.
    """
    if not a or not b:
        return None
    one, other = {_day_of_year(each) for each in a}, {_day_of_year(each) for each in b}
    gaps = (abs(x - y) for x in one for y in other)
    return min(min(gap, _YEAR_DAYS - gap) for gap in gaps)


def find_weekdays(words: EventWords) -> frozenset[str]:
    """Return the weekdays named, lower-cased."""
    return _WEEKDAYS.intersection(words.words)


def find_numbers(text: str) -> frozenset[str]:
    """Return the numbers written in digits, without thousands separators; years are left out."""
    found = (number.replace(",", "") for number in _NUMBER.findall(text))
    return frozenset(number for number in found if not _is_year(number))


def find_places(words: EventWords, names: frozenset[str]) -> frozenset[str]:
    """Return the names that follow a preposition of place ("in Hanoi").

    A trick instead of a gazetteer: it also catches some organisations, so it weighs little.
    """
    return frozenset(
        place
        for index in range(len(words.words) - 1)
        if words.words[index] in _PLACE_WORDS and (place := _name_at(words, names, index + 1))
    )


def _name_at(words: EventWords, names: frozenset[str], start: int) -> str:
    end = start
    while end < min(start + _LONGEST_PLACE, len(words.words)) and _continues(
        words, names, start, end
    ):
        end += 1
    return " ".join(words.words[start:end])


def _continues(words: EventWords, names: frozenset[str], start: int, at: int) -> bool:
    is_name = words.is_capital[at] and words.words[at] in names
    return is_name and (at == start or not words.breaks_before[at])


def _day_of_year(month_day: MonthDay) -> int:
    month, day = month_day
    return (month - 1) * _YEAR_DAYS // 12 + day


def _month(name: str) -> int:
    return _MONTH_NUMBERS[name.lower()[:3]]


def _is_year(number: str) -> bool:
    return len(number) == 4 and number[:2] in {"19", "20"}
