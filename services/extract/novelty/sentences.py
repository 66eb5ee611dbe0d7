"""Sentences of a text with their places, and how much one restates another. Pure."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass

from services.extract.events.document_frequency import rarity
from services.extract.reuse import Tokens, tokenize

# Words below this rarity ("said", "after") restate nothing.
_COMMON = 0.5
_END = re.compile(r"(?<![.!?…])[.!?…]++[\"'”’)\]]*+(?=\s)|\n")
_ABBREVIATION = re.compile(
    r"(?:\b(?:mr|mrs|ms|dr|gov|sen|rep|gen|col|lt|sgt|capt|prof|rev|hon|st|no|vs|jr|sr|inc|co|corp|ltd"
    r"|jan|feb|mar|apr|jun|jul|aug|sept|sep|oct|nov|dec|approx|etc|fig)|(?:\b[a-z]\.)*\b[a-z])\.\Z",
    re.IGNORECASE,
)
_LOOK_BACK = 16
_MOST_PLACES = 500


@dataclass(frozen=True, slots=True)
class Sentence:
    """One sentence: its place in the text, its normalised words, and those that carry meaning.

    `told` are its distinct words that carry meaning, `weight` the sum of their rarities.
    """

    start: int
    end: int
    words: tuple[str, ...]
    told: tuple[str, ...]
    weight: float


def split_sentences(text: str, tokens: Tokens | None = None) -> tuple[Sentence, ...]:
    """Split *text* into sentences, in linear time.

    A line ends a sentence unless the next goes on in lower case.

    Pieces without a word are left out. Pass *tokens* when the text is tokenized already.
    """
    known = tokens or tokenize(text)
    sentences: list[Sentence] = []
    at = 0
    for start, end in _spans(text):
        first = at
        while at < len(known) and known.starts[at] < end:
            at += 1
        if at > first:
            begin = start + len(text[start:end]) - len(text[start:end].lstrip())
            last = start + len(text[start:end].rstrip())
            sentences.append(_sentence(begin, last, known.words[first:at]))
    return tuple(sentences)


def _sentence(start: int, end: int, words: tuple[str, ...]) -> Sentence:
    told = telling_words(words)
    return Sentence(start, end, words, tuple(told), sum(told.values()))


def _spans(text: str) -> list[tuple[int, int]]:
    spans, start = [], 0
    for match in _END.finditer(text):
        if _ends_sentence(text, match):
            spans.append((start, match.end()))
            start = match.end()
    return [*spans, (start, len(text))]


def _ends_sentence(text: str, match: re.Match[str]) -> bool:
    following = text[match.end() : match.end() + 3].lstrip()[:1]
    if match.group() == "\n":
        before = text[max(0, match.start() - 2) : match.start()].rstrip()[-1:]
        return not (following.islower() and before.isalnum())
    if following.islower():
        return False
    tail = text[max(0, match.start() - _LOOK_BACK) : match.start() + 1]
    return match.group() != "." or not _ABBREVIATION.search(tail)


class SentenceIndex:
    """Sentences, ready to be asked which of them another one restates most.

    Sentences that repeat word for word are kept once; a word that stands in more than 500 of them
    is looked up in the first 500 only, so a question costs at most 500 steps a word.
    """

    def __init__(self, sentences: Sequence[Sentence]) -> None:
        self.sentences = tuple(sentences)
        self._places: dict[str, list[int]] = {}
        seen: set[tuple[str, ...]] = set()
        for place, sentence in enumerate(self.sentences):
            if sentence.words in seen:
                continue
            seen.add(sentence.words)
            for word in sentence.told:
                places = self._places.setdefault(word, [])
                if len(places) < _MOST_PLACES:
                    places.append(place)

    def likenesses(self, sentence: Sentence) -> dict[int, float]:
        """Return the rarity-weighted Dice (0 to 1) of each sentence with a word of *sentence*."""
        shared: dict[int, float] = {}
        for word in sentence.told:
            if places := self._places.get(word):
                weight = rarity(word)
                for place in places:
                    shared[place] = shared.get(place, 0.0) + weight
        return {
            place: 2 * common / (sentence.weight + self.sentences[place].weight)
            for place, common in shared.items()
        }

    def closest(self, sentence: Sentence) -> tuple[float, int | None]:
        """Return the highest likeness and the place of its sentence, the first of equal ones."""
        found = self.likenesses(sentence)
        if not found:
            return 0.0, None
        dice, place = max((dice, -place) for place, dice in found.items())
        return dice, -place


def telling_words(words: Sequence[str]) -> dict[str, float]:
    """Return the distinct words that carry meaning, each with its rarity."""
    return {word: rare for word in words if (rare := rarity(word)) >= _COMMON}


def restatement(a: Sequence[str], b: Sequence[str]) -> float:
    """Return how far two runs of words say the same: rarity-weighted Dice, 0 to 1."""
    one, other = telling_words(a), telling_words(b)
    total = sum(one.values()) + sum(other.values())
    return 2 * sum(one[word] for word in one.keys() & other.keys()) / total if total else 0.0
