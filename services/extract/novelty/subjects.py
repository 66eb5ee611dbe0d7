"""Whether two figures are of one quantity: the same amount, or another of the same thing. Pure.

Precision before completeness: a figure wrongly called changed is told to people.
"""

from __future__ import annotations

import re
from bisect import bisect_left

from services.extract.events.words import MONTHS, WEEKDAYS
from services.extract.novelty.figures import Figure, canonical
from services.extract.novelty.known import KnownText
from services.extract.novelty.sentences import Sentence, restatement, telling_words
from services.extract.reuse import normalise_word

# How alike two sentences (figures left out) must be for their figures to be about one thing.
_SAME_SUBJECT = 0.45
_SAME_SUBJECT_DAY = 0.60
# ... when each names somebody or some place that the other does not.
_SAME_SUBJECT_OTHER_NAMES = 0.75
_PRONOUNS = frozenset(("he", "she", "his", "her"))
_FEWEST_SHARED_WORDS = 3
_FEWEST_NEAR_WORDS = 2
_NEAR_WORDS = 6
_ROUNDED_BY = 0.10
_FEWEST_ROUND = 20.0
_NUMBER = re.compile(r"\d")
_YEAR = re.compile(r"\b(?:19|20)\d\d\b")
_CAPITAL = re.compile(r"(?<![.!?]\s)(?<!\A)\b[^\W\d_a-zß-ÿ][^\W\d_]+")
_NO_NAMES = frozenset((*MONTHS, *WEEKDAYS, "the", "a", "an", "in", "on", "at", "but", "and", "usd"))
# Of two sentences with words of different groups of one line, each tells of another quantity.
_OPPOSED = tuple(
    tuple(frozenset(group.split()) for group in line)
    for line in (
        ("killed", "injured", "missing", "arrest", "rescued", "evacuated displaced homeless"),
        ("rose rise gained up increased grew", "fell fall dropped lost down decreased shrank"),
        ("imports import", "exports export"),
        ("revenue revenues sales", "profit profits", "loss losses"),
        ("first", "second", "third", "fourth"),
        ("highest most maximum largest", "lowest least minimum smallest"),
        ("yesterday", "tomorrow"),
        ("destroyed", "damaged"),
        ("men", "women", "children"),
        ("monthly month", "annual annually yearly year", "daily day", "weekly week"),
    )
)
_ANOTHER = frozenset(
    ("additional", "extra", "further", "another", "more", "new", "remaining", "thêm", "bổ")
)


def is_same_amount(one: Figure, other: Figure) -> bool:
    """Tell whether two values are one quantity: equal, or one of them is the other rounded."""
    if one.value == other.value:
        return True
    if one.unit == "day":
        return False
    apart = abs(one.value - other.value)
    if apart > _ROUNDED_BY * max(one.value, other.value):
        return False
    if any(each.is_hedged and _is_round(each) for each in (one, other)):
        return True
    coarse = max(one, other, key=lambda each: each.step)
    is_written_short = coarse.step > 1.0 or coarse.unit == "percent"
    return one.step != other.step and is_written_short and apart <= coarse.step / 2


def counts_the_same(one: Figure, other: Figure) -> bool:
    """Tell whether both count one thing, if in fewer words ("people", "people killed")."""
    if one.unit != other.unit:
        return False
    a, b = set(one.counted), set(other.counted)
    return a <= b or b <= a


def likeness(one: KnownText, figure: Figure, other: KnownText, old: Figure) -> float:
    """Return how sure (0 to 1) two figures are of one quantity by their sentences; 0 for not."""
    own, known = one.sentences[figure.sentence], other.sentences[old.sentence]
    own_words, known_words = plain_words(own), plain_words(known)
    shared = telling_words(own_words).keys() & telling_words(known_words).keys()
    if len(shared) < _FEWEST_SHARED_WORDS:
        return 0.0
    # Who "he" is stands elsewhere.
    if (own.words[0] in _PRONOUNS) != (known.words[0] in _PRONOUNS):
        return 0.0
    if _is_opposed(own, known) or _is_of_other_time(one, own, other, known, figure.unit):
        return 0.0
    alike = restatement(own_words, known_words)
    return alike if alike >= _least(one, own, other, known, figure.unit) else 0.0


def is_alike_nearby(one: KnownText, figure: Figure, other: KnownText, old: Figure) -> bool:
    """Tell whether the words around both figures are alike too: sentences tell many things."""
    if figure.unit == "day":
        return True
    mine, theirs = _nearby(one, figure), _nearby(other, old)
    if bool(mine & _ANOTHER) != bool(theirs & _ANOTHER):
        return False
    shared = {canonical(word) for word in mine} & {canonical(word) for word in theirs}
    is_toll = bool({"killed", "injured"} & set(figure.counted) & set(old.counted))
    return is_toll or len(telling_words(list(shared))) >= _FEWEST_NEAR_WORDS


def plain_words(sentence: Sentence) -> tuple[str, ...]:
    """Return the words of *sentence* that are no figures."""
    return tuple(word for word in sentence.words if not _NUMBER.search(word))


def _is_round(figure: Figure) -> bool:
    digits = re.sub(r"\D", "", figure.written)
    return figure.step > 1.0 or (figure.value >= _FEWEST_ROUND and digits.endswith("0"))


def _least(one: KnownText, own: Sentence, other: KnownText, known: Sentence, unit: str) -> float:
    least = _SAME_SUBJECT_DAY if unit == "day" else _SAME_SUBJECT
    mine, theirs = _names(one, own), _names(other, known)
    if mine - set(known.words) and theirs - set(own.words):
        least = _SAME_SUBJECT_OTHER_NAMES
    return least


def _names(text: KnownText, sentence: Sentence) -> set[str]:
    found = _CAPITAL.findall(text.text[sentence.start : sentence.end])
    return {normalise_word(name) for name in found} - _NO_NAMES


def _is_opposed(own: Sentence, known: Sentence) -> bool:
    mine, theirs = _with_canonical(own), _with_canonical(known)
    for groups in _OPPOSED:
        one = {place for place, group in enumerate(groups) if not group.isdisjoint(mine)}
        other = {place for place, group in enumerate(groups) if not group.isdisjoint(theirs)}
        if one and other and one.isdisjoint(other):
            return True
    return False


def _with_canonical(sentence: Sentence) -> set[str]:
    return {*sentence.words, *map(canonical, sentence.words)}


def _is_of_other_time(
    one: KnownText, own: Sentence, other: KnownText, known: Sentence, unit: str
) -> bool:
    mine, theirs = _times(one, own, unit), _times(other, known, unit)
    return any(a and b and a.isdisjoint(b) for a, b in zip(mine, theirs, strict=True))


def _times(text: KnownText, sentence: Sentence, unit: str) -> tuple[set[str], set[str]]:
    years = set(_YEAR.findall(text.text[sentence.start : sentence.end]))
    return years, set() if unit == "day" else set(sentence.words) & set(MONTHS)


def _nearby(text: KnownText, figure: Figure) -> set[str]:
    sentence = text.sentences[figure.sentence]
    first = bisect_left(text.tokens.starts, figure.start)
    last = bisect_left(text.tokens.starts, figure.end)
    low, high = max(0, first - _NEAR_WORDS), last + _NEAR_WORDS
    return {
        word
        for word, start in zip(
            text.tokens.words[low:high], text.tokens.starts[low:high], strict=True
        )
        if sentence.start <= start < sentence.end
        and not figure.start <= start < figure.end
        and not _NUMBER.search(word)
    }
