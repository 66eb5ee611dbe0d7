"""Figures that changed between two reports, or are new: precision before completeness. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import pairwise

from services.extract.novelty.figures import Figure, find_figures, singular
from services.extract.novelty.sentences import Sentence, restatement, split_sentences, telling_words
from services.extract.reuse import tokenize

# How alike two sentences (figures left out) must be for their figures to be about one thing.
_SAME_SUBJECT = 0.45
# Tables of results hold thousands, and comparing is quadratic.
MOST_FIGURES = 200
_SAME_SUBJECT_DAY = 0.60
# A changed amount beyond this factor is more likely another amount.
_LARGEST_FACTOR = 5.0
_FEWEST_SHARED_WORDS = 3
_NUMBER = re.compile(r"\d")
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
class FiguredText:
    """An article's sentences and its figures; `has_more` when there are more than the 200 kept."""

    article_id: int
    sentences: tuple[Sentence, ...]
    figures: tuple[Figure, ...]
    has_more: bool = False


def read_figures(article_id: int, text: str) -> FiguredText:
    """Split *text* into sentences and find its first 200 figures."""
    sentences = split_sentences(text)
    figures = find_figures(text, sentences)
    has_more = len(figures) > MOST_FIGURES
    return FiguredText(article_id, sentences, figures[:MOST_FIGURES], has_more)


def find_changes(
    new: FiguredText, earlier: Sequence[FiguredText], new_sentences: frozenset[int]
) -> tuple[FigureChange, ...]:
    """Compare the figures of *new* with those of every *earlier* text.

    Changed: same unit, another value, in sentences about the same subject, while the new text no
    longer gives the old value, or says "from old to new" or "new, which replaces old". New: in one
    of *new_sentences* (indexes), with a value that no earlier text has in that unit, and no
    counterpart.
    """
    known = {key for text in earlier for figure in text.figures for key in _keys(figure)}
    kept = {key for figure in new.figures for key in _keys(figure)}
    found: list[FigureChange] = []
    for figure in new.figures:
        if not known.isdisjoint(_keys(figure)):
            continue
        change = _changed(new, figure, earlier, kept)
        known.update(_keys(figure))
        if change:
            found.append(change)
        elif figure.sentence in new_sentences and figure.unit != "day":
            found.append(_new(new, figure))
    return tuple(found)


def _changed(
    new: FiguredText, figure: Figure, earlier: Sequence[FiguredText], kept: set[_Key]
) -> FigureChange | None:
    best = max(_counterparts(new, figure, earlier, kept), key=lambda each: each[0], default=None)
    if best is None:
        return None
    _, text, old = best
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
    new: FiguredText, figure: Figure, earlier: Sequence[FiguredText], kept: set[_Key]
) -> Iterator[tuple[float, FiguredText, Figure]]:
    for text in earlier:
        for old in text.figures:
            if old.unit != figure.unit or not _may_replace(new, figure, old, kept):
                continue
            likeness = _likeness(new, figure, text, old)
            if likeness:
                yield likeness, text, old


def _may_replace(new: FiguredText, figure: Figure, old: Figure, kept: set[_Key]) -> bool:
    is_gone = kept.isdisjoint(_keys(old))
    if figure.unit == "day":
        return is_gone
    factor = max(figure.value, old.value) / max(min(figure.value, old.value), 1e-9)
    if factor > _LARGEST_FACTOR:
        return False
    if not _counts_the_same(figure, old):
        return False
    return is_gone or _replaces(new, figure, old)


def _keys(figure: Figure) -> list[_Key]:
    """What makes a figure the same one elsewhere: 12 people are not 12 villages."""
    if figure.unit != "count":
        return [(figure.unit, figure.value)]
    return [(word, figure.value) for word in figure.counted]


def _counts_the_same(a: Figure, b: Figure) -> bool:
    """Tell whether both count one thing, if in fewer words ("people", "people killed")."""
    one, other = set(a.counted), set(b.counted)
    return one <= other or other <= one


def _replaces(new: FiguredText, figure: Figure, old: Figure) -> bool:
    """Tell whether the new text itself says that *figure* takes the place of *old*."""
    return _is_from_to(new, figure, old) or _is_instead_of(new, figure, old)


def _is_instead_of(new: FiguredText, figure: Figure, old: Figure) -> bool:
    """Tell whether it says "now *figure*, which replaces *old*", or "*figure*, up from *old*"."""
    after = [
        each
        for each in new.figures
        if each.sentence == figure.sentence and each.unit == figure.unit and each.start > figure.end
    ]
    words = new.sentences[figure.sentence].words
    says_so = not _REPLACING.isdisjoint(words) or not _REPLACING_PAIRS.isdisjoint(pairwise(words))
    return says_so and bool(after) and after[0].value == old.value


def _is_from_to(new: FiguredText, figure: Figure, old: Figure) -> bool:
    """Tell whether the new text itself says "from *old* to *figure*" in one sentence."""
    before = [
        each
        for each in new.figures
        if each.sentence == figure.sentence
        and each.unit == figure.unit
        and each.end <= figure.start
    ]
    return bool(before) and before[-1].value == old.value and figure.start - before[-1].end <= 5


def _likeness(new: FiguredText, figure: Figure, text: FiguredText, old: Figure) -> float:
    """Return how alike two sentences are without their figures; 0 when unclear or too little."""
    if not _is_clear(new, figure) or not _is_clear(text, old):
        return 0.0
    own = _plain_words(new.sentences[figure.sentence])
    other = _plain_words(text.sentences[old.sentence])
    if len(telling_words(own).keys() & telling_words(other).keys()) < _FEWEST_SHARED_WORDS:
        return 0.0
    likeness = restatement(own, other)
    least = _SAME_SUBJECT_DAY if figure.unit == "day" else _SAME_SUBJECT
    return likeness if likeness >= least else 0.0


def _is_clear(text: FiguredText, figure: Figure) -> bool:
    """Tell whether the figure stands alone of its kind in its sentence, or replaces the other."""
    rivals = [
        each
        for each in text.figures
        if each.sentence == figure.sentence
        and each.unit == figure.unit
        and each is not figure
        and (figure.unit != "count" or set(each.counted) & set(figure.counted))
    ]
    return not rivals or any(_replaces(text, figure, rival) for rival in rivals)


def _plain_words(sentence: Sentence) -> tuple[str, ...]:
    return tuple(word for word in sentence.words if not _NUMBER.search(word))


def _subject(figure: Figure, own: Sentence, other: Sentence) -> tuple[str, ...]:
    """Name what the figure is of in words of its sentence: what it counts, else what both tell."""
    counted = _counted_words(figure, own)
    if counted:
        return counted
    shared = set(_plain_words(other)).difference(tokenize(figure.written).words)
    told = telling_words([word for word in _plain_words(own) if word in shared])
    rarest = sorted(told, key=lambda word: (-told[word], word))[:4]
    return tuple(sorted(rarest, key=own.words.index))


def _counted_words(figure: Figure, sentence: Sentence) -> tuple[str, ...]:
    written = {singular(word): word for word in reversed(sentence.words)}
    return tuple(written.get(counted, counted) for counted in figure.counted)


def _new(new: FiguredText, figure: Figure) -> FigureChange:
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
