"""The words of an article as evidence: dotted acronyms joined, names told apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.extract.events.document_frequency import rarity
from services.extract.reuse.tokens import tokenize

_DOTTED = re.compile(r"(?<![^\W_])(?:[A-Z]\.){2,}")
_SENTENCE_ENDS = frozenset(".!?:;\"“”'‘’•*|-–—\n\r\t([")
# A capital says nothing on a word that stands in half of all articles.
_NAME_RARITY = 1.2
MONTHS = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
]
WEEKDAYS = ["monday", "tuesday", "wednesday", "thursday", "friday", "saturday", "sunday"]
_NEVER_NAMES = frozenset(
    [*MONTHS, *WEEKDAYS, *(month[:3] for month in MONTHS), "sept", *(day[:3] for day in WEEKDAYS)]
) | frozenset(
    ["mr", "mrs", "ms", "dr", "gov", "sen", "rep", "gen", "photo", "file", "ap", "afp", "reuters"]
)


@dataclass(frozen=True, slots=True)
class EventWords:
    """Words in reading order; `is_capital[i]` and `opens_sentence[i]` describe `words[i]`."""

    words: tuple[str, ...]
    is_capital: tuple[bool, ...]
    opens_sentence: tuple[bool, ...]
    breaks_before: tuple[bool, ...]


def read_words(text: str) -> EventWords:
    """Split *text* into lower-cased words without possessive 's; "U.S." reads as "us"."""
    joined = _DOTTED.sub(lambda match: match.group().replace(".", "") + " ", text)
    tokens = tokenize(joined)
    ends = (0, *tokens.ends)
    between = [joined[end:start] for end, start in zip(ends, tokens.starts, strict=False)]
    return EventWords(
        words=tuple([word.removesuffix("'s") for word in tokens.words]),
        is_capital=tuple([joined[start].isupper() for start in tokens.starts]),
        opens_sentence=tuple(
            [index == 0 or not _SENTENCE_ENDS.isdisjoint(gap) for index, gap in enumerate(between)]
        ),
        breaks_before=tuple([gap != " " for gap in between]),
    )


def find_names(read: EventWords) -> frozenset[str]:
    """Return the words that are (part of) names.

    A word is a name when it is capitalised inside a sentence, or opens one and is followed by a
    capitalised word. Months, weekdays, titles of address and very common words never are.
    """
    words, capital, opens = read.words, read.is_capital, read.opens_sentence
    inside = {
        word for word, big, first in zip(words, capital, opens, strict=True) if big and not first
    }
    opening = {
        words[index]
        for index in range(len(words) - 1)
        if opens[index] and capital[index] and capital[index + 1] and not opens[index + 1]
    }
    return frozenset(word for word in inside | opening if _may_be_name(word))


def find_name_phrases(read: EventWords, names: frozenset[str]) -> frozenset[str]:
    """Return the names as written in full: neighbouring capitalised name words make one phrase."""
    phrases: set[str] = set()
    phrase: list[str] = []
    rows = zip(read.words, read.is_capital, read.breaks_before, strict=True)
    for word, is_capital, is_break in rows:
        is_name = is_capital and word in names
        if phrase and (is_break or not is_name):
            phrases.add(" ".join(phrase))
            phrase = []
        if is_name:
            phrase.append(word)
    return frozenset(phrases | {" ".join(phrase)} if phrase else phrases)


def count_words(words: Sequence[str]) -> dict[str, int]:
    """Count each word of *words*."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _may_be_name(word: str) -> bool:
    return (
        word not in _NEVER_NAMES
        and len(word) > 1
        and not word[0].isdigit()
        and rarity(word) >= _NAME_RARITY
    )
