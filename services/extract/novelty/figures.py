"""Figures in a text: amounts of money, percentages, counts and days, with what they count. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.extract.events.document_frequency import rarity
from services.extract.events.words import MONTHS
from services.extract.novelty.sentences import Sentence
from services.extract.reuse import tokenize

_SMALL = [
    "two",
    "three",
    "four",
    "five",
    "six",
    "seven",
    "eight",
    "nine",
    "ten",
    "eleven",
    "twelve",
    "thirteen",
    "fourteen",
    "fifteen",
    "sixteen",
    "seventeen",
    "eighteen",
    "nineteen",
    "twenty",
]
_TENS = ("thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IN_WORDS = {word: float(value) for value, word in enumerate(_SMALL, 2)} | {
    word: float(value * 10) for value, word in enumerate(_TENS, 3)
}
_SCALES = {"thousand": 1e3, "million": 1e6, "mn": 1e6, "billion": 1e9, "bn": 1e9, "trillion": 1e12}
_CURRENCIES = {
    "us$": "USD", "$": "USD", "usd": "USD", "dollars": "USD", "dollar": "USD",
    "€": "EUR", "eur": "EUR", "euros": "EUR", "euro": "EUR",
    "£": "GBP", "gbp": "GBP", "pounds": "GBP", "pound": "GBP",
    "¥": "JPY", "yen": "JPY", "vnd": "VND", "dong": "VND", "won": "KRW", "rupees": "INR",
}  # fmt: skip
_DIGITS = r"\d{1,3}(?:,\d{3})++(?:\.\d++)?|\d{1,15}(?:\.\d{1,6})?"
_FIGURE = re.compile(
    rf"(?<![\w.,:/–-])(?P<sign>US\$|[$€£¥])?\s?"
    rf"(?:(?P<digits>{_DIGITS})(?![\d:/]|[-–,.]\d|st\b|nd\b|rd\b|th\b|s\b)"
    rf"|(?P<word>{'|'.join(_IN_WORDS)})\b)"
    rf"(?:[ -]?(?P<scale>{'|'.join(_SCALES)})\b)?"
    r"(?:[ -]?(?P<unit>%|per ?cent\b|dollars?\b|euros?\b|pounds?\b|yen\b|dong\b|won\b|rupees\b"
    r"|USD\b|EUR\b|GBP\b|VND\b))?",
    re.IGNORECASE,
)
_MONTH = "|".join([*MONTHS, *(rf"{month[:3]}\.?" for month in MONTHS), r"sept\.?"])
_DAY = re.compile(
    rf"\b(?:(?P<month>{_MONTH})\s(?P<day>\d{{1,2}})(?!\d|:)"
    rf"|(?P<day_first>\d{{1,2}})\s(?P<month_last>{_MONTH})\b)",
    re.IGNORECASE,
)
_MONTH_NUMBERS = {month[:3]: number for number, month in enumerate(MONTHS, 1)}
_COUNTED_WORDS = 2
_COUNTED_CHARACTERS = 60
_NOT_COUNTED = frozenset(
    (
        "of",
        "in",
        "on",
        "at",
        "to",
        "and",
        "or",
        "for",
        "from",
        "by",
        "with",
        "the",
        "a",
        "an",
        "as",
        "per",
        "more",
        "other",
        "near",
        "after",
        "before",
        "during",
        "since",
        "when",
        "while",
        "who",
        "that",
        "which",
    )
)
_AUXILIARIES = frozenset(("is", "are", "was", "were", "be", "been", "being", "has", "have", "had"))
_CLOCK = frozenset(
    [
        "am",
        "pm",
        "a.m",
        "p.m",
        "year",
        "years",
        "old",
        "hour",
        "hours",
        "minute",
        "minutes",
        "o'clock",
    ]
)


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it measures, its value, its place, and the sentence it stands in.

    `unit` is a currency code, `percent`, `day` (value: month × 100 + day) or `count`; `counted` are
    the words right after a count ("people killed"), in singular.
    """

    unit: str
    value: float
    counted: tuple[str, ...]
    start: int
    end: int
    written: str
    sentence: int


def find_figures(text: str, sentences: tuple[Sentence, ...]) -> tuple[Figure, ...]:
    """Find the figures of *text* sentence by sentence, in linear time."""
    found: list[Figure] = []
    for index, sentence in enumerate(sentences):
        days = list(_days(text, sentence, index))
        taken = [(day.start, day.end) for day in days]
        found += days
        found += [
            figure
            for figure in _amounts(text, sentence, index)
            if not any(start < figure.end and figure.start < end for start, end in taken)
        ]
    return tuple(found)


def _days(text: str, sentence: Sentence, index: int) -> Iterator[Figure]:
    for match in _DAY.finditer(text, sentence.start, sentence.end):
        month = _MONTH_NUMBERS[(match["month"] or match["month_last"]).lower()[:3]]
        day = int(match["day"] or match["day_first"])
        if 1 <= day <= 31:
            value = float(month * 100 + day)
            yield Figure("day", value, (), match.start(), match.end(), match.group(), index)


def _amounts(text: str, sentence: Sentence, index: int) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text, sentence.start, sentence.end):
        figure = _read_amount(text, sentence, index, match)
        if figure:
            yield figure


def _read_amount(text: str, sentence: Sentence, index: int, match: re.Match[str]) -> Figure | None:
    value = _value(match)
    unit = _unit(match)
    written = match.group().strip()
    start = match.end() - len(match.group().lstrip())
    if unit != "count":
        return Figure(unit, value, (), start, match.end(), written, index)
    counted = _counted(text[match.end() : min(match.end() + _COUNTED_CHARACTERS, sentence.end)])
    is_year = (
        match["digits"] and not match["scale"] and 1800 <= value <= 2100 and "," not in written
    )
    if is_year or not counted:
        return None
    return Figure(unit, value, counted, start, match.end(), written, index)


def _value(match: re.Match[str]) -> float:
    digits, word, scale = match["digits"], match["word"], match["scale"]
    plain = float(digits.replace(",", "")) if digits else _IN_WORDS[word.lower()]
    return plain * _SCALES[scale.lower()] if scale else plain


def _unit(match: re.Match[str]) -> str:
    sign, unit = (match["sign"] or "").lower(), (match["unit"] or "").lower()
    if unit == "%" or unit.startswith("per"):
        return "percent"
    return _CURRENCIES.get(sign) or _CURRENCIES.get(unit) or "count"


def singular(word: str) -> str:
    """Return *word* without the ending of a plural or genitive, as `counted` has it."""
    plain = word.removesuffix("'s")
    return plain.removesuffix("s") if len(plain) > 3 else plain


def _counted(after: str) -> tuple[str, ...]:
    """Return the two words that say what is counted ("people killed", "joint missions").

    Auxiliary verbs are passed over; punctuation and small words end the phrase.
    """
    phrase = re.split(r"[^\w\s'’-]", after, maxsplit=1)[0]
    words: list[str] = []
    for word in tokenize(phrase).words:
        if word in _CLOCK:
            return ()
        if word in _NOT_COUNTED or len(words) == _COUNTED_WORDS:
            break
        if word not in _AUXILIARIES:
            words.append(singular(word))
    return tuple(word for word in words if rarity(word) > 0.3)
