"""Relations between articles, in words. Pure."""

from __future__ import annotations

from dataclasses import dataclass

SAME_EVENT = "same_event"
_ALL_BUT_SURE = 0.995

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """What one article (self) has to do with another.

    Coverages are shares (0 to 1) of each text that the other has too, None for `same_event`.
    Passages are places in each stored text, in code points, `passages_self[i]` matching
    `passages_other[i]`. `score` is the probability of one event.
    """

    other_id: int
    other_title: str
    relation: str
    words: str
    coverage_self: float | None
    coverage_other: float | None
    passages_self: Spans
    passages_other: Spans
    score: float
    method: str
    reasons: tuple[str, ...]


def relation_in_words(
    relation: str,
    other: str,
    coverage_self: float | None,
    coverage_other: float | None,
    score: float,
) -> str:
    """Say what an article has to do with *other* (an id or a name): `carries 92 % of a12`."""
    own_share, other_share = coverage_self or 0.0, coverage_other or 0.0
    if relation == "exact":
        return f"the same text as {other}"
    if relation == "near_duplicate":
        return f"nearly the same text as {other}: carries {_percent(other_share)} of it"
    if relation == "contained" and own_share > other_share:
        return f"{_percent(own_share)} of it stands in {other}"
    if relation == "contained":
        return f"carries {_percent(other_share)} of {other}"
    if relation == "overlap":
        return f"holds {_percent(other_share)} of {other}"
    return f"the same event as {other} (probability {_probability(score)})"


def _percent(share: float) -> str:
    return f"{round(share * 100)} %"


def _probability(score: float) -> str:
    # Nobody is ever sure, whatever the rounding says.
    return "over 99 %" if score >= _ALL_BUT_SURE else _percent(score)
