"""Relations: what it means that two articles share words. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from services.extract.reuse.alignment import Alignment, align
from services.extract.reuse.tokens import Spans, Tokens

COPIED = 0.80
NEAR_DUPLICATE_WORDS = 30
METHOD = "alignment"
VERSION = "1"


class RelationKind(StrEnum):
    """How one article's words relate to another's."""

    EXACT = "exact"
    NEAR_DUPLICATE = "near_duplicate"
    CONTAINED = "contained"
    OVERLAP = "overlap"

    @property
    def is_copy(self) -> bool:
        """Whether one of the two brings no words of its own to speak of."""
        return self is not RelationKind.OVERLAP


COPIES = tuple(kind.value for kind in RelationKind if kind.is_copy)


@dataclass(frozen=True, slots=True)
class Relation:
    """The words an article (self) shares with another.

    Coverages are shares from 0 to 1, furniture left out; passages are `[start, end)` in code points
    of each stored text, `passages_self[i]` matching `passages_other[i]`, sorted by place in self.
    Two passages may overlap on the side that says once what the other side repeats.
    """

    kind: RelationKind
    coverage_self: float
    coverage_other: float
    passages_self: Spans
    passages_other: Spans
    shared_words: int
    method: str = METHOD
    version: str = VERSION

    def swapped(self) -> Relation:
        """Return the same relation seen from the other article."""
        pairs = sorted(
            zip(self.passages_other, self.passages_self, strict=True), key=lambda pair: pair
        )
        return replace(
            self,
            coverage_self=self.coverage_other,
            coverage_other=self.coverage_self,
            passages_self=tuple(own for own, _ in pairs),
            passages_other=tuple(other for _, other in pairs),
        )


def relate(
    own: Tokens, other: Tokens, own_furniture: Spans = (), other_furniture: Spans = ()
) -> Relation | None:
    """Name the relation of *own* to *other*, or None when they share no passage.

    exact: the same normalised words. near_duplicate: both covered to 0.80 or more and at least 30
    shared words. contained: one side covered to 0.80 or more, the other less. overlap: a shared
    passage of at least 12 words. Words inside the furniture of either text count for nothing,
    except in exact.
    """
    if own.words and own.words == other.words:
        return _exact(own, other)
    alignment = align(own, other, own_furniture, other_furniture)
    if not alignment.passages:
        return None
    return Relation(
        kind=_kind(alignment),
        coverage_self=alignment.coverage_self,
        coverage_other=alignment.coverage_other,
        passages_self=tuple((each.self_start, each.self_end) for each in alignment.passages),
        passages_other=tuple((each.other_start, each.other_end) for each in alignment.passages),
        shared_words=alignment.shared_words,
    )


def _exact(own: Tokens, other: Tokens) -> Relation:
    return Relation(
        kind=RelationKind.EXACT,
        coverage_self=1.0,
        coverage_other=1.0,
        passages_self=((own.starts[0], own.ends[-1]),),
        passages_other=((other.starts[0], other.ends[-1]),),
        shared_words=len(own),
        method="content_hash",
    )


def _kind(alignment: Alignment) -> RelationKind:
    is_covered = alignment.coverage_self >= COPIED
    covers = alignment.coverage_other >= COPIED
    if is_covered and covers:
        is_long = alignment.shared_words >= NEAR_DUPLICATE_WORDS
        return RelationKind.NEAR_DUPLICATE if is_long else RelationKind.OVERLAP
    return RelationKind.CONTAINED if is_covered or covers else RelationKind.OVERLAP
