"""Where the texts of a story came from: who had each first, and who carried it how. Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from shared.stories.copies import CopyLink

# The share from which a text stands whole in another, as in the relation `contained`.
WHOLE = 0.80


class Carrying(StrEnum):
    """How an article carries an earlier text."""

    WHOLE = "whole"
    SHORTENED = "shortened"
    EXTENDED = "extended"
    PARTS = "parts"


# What becomes of a text that is carried on from a carrier: (first step, second step). A step that
# is not here tells nothing: who shortens an extended text may have kept the additions alone.
_CARRIED_ON = {
    (Carrying.EXTENDED, Carrying.EXTENDED): Carrying.EXTENDED,
    (Carrying.SHORTENED, Carrying.SHORTENED): Carrying.SHORTENED,
    (Carrying.SHORTENED, Carrying.EXTENDED): Carrying.PARTS,
    (Carrying.PARTS, Carrying.EXTENDED): Carrying.PARTS,
}


@dataclass(frozen=True, slots=True)
class Source:
    """An article of a story, as much as its origin needs: `at` is its deciding date, else arrival.

    `agency` is the one it credits, if any.
    """

    article_id: int
    outlet: str | None
    at: datetime
    is_dated: bool
    agency: str | None = None


@dataclass(frozen=True, slots=True)
class Carrier:
    """An article that carries an earlier text, from the origin or, as far as we see, `via_id`.

    whole: nearly all of it and nearly nothing else; shortened: less of it, and nearly nothing else;
    extended: nearly all of it, and more; parts: some of it, and more.
    """

    source: Source
    how: Carrying
    via_id: int | None


@dataclass(frozen=True, slots=True)
class TextOrigin:
    """A text that several articles carry: the earliest copy known here, and the others by time.

    `agencies` are those credited in any of them, most often first; the text may then be older than
    any copy here.
    """

    first: Source
    carriers: tuple[Carrier, ...]
    agencies: tuple[str, ...]

    def carried(self, how: Carrying) -> tuple[Carrier, ...]:
        """Return the articles that carry it so."""
        return tuple(carrier for carrier in self.carriers if carrier.how is how)


def find_origins(sources: Iterable[Source], links: Iterable[CopyLink]) -> tuple[TextOrigin, ...]:
    """Return the texts that several of *sources* carry, by the time of their earliest copy.

    Chains are followed: B copies A, C copies B, so C carries A, unless it may have nothing of A.
    An article may carry two texts, or carry one and be the origin of what it added.
    """
    order = sorted(sources, key=lambda source: (source.at, source.article_id))
    rank = {source.article_id: place for place, source in enumerate(order)}
    steps = _steps(links, rank)
    explained: set[int] = set()
    found: list[TextOrigin] = []
    for source in order:
        if source.article_id in explained:
            continue
        near = [other for other, _ in steps.get(source.article_id, ())]
        first = min([source.article_id, *near], key=rank.__getitem__)
        reached = _follow(first, steps, rank)
        explained |= {first, source.article_id, *reached}
        if reached:
            found.append(_origin(first, reached, order, rank))
    return tuple(sorted(found, key=lambda origin: rank[origin.first.article_id]))


_Steps = dict[int, list[tuple[int, Carrying]]]


def _steps(links: Iterable[CopyLink], rank: Mapping[int, int]) -> _Steps:
    """Return, for each article, those that share its text and how they carry it; earliest first."""
    steps: _Steps = defaultdict(list)
    for link in links:
        if link.a_id in rank and link.b_id in rank:
            a, b = link.coverages
            steps[link.a_id].append((link.b_id, _how(kept=a, own=b)))
            steps[link.b_id].append((link.a_id, _how(kept=b, own=a)))
    for others in steps.values():
        others.sort(key=lambda step: rank[step[0]])
    return steps


def _how(*, kept: float, own: float) -> Carrying:
    """Name how a text is carried: *kept* of its words stand in the other, *own* of whose words."""
    if kept >= WHOLE:
        return Carrying.WHOLE if own >= WHOLE else Carrying.EXTENDED
    return Carrying.SHORTENED if own >= WHOLE else Carrying.PARTS


def _follow(
    first: int, steps: _Steps, rank: Mapping[int, int]
) -> dict[int, tuple[Carrying, int | None]]:
    """Return how each later article carries the text of *first*, and via which other."""
    reached: dict[int, tuple[Carrying, int | None]] = {
        other: (how, None) for other, how in steps.get(first, ()) if rank[other] > rank[first]
    }
    frontier = list(reached)
    while frontier:
        beyond = list(_beyond(frontier, reached, steps))
        frontier = []
        for other, how, via in beyond:
            if other not in reached and rank[other] > rank[first]:
                reached[other] = (how, via)
                frontier.append(other)
    return reached


def _beyond(
    frontier: Sequence[int],
    reached: Mapping[int, tuple[Carrying, int | None]],
    steps: _Steps,
) -> Iterator[tuple[int, Carrying, int]]:
    for via in frontier:
        before = reached[via][0]
        for other, step in steps.get(via, ()):
            how = _carried_on(before, step)
            if how is not None:
                yield other, how, via


def _carried_on(before: Carrying, step: Carrying) -> Carrying | None:
    if before is Carrying.WHOLE:
        return step
    return before if step is Carrying.WHOLE else _CARRIED_ON.get((before, step))


def _origin(
    first: int,
    reached: Mapping[int, tuple[Carrying, int | None]],
    order: Sequence[Source],
    rank: Mapping[int, int],
) -> TextOrigin:
    carriers = tuple(
        Carrier(order[rank[article_id]], *reached[article_id])
        for article_id in sorted(reached, key=rank.__getitem__)
    )
    credited = [order[rank[first]].agency, *(carrier.source.agency for carrier in carriers)]
    named = [agency for agency in credited if agency is not None]
    agencies = sorted(dict.fromkeys(named), key=lambda agency: -named.count(agency))
    return TextOrigin(order[rank[first]], carriers, tuple(agencies))
