"""Points for the lines of copied text: how much each looks like a part of the article.

Two passes. The first judges each line alone: prose is long and ends as sentences do. The best run
of lines it finds gives the words of the article; the second pass then gives prose that shares
them more points, and prose that speaks of something else (teasers, adverts, comments) fewer.
The figures were fitted on the text of some 400 labelled pages (300 sites, 19 languages, four in
five English), then rounded; a quarter more or less in one moves F1 there by a point at most.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, groupby

from services.extract.cleaning.lines import (
    LineKind,
    begins_comments,
    ends_a_sentence,
    kind_of_line,
    weight_in_characters,
)

_REPEAT_FROM_CHARACTERS = 25
_MARKED_POINTS = {
    LineKind.SHORT: -0.6,
    LineKind.CAPTION: -0.7,
    LineKind.PHRASE: -1.5,
    LineKind.BYLINE: -1.5,
    LineKind.CUT: -0.5,
}
_REPEAT_POINTS = -0.2
_PROSE_POINTS = -1.5
_PER_100_CHARACTERS = 1.9
_COUNTED_CHARACTERS = 400
_CLOSED_POINTS = 1.4  # for an end of a sentence at the end of the line
_BETWEEN_SHORT_POINTS = -0.5  # prose with short lines before and after it is often a teaser
_SHORT_NEIGHBOUR_CHARACTERS = 60
_LATE_CUT_POINTS = -6.0
_CUT_AFTER_SHARE = 0.6
_COMMENTS_AFTER_SHARE = 0.15
_COMMENTS_AFTER_POINTS = 10.0
_SHARED_WORDS_PER_100 = 1.3
_SHARED_WORDS_USUAL = 0.6
_SHARED_WORDS_CHARACTERS = 200
_WORDS_TO_JUDGE_BY = 100
_ROW_POINTS = 0.5
_ROWS_TOGETHER = 4
_GAP_EASE = 0.95  # each further line of a gap costs 5% less: one long box must not cost a lead

_WORD = re.compile(r"[^\W\d_]{4,}")
_ROW = re.compile(r"\d.{0,80}[–—:@,|(-]|[–—:@,|(-].{0,80}\d")
_LOOKED_AT_CHARACTERS = 3000


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the copied text, stripped, with its kind and points."""

    text: str
    kind: LineKind
    weight: int
    is_repeat: bool
    points: float

    @property
    def is_prose(self) -> bool:
        """Say whether it looks like a part of an article wherever it stands."""
        return self.kind is LineKind.PROSE and not self.is_repeat


def article_span(texts: Iterable[str]) -> tuple[list[Line], int, int]:
    """Judge the lines and find the article, `lines[start:end]`; in time linear in the text."""
    alone = _judged_alone(texts)
    limit = _comments_begin(alone)
    start, end = _best_run(alone[:limit])
    lines = _judged_together(alone, start, end)
    return lines, *_best_run(lines[:limit])


def _judged_together(alone: Sequence[Line], start: int, end: int) -> list[Line]:
    """Judge the lines again, knowing the words of the article `alone[start:end]`."""
    words = [_words(line) for line in alone]
    known = Counter(
        word for index in range(start, end) if alone[index].is_prose for word in words[index]
    )
    special = dict.fromkeys(_late_cuts(alone), _LATE_CUT_POINTS)
    special |= dict.fromkeys(_rows(alone), _ROW_POINTS)
    lines: list[Line] = []
    for index, line in enumerate(alone):
        points = special.get(index, line.points)
        if line.is_prose:
            own = 1 if start <= index < end else 0
            points += _points_for_words(line, words[index], known, own)
            points += _points_for_neighbours(alone, index)
        lines.append(replace(line, points=points))
    return lines


def _best_run(lines: Sequence[Line]) -> tuple[int, int]:
    """Return the run of lines with the largest sum of points (Kadane), `lines[start:end]`."""
    best, best_span, running, start, ease = 0.0, (0, 0), 0.0, 0, 1.0
    for index, line in enumerate(lines):
        if running <= 0:
            running, start, ease = 0.0, index, 1.0
        running += line.points * (ease if line.points < 0 else 1.0)
        ease = ease * _GAP_EASE if line.points < 0 else 1.0
        if running > best:
            best, best_span = running, (start, index + 1)
    return best_span


