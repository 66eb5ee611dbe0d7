"""Two texts beside each other: shared passages numbered alike in both, furniture greyed. Pure."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.console.marking import Mark, Piece, mark_paragraphs
from services.console.pages.evidence import SHARED, greyed_marks
from services.console.queries.why import Asked, Why
from shared.model import Span


@dataclass(frozen=True, slots=True)
class NumberedPiece:
    """A stretch of text; `begins` are the numbers of the passages that begin with it."""

    piece: Piece
    begins: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Side:
    """One of the two texts. `name` and `twin` tell the sides apart in the addresses of a page."""

    asked: Asked
    name: str
    twin: str
    twin_id: int
    paragraphs: tuple[tuple[NumberedPiece, ...], ...]


def both_sides(why: Why) -> tuple[Side, Side]:
    """Return the texts of both articles, the passage at place `n` numbered `n` + 1 in both."""
    ones = [passage.one for passage in why.passages]
    others = [passage.other for passage in why.passages]
    return (
        Side(why.one, "one", "other", why.other.id, _paragraphs(why.one, ones)),
        Side(why.other, "other", "one", why.one.id, _paragraphs(why.other, others)),
    )


def _paragraphs(asked: Asked, spans: Sequence[Span]) -> tuple[tuple[NumberedPiece, ...], ...]:
    passages = [
        Mark(span.start, span.end, SHARED, f"passage {number}")
        for number, span in enumerate(spans, 1)
    ]
    paragraphs, _ = mark_paragraphs(asked.text, [*passages, *greyed_marks(asked.mask)])
    waiting = {mark.label: number for number, mark in enumerate(passages, 1)}
    return tuple(tuple(_numbered(each.pieces, waiting)) for each in paragraphs)


def _numbered(pieces: Sequence[Piece], waiting: dict[str, int]) -> Iterator[NumberedPiece]:
    """Number *pieces* by the passages *waiting* to begin, which are taken out as they do."""
    for piece in pieces:
        begins = [waiting.pop(label) for label in piece.labels if label in waiting]
        yield NumberedPiece(piece, tuple(begins))
