"""The words of an article as evidence: dotted acronyms joined, names told apart. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

from services.extract.events.vocabularies import (
    KOREAN,
    UNSPACED,
    VIETNAMESE,
    function_words,
    strip_particle,
)
from services.extract.reuse.tokens import tokenize

_DOTTED = re.compile(r"(?<![^\W_])(?:[A-Z]\.){2,}")
_SENTENCE_ENDS = frozenset(".!?:;\"“”'‘’•*|-–—\n\r\t([。！？「」『』、，")
# A capital says nothing on a word that stands in half of all articles.
_NAME_RARITY = 1.2
# Scripts without capitals: what an article says this often stands for its names.
_REPEATED = 2
_NO_CAPITALS = frozenset([KOREAN, UNSPACED])
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


def fit_to_language(read: EventWords, language: str) -> EventWords:
    """Return *read* cut into what carries meaning in *language*.

    Vietnamese writes syllables apart: neighbouring pairs that hold no function word stand for
    words. Chinese and Japanese write none apart: each run becomes its pairs of characters. Korean
    words lose their particle. Other languages stay as they are.
    """
    if language == VIETNAMESE:
        return _rows(_syllable_pairs(read))
    if language == UNSPACED:
        return _rows(_character_pairs(read))
    if language == KOREAN:
        words = tuple([strip_particle(word) for word in read.words])
        return EventWords(words, read.is_capital, read.opens_sentence, read.breaks_before)
    return read


def find_names(
    read: EventWords, rarities: Mapping[str, float], language: str = "en"
) -> frozenset[str]:
    """Return the words that are (part of) names, given how rare each word is.

    A word is a name when it is capitalised inside a sentence, or opens one and is followed by a
    capitalised word. Months, weekdays, titles of address and very common words never are. In
    scripts without capitals the words that an article repeats stand for its names.
    """
    if language in _NO_CAPITALS:
        counts = count_words(read.words)
        found = {word for word, count in counts.items() if count >= _REPEATED}
    else:
        found = _capitalised(read)
    return frozenset(word for word in found if _may_be_name(word, rarities[word]))


def count_words(words: Sequence[str]) -> dict[str, int]:
    """Count each word of *words*."""
    counts: dict[str, int] = {}
    for word in words:
        counts[word] = counts.get(word, 0) + 1
    return counts


def _capitalised(read: EventWords) -> set[str]:
    words, capital, opens = read.words, read.is_capital, read.opens_sentence
    inside = {
        word for word, big, first in zip(words, capital, opens, strict=True) if big and not first
    }
    opening = {
        words[index]
        for index in range(len(words) - 1)
        if opens[index] and capital[index] and capital[index + 1] and not opens[index + 1]
    }
    return inside | opening


def _may_be_name(word: str, rarity: float) -> bool:
    return (
        word not in _NEVER_NAMES
        and len(word) > 1
        and not word[0].isdigit()
        and rarity >= _NAME_RARITY
    )


_Row = tuple[str, bool, bool, bool]


def _rows(rows: Iterator[_Row]) -> EventWords:
    columns = tuple(zip(*rows, strict=True)) or ((), (), (), ())
    return EventWords(*columns)


def _syllable_pairs(read: EventWords) -> Iterator[_Row]:
    weak = function_words(VIETNAMESE)
    syllables = list(
        zip(read.words, read.is_capital, read.opens_sentence, read.breaks_before, strict=True)
    )
    for one, other in pairwise(syllables):
        # "Lạng Sơn" opens a sentence as a name does, "Mưa lớn" as any word does.
        if not other[3] and one[0] not in weak and other[0] not in weak:
            yield f"{one[0]} {other[0]}", one[1] and other[1], one[2] and not other[1], one[3]


def _character_pairs(read: EventWords) -> Iterator[_Row]:
    rows = zip(read.words, read.is_capital, read.opens_sentence, read.breaks_before, strict=True)
    for word, is_capital, opens, breaks in rows:
        if word.isascii() or len(word) <= 2:
            yield word, is_capital, opens, breaks
        else:
            for at in range(len(word) - 1):
                yield word[at : at + 2], False, opens and at == 0, breaks and at == 0