def _judged_alone(texts: Iterable[str]) -> list[Line]:
    seen: set[str] = set()
    lines: list[Line] = []
    for text in texts:
        folded = text.casefold()
        is_repeat = folded in seen and len(text) >= _REPEAT_FROM_CHARACTERS
        seen.add(folded)
        kind, weight = kind_of_line(text), weight_in_characters(text)
        points = _points_alone(text, kind, weight, is_repeat=is_repeat)
        lines.append(Line(text, kind, weight, is_repeat, points))
    return lines


def _points_alone(text: str, kind: LineKind, weight: int, *, is_repeat: bool) -> float:
    if is_repeat:
        return _REPEAT_POINTS
    if kind is not LineKind.PROSE:
        return _MARKED_POINTS[kind]
    length = min(weight, _COUNTED_CHARACTERS) / 100 * _PER_100_CHARACTERS
    return _PROSE_POINTS + length + (_CLOSED_POINTS if ends_a_sentence(text) else 0.0)


def _rows(lines: Sequence[Line]) -> Iterator[int]:
    """Find the rows of tables (dates, results, prices): four short lines with figures or more."""
    for is_row, run in groupby(range(len(lines)), key=lambda index: _is_row(lines[index])):
        indexes = list(run) if is_row else []
        if len(indexes) >= _ROWS_TOGETHER:
            yield from indexes


def _is_row(line: Line) -> bool:
    return line.kind is LineKind.SHORT and _ROW.search(line.text) is not None


def _late_cuts(lines: Sequence[Line]) -> set[int]:
    """Find the headings of further links with most of the prose behind them."""
    behind = _points_behind(lines)
    return {
        index
        for index, line in enumerate(lines)
        if line.kind is LineKind.CUT and behind[index] >= _CUT_AFTER_SHARE * behind[-1]
    }


def _comments_begin(lines: Sequence[Line]) -> int:
    """Find where the readers' comments begin, or the number of lines.

    Comments may be longer than the article: some prose behind the heading is enough, but more
    than stands above the button for comments at the top of a page.
    """
    behind = _points_behind(lines)
    enough = max(_COMMENTS_AFTER_POINTS, _COMMENTS_AFTER_SHARE * behind[-1])
    for index, line in enumerate(lines):
        if line.kind is LineKind.CUT and behind[index] >= enough and begins_comments(line.text):
            return index
    return len(lines)


def _points_behind(lines: Sequence[Line]) -> list[float]:
    """Sum the positive points before each line, and at the end those of all."""
    return [0.0, *accumulate(max(line.points, 0.0) for line in lines)]


def _words(line: Line) -> frozenset[str]:
    """Give the longer words; none for scripts without spaces, where a match would be a clause."""
    if not line.is_prose or line.weight > 1.4 * len(line.text):
        return frozenset()
    return frozenset(_WORD.findall(line.text[:_LOOKED_AT_CHARACTERS].casefold()))


def _points_for_words(line: Line, words: frozenset[str], known: Counter[str], own: int) -> float:
    """Compare with the article's words; *own* is 1 where the line is itself among them."""
    if not words:
        return 0.0
    shared = sum(known[word] > own for word in words) / len(words)
    length = min(line.weight, _SHARED_WORDS_CHARACTERS) / 100
    trust = min(1.0, len(known) / _WORDS_TO_JUDGE_BY)
    return (shared - _SHARED_WORDS_USUAL) * length * _SHARED_WORDS_PER_100 * trust


def _points_for_neighbours(lines: Sequence[Line], index: int) -> float:
    neighbours = (*lines[max(0, index - 1) : index], *lines[index + 1 : index + 2])
    are_short = [line.weight < _SHORT_NEIGHBOUR_CHARACTERS for line in neighbours]
    return _BETWEEN_SHORT_POINTS if len(are_short) == 2 and all(are_short) else 0.0
