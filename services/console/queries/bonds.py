"""Whether two articles are in one story, and through what: a person's word, links, or a chain.

Pure; `load_surroundings` reads what it takes.
"""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from services.console.queries.chains import likeliest_chain
from services.console.queries.relations import percent, relation_in_words
from services.console.queries.rulings import Ruling, ruling_in_words, rulings_between


class BondKind(StrEnum):
    """Through what two articles are in one story, or why they are not."""

    RULED_TOGETHER = "ruled_together"
    LINKED = "link"
    CHAINED = "chain"
    GROUPED = "grouped"
    RULED_APART = "ruled_apart"
    APART = "apart"
    NO_STORY_YET = "no_story_yet"

    @property
    def is_together(self) -> bool:
        """Whether both are in one story."""
        return self in _TOGETHER


_TOGETHER = {BondKind.RULED_TOGETHER, BondKind.LINKED, BondKind.CHAINED, BondKind.GROUPED}


@dataclass(frozen=True, slots=True)
class Step:
    """One step of a chain: two articles, and in words what ties the first to the second."""

    from_id: int
    to_id: int
    words: str


@dataclass(frozen=True, slots=True)
class Bond:
    """How two articles stand to each other: by what kind of bond, in words, and by which chain.

    `story_ids` are the stories of the one and of the other.
    """

    kind: BondKind
    words: str
    story_ids: tuple[int | None, int | None]
    steps: tuple[Step, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """A link that binds two articles, `strength` from 0 to 1; coverages are those of a and b."""

    a_id: int
    b_id: int
    strength: float
    relation: str
    score: float
    coverage_a: float | None
    coverage_b: float | None

    def step(self, from_id: int) -> Step:
        """Return this link as seen from one of its ends."""
        if from_id == self.a_id:
            to_id, shares = self.b_id, (self.coverage_a, self.coverage_b)
        else:
            to_id, shares = self.a_id, (self.coverage_b, self.coverage_a)
        words = relation_in_words(self.relation, f"a{to_id}", *shares, self.score)
        return Step(from_id, to_id, words)


@dataclass(frozen=True, slots=True)
class Surroundings:
    """The stories of two articles: of each article its story, what binds them, what people ruled.

    `story_cut` is the least average strength of links that keeps two groups in one story.
    """

    story_of: Mapping[int, int]
    ties: Sequence[Tie]
    rulings: Sequence[Ruling]
    story_cut: float


def find_bond(one: int, other: int, around: Surroundings) -> Bond:
    """Return how two articles stand to each other."""
    stories = around.story_of.get(one), around.story_of.get(other)
    without = [f"a{each}" for each in (one, other) if each not in around.story_of]
    if without:
        verb = "has" if len(without) == 1 else "have"
        words = f"{' and '.join(without)} {verb} no story yet"
        return Bond(BondKind.NO_STORY_YET, words, stories)
    ruled = rulings_between(around.rulings, one, other)
    if stories[0] == stories[1]:
        return _together(one, other, around, ruled)
    return _apart(stories, around, ruled)


def _together(one: int, other: int, around: Surroundings, ruled: Sequence[Ruling]) -> Bond:
    story = around.story_of[one]
    both, stories = f"both are in s{story}", (story, story)
    for ruling in ruled:
        if ruling.is_together:
            words = f"{both}: {ruling_in_words(ruling)}"
            return Bond(BondKind.RULED_TOGETHER, words, stories)
    if any({tie.a_id, tie.b_id} == {one, other} for tie in around.ties):
        return Bond(BondKind.LINKED, f"{both} by their own link", stories)
    steps = _chain(one, other, around)
    if not steps:
        words = (
            f"{both}, though no chain of links leads from one to the other any more; "
            "they are grouped again when an article joins"
        )
        return Bond(BondKind.GROUPED, words, stories)
    through = ", ".join(f"a{step.to_id}" for step in steps[:-1]) or steps[0].words
    return Bond(BondKind.CHAINED, f"{both} through {through}", stories, steps)


def _chain(one: int, other: int, around: Surroundings) -> tuple[Step, ...]:
    """Return the strongest chain of links and rulings between the two, empty for none."""
    ties = {(tie.a_id, tie.b_id): tie for tie in around.ties}
    together = {-each.id: each for each in around.rulings if each.is_together}
    # A ruling ties all its articles: as a place of its own (minus its id), not as every pair.
    strengths = [(*pair, tie.strength) for pair, tie in ties.items()]
    strengths += [
        (article, place, 1.0)
        for place, ruling in together.items()
        for article in ruling.left | ruling.right
    ]
    way = likeliest_chain(one, other, strengths)
    steps, at = [], 0
    while at + 1 < len(way):
        here, there = way[at], way[at + 1]
        if there in together:
            steps.append(Step(here, way[at + 2], ruling_in_words(together[there])))
            at += 2
        else:
            steps.append(ties[min(here, there), max(here, there)].step(here))
            at += 1
    return tuple(steps)


def _apart(
    stories: tuple[int | None, int | None], around: Surroundings, ruled: Sequence[Ruling]
) -> Bond:
    apart = f"they are in different stories, s{stories[0]} and s{stories[1]}"
    for ruling in ruled:
        if not ruling.is_together:
            words = f"{apart}: {ruling_in_words(ruling)}"
            return Bond(BondKind.RULED_APART, words, stories)
    between = [
        tie.strength
        for tie in around.ties
        if around.story_of.get(tie.a_id) != around.story_of.get(tie.b_id)
    ]
    if not between:
        words = f"{apart}, and no link binds an article of one to one of the other"
        return Bond(BondKind.APART, words, stories)
    sizes = Counter(around.story_of.values())
    average = math.fsum(between) / math.prod(sizes.values())
    over_all = f"{apart}: over all their articles the links between the two average"
    would = "would be one" if average < around.story_cut else "become one when grouped again"
    words = f"{over_all} {percent(average)}, and from {percent(around.story_cut)} they {would}"
    return Bond(BondKind.APART, words, stories)
