"""Cut a text into pieces, marked and plain, so that evidence can be shown where it stands. Pure.

The pieces put together are the text again; marks may overlap, and a piece says all that cover it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from shared.query.sentences import paragraph_starts


@dataclass(frozen=True, slots=True)
class Mark:
    """`[start, end)` in code points of a text, what kind of evidence it is, and for what."""

    start: int
    end: int
    kind: str
    label: str


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text under one set of marks; plain when `kinds` is empty.

    `kinds` and `labels` stand in the order of the marks, each once.
    """

    text: str
    kinds: tuple[str, ...] = ()
    labels: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Marked:
    """The pieces of a text, and the marks that do not fit it: wrong evidence is not hidden."""

    pieces: tuple[Piece, ...]
    misfits: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The pieces of one paragraph; `number` counts from 1, as the reasons of matches do."""

    number: int
    pieces: tuple[Piece, ...]


def mark_text(text: str, marks: Iterable[Mark]) -> Marked:
    """Cut *text* at every edge of *marks*; a mark that is empty or leaves the text is a misfit."""
    fitting: list[Mark] = []
    misfits: list[Mark] = []
    for mark in marks:
        (fitting if 0 <= mark.start < mark.end <= len(text) else misfits).append(mark)
    return Marked(tuple(_cut(text, fitting)), tuple(misfits))


def mark_paragraphs(text: str, marks: Sequence[Mark]) -> tuple[tuple[Paragraph, ...], int]:
    """Return the marked paragraphs of *text*, and how many of *marks* do not fit it.

    The white space between paragraphs is left out.
    """
    marked = mark_text(text, marks)
    starts = paragraph_starts(text)
    groups = _split(marked.pieces, [start for start in starts if 0 < start < len(text)])
    filled = [trimmed for group in groups if (trimmed := _trim(group))]
    paragraphs = tuple(Paragraph(number, tuple(group)) for number, group in enumerate(filled, 1))
    return paragraphs, len(marked.misfits)


def _trim(group: Sequence[Piece]) -> list[Piece]:
    """Return *group* without the white space at its end, empty if it was nothing else."""
    kept = list(group)
    while kept and not (text := kept[-1].text.rstrip()):
        kept.pop()
    if kept:
        kept[-1] = Piece(text, kept[-1].kinds, kept[-1].labels)
    return kept


def _cut(text: str, marks: Sequence[Mark]) -> Iterable[Piece]:
    opening: dict[int, list[int]] = {}
    closing: dict[int, list[int]] = {}
    for index, mark in enumerate(marks):
        opening.setdefault(mark.start, []).append(index)
        closing.setdefault(mark.end, []).append(index)
    edges = sorted({0, len(text), *opening, *closing})
    place = {_key(mark): index for index, mark in reversed(list(enumerate(marks)))}
    covering: Counter[tuple[str, str]] = Counter()
    for start, end in pairwise(edges):
        for index in closing.get(start, ()):
            covering[_key(marks[index])] -= 1
        covering += Counter(_key(marks[index]) for index in opening.get(start, ()))
        yield Piece(text[start:end], *_cover(sorted(covering, key=place.__getitem__)))


def _key(mark: Mark) -> tuple[str, str]:
    return mark.kind, mark.label


def _cover(keys: Sequence[tuple[str, str]]) -> tuple[tuple[str, ...], tuple[str, ...]]:
    kinds = tuple(dict.fromkeys(kind for kind, _ in keys))
    return kinds, tuple(dict.fromkeys(label for _, label in keys))


def _split(pieces: Iterable[Piece], starts: Sequence[int]) -> list[list[Piece]]:
    """Group *pieces* into the stretches that begin at *starts*, cutting those that cross one."""
    groups: list[list[Piece]] = [[]]
    rest = iter(starts)
    border, at = next(rest, None), 0
    for piece in pieces:
        begin, end = at, at + len(piece.text)
        while border is not None and border < end:
            if border > begin:
                head = piece.text[begin - at : border - at]
                groups[-1].append(Piece(head, piece.kinds, piece.labels))
            groups.append([])
            begin, border = border, next(rest, None)
        groups[-1].append(Piece(piece.text[begin - at :], piece.kinds, piece.labels))
        at = end
    return groups
