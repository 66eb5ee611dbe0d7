"""Figures that changed between two reports, or are new: precision before completeness. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from services.extract.novelty.figures import Figure, canonical
from services.extract.novelty.known import KnownText
from services.extract.novelty.sentences import Sentence, restatement, telling_words
from services.extract.novelty.subjects import (
    counts_the_same,
    is_alike_nearby,
    is_same_amount,
    likeness,
    plain_words,
)
from services.extract.reuse import tokenize

# A changed amount beyond this factor is more likely another amount.
_LARGEST_FACTOR = 5.0
# A sentence this alike was edited: its figures stand in the same order.
_EDITED = 0.80
_REPLACING = frozenset(
    ("replaces", "replaced", "replacing", "supersedes", "superseding", "corrects", "correcting")
)
_REPLACING_PAIRS = frozenset(
    (("up", "from"), ("down", "from"), ("revised", "from"), ("instead", "of"), ("rather", "than"))
)

_Key = tuple[str, float]


class FigureKind(StrEnum):
    """Whether the figure replaces an earlier one or is the first of its kind."""

    NEW = "new"
    CHANGED = "changed"


@dataclass(frozen=True, slots=True)
class FigureChange:
    """A figure of the new text that no earlier text has.

    `before` and `after` are as written; for a changed one `earlier_article_id` and
    `earlier_sentence` (place in that article's text) say where the old one stands. `span` and
    `sentence` are places in the new text, in code points.
    """

    kind: FigureKind
    unit: str
    subject: tuple[str, ...]
    before: str | None
    after: str
    span: tuple[int, int]
    sentence: tuple[int, int]
    earlier_article_id: int | None = None
    earlier_sentence: tuple[int, int] | None = None


@dataclass(frozen=True, slots=True)
class _Old:
    """A figure of an earlier text; `order` grows with the time of the text."""

    order: int
    text: KnownText
    figure: Figure


class _Known:
    """The figures of all earlier texts, by what they measure or count."""

    def __init__(self, earlier: Sequence[KnownText]) -> None:
        self._by_unit: dict[str, list[_Old]] = {}
        seen: set[tuple[tuple[str, ...], int]] = set()
        # A copy has every figure again: the latest article that says a sentence stands for all.
        for order, text in reversed(list(enumerate(earlier))):
            for figure in text.figures:
                sentence = text.sentences[figure.sentence]
                said = (sentence.words, figure.start - sentence.start)
                if said in seen:
                    continue
                seen.add(said)
                for unit in _units(figure):
                    self._by_unit.setdefault(unit, []).append(_Old(order, text, figure))

    def alike(self, figure: Figure) -> list[_Old]:
        """Return the figures that measure or count the same thing."""
        found = {id(old): old for unit in _units(figure) for old in self._by_unit.get(unit, ())}
        return [old for old in found.values() if counts_the_same(figure, old.figure)]


def find_changes(
    new: KnownText, earlier: Sequence[KnownText], new_sentences: frozenset[int]
) -> tuple[FigureChange, ...]:
    """Compare the figures of *new* with those of every *earlier* text, oldest first.

    Changed: same unit, another value, in sentences about the same subject, while the new text no
    longer gives the old value, or says "from old to new" or "new, which replaces old". New: in one
    of *new_sentences* (indexes), with a value that no earlier text has in that unit, and no
    counterpart.
    """
    known = _Known(earlier)
    kept = {key for figure in new.figures for key in _keys(figure)}
    told: set[_Key] = set()
    found: list[FigureChange] = []
    for figure in new.figures:
        alike = known.alike(figure)
        is_told = not told.isdisjoint(_keys(figure))
        if is_told or any(is_same_amount(figure, old.figure) for old in alike):
            continue
        told.update(_keys(figure))
        change = _changed(new, figure, alike, kept)
        if change:
            found.append(change)
        elif figure.sentence in new_sentences and _is_worth_telling(figure):
            found.append(_new(new, figure))
    return tuple(found)


def _is_worth_telling(figure: Figure) -> bool:
    return figure.unit != "day" and figure.value != 1.0


def _changed(
    new: KnownText, figure: Figure, alike: Sequence[_Old], kept: set[_Key]
) -> FigureChange | None:
    found = _counterparts(new, figure, alike, kept)
    best = max(found, key=lambda each: (round(each[0], 2), each[1].order), default=None)
    if best is None:
        return None
    text, old = best[1].text, best[1].figure
    own, other = new.sentences[figure.sentence], text.sentences[old.sentence]
    return FigureChange(
        kind=FigureKind.CHANGED,
        unit=figure.unit,
        subject=_subject(figure, own, other),
        before=old.written,
        after=figure.written,
        span=(figure.start, figure.end),
        sentence=(own.start, own.end),
        earlier_article_id=text.article_id,
        earlier_sentence=(other.start, other.end),
    )


def _counterparts(
    new: KnownText, figure: Figure, alike: Sequence[_Old], kept: set[_Key]
) -> Iterator[tuple[float, _Old]]:
    for old in alike:
        if not _may_replace(new, figure, old.figure, kept):
            continue
        if not _is_counterpart(new, figure, old.text, old.figure):
            continue
        is_said = _replaces(new, figure, old.figure)
        if not is_said and not is_alike_nearby(new, figure, old.text, old.figure):
            continue
        alike_by = likeness(new, figure, old.text, old.figure)
        if alike_by:
            yield alike_by, old


def _may_replace(new: KnownText, figure: Figure, old: Figure, kept: set[_Key]) -> bool:
    is_gone = kept.isdisjoint(_keys(old))
    if figure.unit == "day":
        return is_gone
    factor = max(figure.value, old.value) / max(min(figure.value, old.value), 1e-9)
    if factor > _LARGEST_FACTOR:
        return False
    return is_gone or _replaces(new, figure, old)


def _units(figure: Figure) -> tuple[str, ...]:
    return figure.counted if figure.unit == "count" else (figure.unit,)


def _keys(figure: Figure) -> list[_Key]:
    """What makes a figure the same one elsewhere: 12 people are not 12 villages."""
    return [(unit, figure.value) for unit in _units(figure)]


def _replaces(new: KnownText, figure: Figure, old: Figure) -> bool:
    """Tell whether the new text itself says that *figure* takes the place of *old*."""
    return _is_from_to(new, figure, old) or _is_instead_of(new, figure, old)


def _is_instead_of(new: KnownText, figure: Figure, old: Figure) -> bool:
    """Tell whether it says "now *figure*, which replaces *old*", or "*figure*, up from *old*"."""
    after = [each for each in _of_its_kind(new, figure) if each.start > figure.end]
    words = new.sentences[figure.sentence].words
    says_so = not _REPLACING.isdisjoint(words) or not _REPLACING_PAIRS.isdisjoint(pairwise(words))
    return says_so and bool(after) and after[0].value == old.value


def _is_from_to(new: KnownText, figure: Figure, old: Figure) -> bool:
    """Tell whether the new text itself says "from *old* to *figure*" in one sentence."""
    before = [each for each in _of_its_kind(new, figure) if each.end <= figure.start]
    return bool(before) and before[-1].value == old.value and figure.start - before[-1].end <= 5


def _is_counterpart(new: KnownText, figure: Figure, text: KnownText, old: Figure) -> bool:
    """Tell whether it is clear which figures of two sentences stand for each other.

    Each stands alone of its kind in its sentence, or replaces the other; else the sentences are
    one, edited, with as many figures, and both stand at the same place among them.
    """
    own, other = _of_its_kind(new, figure), _of_its_kind(text, old)
    if _is_alone(new, figure, own) and _is_alone(text, old, other):
        return True
    if len(own) != len(other) or own.index(figure) != other.index(old):
        return False
    one, two = new.sentences[figure.sentence], text.sentences[old.sentence]
    return restatement(plain_words(one), plain_words(two)) >= _EDITED


def _is_alone(text: KnownText, figure: Figure, kind: Sequence[Figure]) -> bool:
    rivals = [each for each in kind if each is not figure]
    return not rivals or any(_replaces(text, figure, rival) for rival in rivals)


def _of_its_kind(text: KnownText, figure: Figure) -> list[Figure]:
    """Return the figures of its sentence that measure or count the same, in reading order."""
    return [
        each
        for each in text.figures
        if each.sentence == figure.sentence
        and each.unit == figure.unit
        and (each.unit != "count" or set(each.counted) & set(figure.counted))
    ]


def _subject(figure: Figure, own: Sentence, other: Sentence) -> tuple[str, ...]:
    """Name what the figure is of in words of its sentence: what it counts, else what both tell."""
    counted = _counted_words(figure, own)
    if counted:
        return counted
    shared = set(plain_words(other)).difference(tokenize(figure.written).words)
    told = telling_words([word for word in plain_words(own) if word in shared])
    rarest = sorted(told, key=lambda word: (-told[word], word))[:4]
    return tuple(sorted(rarest, key=own.words.index))


def _counted_words(figure: Figure, sentence: Sentence) -> tuple[str, ...]:
    written = {canonical(word): word for word in reversed(sentence.words)}
    return tuple(written.get(counted, counted) for counted in figure.counted)


def _new(new: KnownText, figure: Figure) -> FigureChange:
    sentence = new.sentences[figure.sentence]
    return FigureChange(
        kind=FigureKind.NEW,
        unit=figure.unit,
        subject=_counted_words(figure, sentence),
        before=None,
        after=figure.written,
        span=(figure.start, figure.end),
        sentence=(sentence.start, sentence.end),
    )
