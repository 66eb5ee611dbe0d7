"""Numbers as news writes them: in digits, in words, with a scale, in Vietnamese too. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass

_UNITS = ("one", "two", "three", "four", "five", "six", "seven", "eight", "nine")
_TEENS = (
    "ten", "eleven", "twelve", "thirteen", "fourteen", "fifteen", "sixteen", "seventeen",
    "eighteen", "nineteen",
)  # fmt: skip
_TENS = ("twenty", "thirty", "forty", "fifty", "sixty", "seventy", "eighty", "ninety")
_IN_WORDS = (
    {word: float(value) for value, word in enumerate((*_UNITS, *_TEENS), 1)}
    | {word: float(10 * value) for value, word in enumerate(_TENS, 2)}
    | {"a": 1.0, "half": 0.5}
)
_MULTIPLES = {"hundred": 100.0, "dozen": 12.0}
_SCALES = {
    "thousand": 1e3, "k": 1e3, "lakh": 1e5, "million": 1e6, "mn": 1e6, "mln": 1e6, "m": 1e6,
    "crore": 1e7, "billion": 1e9, "bn": 1e9, "b": 1e9, "trillion": 1e12, "tn": 1e12,
}  # fmt: skip
# Vietnamese groups digits with points and marks decimals with a comma.
_VIETNAMESE_SCALES = {
    "nghìn tỷ": 1e12, "nghìn tỉ": 1e12, "ngàn tỷ": 1e12, "nghìn": 1e3, "ngàn": 1e3,
    "triệu": 1e6, "tỷ": 1e9, "tỉ": 1e9,
}  # fmt: skip
_VIETNAMESE = re.compile(r"\s?(?:người|đồng|đô la|USD|km|vụ|ca|hộ|căn|ngôi|tàu)\b", re.IGNORECASE)
_POINT_AND_THREE = re.compile(r"[1-9]\d{0,2}\.\d{3}")
_POINTS_GROUP = re.compile(r"\d{1,3}(?:\.\d{3})+,\d+|\d{1,3}(?:\.\d{3}){2,}|\d+,\d{1,2}")

_UNDER_100 = (
    rf"(?:{'|'.join(_TENS)})(?:[ -](?:{'|'.join(_UNITS)})\b)?|{'|'.join((*_TEENS, *_UNITS))}"
)
_LONG_SCALES = "|".join(scale for scale in _SCALES if len(scale) > 1)
WORDS = (
    rf"(?:(?:a|{'|'.join(_UNITS)})[ -])(?:hundred|dozen)(?:(?: and)? (?:{_UNDER_100}))?"
    rf"|(?:half[ -])?a(?=[ -](?:{_LONG_SCALES})\b)|{_UNDER_100}"
)
DIGITS = (
    r"\d{1,3}(?:,\d{3})++(?:\.\d++)?|\d{1,3}(?:\.\d{3})++(?:,\d++)?"
    r"|\d{1,15}(?:\.\d{1,6}|,\d{1,2}(?!\d))?"
)
SCALES = "|".join((*_VIETNAMESE_SCALES, _LONG_SCALES))
LETTER_SCALES = "[mkb]"


@dataclass(frozen=True, slots=True)
class Number:
    """A number; `step` is the size of its last written place: 1e5 in "1.2 million"."""

    value: float
    step: float


def number_in_words(words: str, scale: str | None) -> Number:
    """Read "twelve", "a hundred and twenty", "two dozen", "half a" (million)."""
    value = 0.0
    for word in re.split(r"[ -]+", words.lower()):
        if word in _MULTIPLES:
            value *= _MULTIPLES[word]
        elif word == "a" and value:
            continue
        else:
            value += _IN_WORDS.get(word, 0.0)
    return _scaled(value, 1.0, scale)


def number_in_digits(digits: str, scale: str | None, after: str) -> Number | None:
    """Read "1,200", "1.5" or "1,5"; None for "1.200", which may be either, unless a word tells.

    *after* is the text that follows.
    """
    plain = digits.replace(",", "")
    if _POINT_AND_THREE.fullmatch(digits):
        if (scale or "").lower() in _VIETNAMESE_SCALES or _VIETNAMESE.match(after):
            plain = digits.replace(".", "")
        elif not scale:
            return None
    elif _POINTS_GROUP.fullmatch(digits):
        plain = digits.replace(".", "").replace(",", ".")
    return _scaled(float(plain), 10.0 ** -len(plain.partition(".")[2]), scale)


def _scaled(value: float, step: float, scale: str | None) -> Number:
    by = (_SCALES | _VIETNAMESE_SCALES)[scale.lower()] if scale else 1.0
    return Number(round(value * by, 6), step * by)
