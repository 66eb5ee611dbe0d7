"""Figures in a text: amounts of money, percentages, counts and days, with what they count. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

from services.extract.events.document_frequency import rarity
from services.extract.novelty.days import day_places, find_days
from services.extract.novelty.numbers import (
    DIGITS,
    LETTER_SCALES,
    SCALES,
    WORDS,
    Number,
    number_in_digits,
    number_in_words,
)
from services.extract.novelty.sentences import Sentence
from services.extract.reuse import tokenize

_CURRENCIES = {
    "us$": "USD", "$us": "USD", "$": "USD", "usd": "USD", "dollar": "USD", "đô la": "USD",
    "€": "EUR", "eur": "EUR", "euro": "EUR", "£": "GBP", "gbp": "GBP", "pound": "GBP",
    "¥": "JPY", "jpy": "JPY", "yen": "JPY", "vnd": "VND", "₫": "VND", "dong": "VND", "đồng": "VND",
    "₩": "KRW", "krw": "KRW", "won": "KRW", "₹": "INR", "rs": "INR", "rupee": "INR",
    "yuan": "CNY", "a$": "AUD", "au$": "AUD", "c$": "CAD", "ca$": "CAD", "s$": "SGD",
    "hk$": "HKD", "nt$": "TWD", "nz$": "NZD",
}  # fmt: skip
# Of these a few are no money: "Tolby won", "won 12", "30 pounds".
_SMALL_MONEY = frozenset(("won", "dong", "đồng", "yen", "rupee", "yuan"))
_LEAST_OF_SMALL_MONEY = 100.0
_FIGURE = re.compile(
    r"(?<![\w.,:/–-])"
    r"(?P<sign>(?:US|AU?|CA?|S|HK|NT|NZ)\$|\$US|[$€£¥₫₩₹]|\b(?:USD|EUR|GBP|VND|JPY|KRW|Rs\b\.?))?\s?"
    rf"(?:(?P<digits>{DIGITS})(?![\d:/]|[-–,.]\d|(?:st|nd|rd|th|s)\b)"
    rf"|(?P<word>{WORDS})\b(?!-(?:third|quarter|fifth|half|halves|fold|way)))"
    rf"(?:[ -]?(?P<scale>{SCALES})\b|(?(sign)(?P<letter>{LETTER_SCALES})\b))?"
    r"(?:[ -]?(?P<unit>%|per ?cent\b|phần trăm\b|(?:US |U\.S\. |American )?dollars?\b|euros?\b"
    r"|pounds?\b(?! of\b)|yen\b|dong\b|won\b|rupees?\b|yuan\b"
    r"|(?:đô la|đồng|USD|EUR|GBP|VND)\b|₫))?",
    re.IGNORECASE,
)
_HEDGE = re.compile(
    r"\b(?:about|around|nearly|almost|some|roughly|approximately|close to|more than|over|under"
    r"|less than|fewer than|an estimated|khoảng|gần|hơn)\s\Z",
    re.IGNORECASE,
)
# A number after such a word is a name: flight 370, page 12, No. 5.
_NAMED = re.compile(
    r"\b(?:flight|route|article|page|section|chapter|resolution|no|nos|number|room|highway"
    r"|interstate|channel|group|boeing|airbus|district|zone|phase|category|level|week|round|lane"
    r"|gate|unit|type|version|formula|apollo|season|episode|part|war|act|grade|ward|building"
    r"|aged|age|quận|số|điều)\b[.#]?\s\Z",
    re.IGNORECASE,
)
_CONVERTED = re.compile(r"\(\s?(?:about |around |nearly |some |or )?\Z", re.IGNORECASE)
# "28 of 41" tells of one thing by two numbers.
_OF_SO_MANY = re.compile(r"\d (?:out )?of (?:the |his |her |its |their )?\Z", re.IGNORECASE)
_BEFORE = 24
_COUNTED_WORDS = 2
_COUNTED_CHARACTERS = 60
_NOT_COUNTED = frozenset((
    "of", "in", "on", "at", "to", "and", "or", "for", "from", "by", "with", "the", "a", "an",
    "as", "per", "more", "other", "near", "after", "before", "during", "since", "when", "while",
    "who", "that", "which",
))  # fmt: skip
_AUXILIARIES = frozenset(("is", "are", "was", "were", "be", "been", "being", "has", "have", "had"))
_CLOCK = frozenset((
    "am", "pm", "a.m", "p.m", "year", "years", "old", "hour", "hours", "minute", "minutes",
    "o'clock", "tuổi", "giờ", "phút",
))  # fmt: skip
_SAME_COUNTED = {
    "person": "people", "men": "man", "women": "woman", "children": "child",
    "dead": "killed", "died": "killed", "death": "killed", "fatality": "killed",
    "fatalitie": "killed", "wounded": "injured", "hurt": "injured", "injury": "injured",
    "injurie": "injured", "kilometre": "km", "kilometer": "km", "meter": "metre", "ton": "tonne",
    "arrested": "arrest", "detained": "arrest",
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class Figure:
    """One figure: what it measures, its value, its place, and the sentence it stands in.

    `unit` is a currency code, `percent`, `day` (value: month × 100 + day) or `count`; `counted` are
    the words right after a count ("people killed"), as `canonical` has them. `step` is the size of
    the last place written, `is_hedged` says "about", "nearly" or "more than".
    """

    unit: str
    value: float
    counted: tuple[str, ...]
    start: int
    end: int
    written: str
    sentence: int
    step: float = 1.0
    is_hedged: bool = False


def find_figures(text: str, sentences: tuple[Sentence, ...]) -> tuple[Figure, ...]:
    """Find the figures of *text* sentence by sentence, in linear time."""
    found: list[Figure] = []
    for index, sentence in enumerate(sentences):
        days = [
            Figure("day", value, (), start, end, text[start:end], index)
            for value, start, end in find_days(text, sentence.start, sentence.end)
        ]
        # A day that tells nothing of the event is no count of "March" either.
        taken = list(day_places(text, sentence.start, sentence.end))
        found += days
        found += [
            figure
            for figure in _amounts(text, sentence, index)
            if not any(start < figure.end and figure.start < end for start, end in taken)
        ]
    return tuple(found)


def canonical(word: str) -> str:
    """Return *word* without the ending of a plural or genitive; words for one thing are one."""
    plain = word.removesuffix("'s")
    plain = plain.removesuffix("s") if len(plain) > 3 else plain
    return _SAME_COUNTED.get(plain, plain)


def _amounts(text: str, sentence: Sentence, index: int) -> Iterator[Figure]:
    for match in _FIGURE.finditer(text, sentence.start, sentence.end):
        figure = _read_amount(text, sentence, index, match)
        if figure:
            yield figure


def _read_amount(text: str, sentence: Sentence, index: int, match: re.Match[str]) -> Figure | None:
    start = match.end() - len(match.group().lstrip())
    before = text[max(sentence.start, start - _BEFORE) : start]
    number, unit = _number(match, text), _unit(match)
    if number is None or _NAMED.search(before) or _OF_SO_MANY.search(before):
        return None
    counted: tuple[str, ...] = ()
    if unit == "count":
        counted = _counted(text[match.end() : min(match.end() + _COUNTED_CHARACTERS, sentence.end)])
        if not counted or _is_year(match, number):
            return None
    # An amount in brackets is another one in another currency.
    elif unit is None or (unit != "percent" and _CONVERTED.search(before)):
        return None
    return Figure(
        unit=unit,
        value=number.value,
        counted=counted,
        start=start,
        end=match.end(),
        written=match.group().strip(),
        sentence=index,
        step=number.step,
        is_hedged=_HEDGE.search(before) is not None,
    )


def _number(match: re.Match[str], text: str) -> Number | None:
    scale = match["scale"] or match["letter"]
    if match["word"]:
        return number_in_words(match["word"], scale)
    return number_in_digits(match["digits"], scale, text[match.end() : match.end() + _BEFORE])


def _unit(match: re.Match[str]) -> str | None:
    """Return what is measured; None for what looks like money and is none."""
    sign, unit = (match["sign"] or "").lower().rstrip("."), (match["unit"] or "").lower()
    if unit in ("%", "phần trăm") or unit.startswith("per"):
        return "percent"
    if sign:
        return _CURRENCIES.get(sign)
    if not unit:
        return "count"
    name = unit.rpartition(" ")[2] if unit.endswith(("dollar", "dollars")) else unit
    name = name if name in _CURRENCIES else name.removesuffix("s")
    number = _number(match, match.string)
    if name in _SMALL_MONEY and (number is None or number.value < _LEAST_OF_SMALL_MONEY):
        return None
    return _CURRENCIES.get(name)


def _is_year(match: re.Match[str], number: Number) -> bool:
    is_plain = match["digits"] is not None and match["digits"].isdecimal() and not match["scale"]
    return is_plain and 1800 <= number.value <= 2100


def _counted(after: str) -> tuple[str, ...]:
    """Return the two words that say what is counted ("people killed", "joint missions").

    Auxiliary verbs are passed over; punctuation and small words end the phrase.
    """
    phrase = re.split(r"[^\w\s'’-]", after, maxsplit=1)[0]
    words: list[str] = []
    for word in tokenize(phrase).words:
        if word in _CLOCK:
            return ()
        if word in _AUXILIARIES:
            continue
        if word in _NOT_COUNTED or len(words) == _COUNTED_WORDS:
            break
        words.append(canonical(word))
    return tuple(dict.fromkeys(word for word in words if rarity(word) > 0.3))
