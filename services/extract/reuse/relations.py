"""Relations: what it means that two articles share words. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from enum import StrEnum

from services.extract.reuse.alignment import Alignment, align
from services.extract.reuse.furniture import FURNITURE_DAYS, FurnitureReason
from services.extract.reuse.tokens import Spans, Tokens

COPIED = 0.80
COPIED_BESIDE_FURNITURE = 0.50
COPY_WORDS = 20
OWN_WORDS = 30
METHOD = "alignment"
VERSION = "2"


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

    exact: the same normalised words. near_duplicate: both sides covered and at least 20 shared
    words. contained: one side covered, and as many words. overlap: any shared passage. A side is
    covered when 0.80 of its words are shared, furniture left out; or 0.50, if 0.80 are shared with
    the furniture of both left in: who copies an article copies the sentences that others repeat.
    Words inside the furniture of either text count for nothing else.
    """
    if own.words and own.words == other.words:
        return _exact(own, other)
    alignment = align(own, other, own_furniture, other_furniture)
    if not alignment.passages:
        return None
    whole = alignment
    if _is_doubtful(alignment) and (own_furniture or other_furniture):
        whole = align(own, other)
    return Relation(
        kind=_kind(alignment, whole),
        coverage_self=alignment.coverage_self,
        coverage_other=alignment.coverage_other,
        passages_self=tuple((each.self_start, each.self_end) for each in alignment.passages),
        passages_other=tuple((each.other_start, each.other_end) for each in alignment.passages),
        shared_words=alignment.shared_words,
    )


def judge_repeat(relation: Relation, days_apart: int | None) -> FurnitureReason | None:
    """Tell why *relation* between two articles of one outlet is no reuse, or None when it is.

    An outlet that has the same passages on two pages more than 14 days apart, neither a copy of
    the other as a whole, repeats itself: furniture or background, known at the second sighting
    already. So are fewer than 30 words at any time: captions, teasers, credits. *days_apart* is
    None when either day is unknown.
    """
    if relation.kind in (RelationKind.EXACT, RelationKind.NEAR_DUPLICATE):
        return None
    if days_apart is not None and days_apart > FURNITURE_DAYS:
        return FurnitureReason.MANY_DAYS
    is_short = relation.kind is RelationKind.OVERLAP and relation.shared_words < OWN_WORDS
    return FurnitureReason.ONE_OUTLET if is_short else None


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


def _is_doubtful(alignment: Alignment) -> bool:
    coverages = (alignment.coverage_self, alignment.coverage_other)
    return any(COPIED_BESIDE_FURNITURE <= each < COPIED for each in coverages)


def _kind(alignment: Alignment, whole: Alignment) -> RelationKind:
    """Name the kind; *whole* is the alignment with the furniture left in."""
    is_covered = _is_copied(alignment.coverage_self, whole.coverage_self)
    covers = _is_copied(alignment.coverage_other, whole.coverage_other)
    if not (is_covered or covers) or alignment.shared_words < COPY_WORDS:
        return RelationKind.OVERLAP
    return RelationKind.NEAR_DUPLICATE if is_covered and covers else RelationKind.CONTAINED


def _is_copied(coverage: float, coverage_with_furniture: float) -> bool:
    if coverage >= COPIED:
        return True
    return coverage >= COPIED_BESIDE_FURNITURE and coverage_with_furniture >= COPIED
