"""How telling a word is in each language: a table for English, closed lists and length elsewhere.

Outside English no frozen table ships. There the words that hold sentences together are told by
short closed lists, and of all others a longer one counts as rarer (Zipf's law of abbreviation).
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Callable, Iterable, Mapping, Sequence
from functools import cache
from importlib import resources

from services.extract.events.document_frequency import IDF_CAP, rarity_table

ENGLISH = "en"
VIETNAMESE = "vi"
KOREAN = "ko"
# Han characters and kana, with or without a language that is known to use them.
UNSPACED = "zh"
OTHER = "other"

FUNCTION_WORDS = "function_words.toml"
_HANGUL = re.compile("[\uac00-\ud7a3]")
_NO_SPACES = re.compile("[\u3040-\u30ff\u3400-\u9fff]")
# The share of words by which a text gives its language away.
_TELLING_SHARE = 0.08
_KNOWN_SHARE = 0.5
_SCRIPT_SHARE = 0.3
_SAMPLE_WORDS = 400
_PER_LETTER = 0.75
_OF_A_CHARACTER_PAIR = 4.0
_PER_SYLLABLE = 2.0
_KOREAN_PARTICLES = re.compile(
    "(?<=[\uac00-\ud7a3]{2})"
    "(?:에서는|으로는|에서|에게|까지|부터|으로|이라고|라고|은|는|이|가|을|를|의|에|로|와|과|도|만)$"
)

Rarity = Callable[[str], float]


def recognise_language(words: Sequence[str]) -> str:
    """Return the language whose vocabulary fits *words* (lower-cased): an ISO 639-1 code.

    "other" stands for a language nothing is known of; Japanese counts as "zh", for what is done
    with it is the same. An empty text counts as English.
    """
    sample = words[:_SAMPLE_WORDS]
    if not sample:
        return ENGLISH
    for script, language in ((_HANGUL, KOREAN), (_NO_SPACES, UNSPACED)):
        if sum(bool(script.search(word)) for word in sample) >= _SCRIPT_SHARE * len(sample):
            return language
    hits = {
        language: sum(word in known for word in sample)
        for language, known in _function_words().items()
    }
    if hits[ENGLISH] >= 2 * _TELLING_SHARE * len(sample):
        return ENGLISH
    best = max(hits, key=lambda language: hits[language])
    if best != ENGLISH and hits[best] >= _TELLING_SHARE * len(sample):
        return best
    table = rarity_table()
    found = sum(word in table or word.isdigit() for word in sample)
    return ENGLISH if found >= _KNOWN_SHARE * len(sample) else OTHER


def function_words(language: str) -> frozenset[str]:
    """Return the words of *language* that only hold sentences together; none if unknown."""
    return _function_words().get(language, frozenset())


@cache
def _function_words() -> Mapping[str, frozenset[str]]:
    data = resources.files(__package__).joinpath(FUNCTION_WORDS).read_text(encoding="utf-8")
    return {language: frozenset(words.split()) for language, words in tomllib.loads(data).items()}


def word_rarities(words: Iterable[str], language: str) -> dict[str, float]:
    """Return how rare each distinct word is, from 0 (everywhere) to 6 (rare)."""
    if language == ENGLISH:
        known = rarity_table().get
        return {word: known(word, IDF_CAP) for word in set(words)}
    weak = function_words(language)
    estimate = _ESTIMATES.get(language, _by_letters)
    return {word: 0.0 if word in weak else estimate(word) for word in set(words)}


def strip_particle(word: str) -> str:
    """Return a Korean *word* without the particle that marks its part in the sentence."""
    return _KOREAN_PARTICLES.sub("", word)


def _by_letters(word: str) -> float:
    return min(IDF_CAP, _PER_LETTER * len(word))


def _by_characters(word: str) -> float:
    return _OF_A_CHARACTER_PAIR if len(word) > 1 else 1.0


def _by_syllables(word: str) -> float:
    return min(IDF_CAP, _PER_SYLLABLE * len(word))


def _by_pair(word: str) -> float:
    """A Vietnamese pair of syllables is about a word; one alone could be part of many."""
    return 4.0 if " " in word else 2.0


_ESTIMATES: Mapping[str, Rarity] = {
    VIETNAMESE: _by_pair,
    KOREAN: _by_syllables,
    UNSPACED: _by_characters,
}
