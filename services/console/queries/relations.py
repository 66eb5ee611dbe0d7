"""Relations between articles, in words. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.console.queries.score_sums import ScoreSum
from shared.stories.copies import COPIES

SAME_EVENT = "same_event"
_ALL_BUT_SURE = 0.995
_LIKELY = 0.5

Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Relation:
    """What one article (self) has to do with another.

    Coverages are shares (0 to 1) of each text that the other has too, None for `same_event`.
    Passages are places in each stored text, in code points, `passages_self[i]` matching
    `passages_other[i]`. `score` is the probability of one event, `score_sum` how it came about,
    None where that was not kept. `days_apart` is None when a date is missing.
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
    version: str = ""
    days_apart: int | None = None
    score_sum: ScoreSum | None = None

    @property
    def is_copy(self) -> bool:
        """Whether one of the two brings no words of its own to speak of."""
        return self.relation in COPIES


def best_link(relations: Sequence[Relation]) -> Relation | None:
    """Return the one of *relations* that binds most: a copy, then the likelier event.

    Of those that are as sure to a hundredth, the first.
    """
    return max(relations, key=lambda each: (each.is_copy, round(each.score, 2)), default=None)


def best_links(
    relations: Iterable[tuple[int, Relation]], among: Sequence[int]
) -> dict[int, Relation]:
    """Return the best link of each article to one *among* others, from (article, relation).

    Of links as sure, that to the first of *among*.
    """
    places = {other_id: place for place, other_id in enumerate(among)}
    found: dict[int, list[Relation]] = {}
    for article_id, relation in relations:
        if relation.other_id in places:
            found.setdefault(article_id, []).append(relation)
    for each in found.values():
        each.sort(key=lambda relation: places[relation.other_id])
    return {own: best for own, each in found.items() if (best := best_link(each))}


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
        return f"nearly the same text as {other}: carries {percent(other_share)} of it"
    if relation == "contained" and own_share > other_share:
        return f"{percent(own_share)} of it stands in {other}"
    if relation == "contained":
        return f"carries {percent(other_share)} of {other}"
    if relation == "overlap":
        return f"holds {percent(other_share)} of {other}"
    perhaps = "" if score >= _LIKELY else "perhaps "
    return f"{perhaps}the same event as {other} (probability {probability(score)})"


def percent(share: float) -> str:
    """Return a share from 0 to 1 as `61 %`."""
    return f"{round(share * 100)} %"


def probability(score: float) -> str:
    """Return a probability as `91 %`, or `over 99 %`."""
    # Nobody is ever sure, whatever the rounding says.
    return "over 99 %" if score >= _ALL_BUT_SURE else percent(score)
