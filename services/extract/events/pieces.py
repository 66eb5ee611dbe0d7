"""Which articles are grouped anew when some are touched, and above which floor. Pure.

Articles that links connect are grouped together. Themes that never end connect thousands: where a
group has more than 500 members, its floor is raised in steps of 0.1 until the pieces are small
enough, and each piece is grouped by itself. A new article leads to one piece, or to a few where it
was the one too many; never to the whole theme.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Protocol

from services.extract.events.clustering import LINK_FLOOR, connected_groups

FLOORS = (LINK_FLOOR, 0.30, 0.40, 0.50, 0.60, 0.70, 0.80, 0.90)
# Above every floor: more than 500 articles bound by links of 0.9 and stronger.
FROZEN = 1.0
LARGEST_PIECE = 500

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Piece:
    """Articles grouped by themselves, by links not below *floor*.

    A frozen piece is not grouped: its articles stay in their stories, and a new one joins the story
    of its strongest link.
    """

    members: frozenset[int]
    floor: float

    @property
    def is_frozen(self) -> bool:
        """Whether no floor makes it small enough."""
        return self.floor == FROZEN


class Surroundings(Protocol):
    """What is known of articles and the links between them."""

    def floors(self, ids: Collection[int]) -> Mapping[int, float]:
        """Return the floor each of *ids* was last grouped above; those never grouped are left out.

        Where the truth is not known, a lower floor is safe: it costs work, and changes nothing.
        """

    def pairs(self, ids: Collection[int], floor: float) -> Iterable[Pair]:
        """Return the linked pairs with an end in *ids*, of a strength of *floor* or more."""

    def mates(self, ids: Collection[int]) -> Collection[int]:
        """Return the articles that are in a story with one of *ids*, these included."""


class Links:
    """All links in memory, between articles none of which was grouped before."""

    def __init__(self, articles: Collection[int], strengths: Mapping[Pair, float]) -> None:
        """Take *strengths* (0 to 1) by pair."""
        self._articles = articles
        self._near: dict[int, list[tuple[int, float]]] = {}
        for (a, b), strength in strengths.items():
            self._near.setdefault(a, []).append((b, strength))
            self._near.setdefault(b, []).append((a, strength))

    def floors(self, ids: Collection[int]) -> Mapping[int, float]:
        """Return the lowest floor for each."""
        return {each: LINK_FLOOR for each in ids if each in self._articles}

    def pairs(self, ids: Collection[int], floor: float) -> Iterable[Pair]:
        """Return the pairs of *ids*."""
        for one in ids:
            for other, strength in self._near.get(one, ()):
                if strength >= floor:
                    yield one, other

    def mates(self, ids: Collection[int]) -> Collection[int]:
        """Return *ids*: nobody has a story."""
        return ids


def find_pieces(
    around: Surroundings, seeds: Collection[int], *, largest: int = LARGEST_PIECE
) -> list[Piece]:
    """Return the pieces to group anew when the articles *seeds* are new, linked or ruled on.

    They hold every article whose piece or floor is another now, and all articles of each story one
    of them is in, so that grouping them gives what grouping everything would.
    """
    floors = dict.fromkeys(seeds, LINK_FLOOR) | dict(around.floors(seeds))
    pieces: list[Piece] = []
    waiting, placed = set(seeds), set[int]()
    while waiting:
        found = _place(around, waiting, floors, largest)
        pieces += found
        for piece in found:
            placed |= piece.members
            floors |= dict.fromkeys(piece.members, piece.floor)
        moving = {each for piece in found if not piece.is_frozen for each in piece.members}
        waiting = set(around.mates(moving)) - placed
        floors |= around.floors(waiting)
    return pieces


def _place(
    around: Surroundings, waiting: Collection[int], floors: dict[int, float], largest: int
) -> list[Piece]:
    pieces: list[Piece] = []
    rising: set[int] = set()
    for floor in FLOORS:
        floors |= dict.fromkeys(rising, floor)
        start = rising | {each for each in waiting if floors[each] == floor}
        rising = set()
        for group in _spread(around, start, floor, floors):
            own = frozenset(each for each in group if floors[each] <= floor)
            # Whoever is near one that was raised before shares its group, which is too large.
            if len(own) > largest or len(own) < len(group):
                rising |= own
            else:
                pieces.append(Piece(own, floor))
    frozen = rising | {each for each in waiting if floors[each] == FROZEN}
    if frozen:
        pieces.append(Piece(frozenset(_with_nearest(around, frozen)), FROZEN))
    return pieces


def _spread(
    around: Surroundings, start: Collection[int], floor: float, floors: dict[int, float]
) -> tuple[frozenset[int], ...]:
    """Return the groups that lead from *start*, each up to where articles were raised before."""
    reached, frontier = set(start), set(start)
    pairs: list[Pair] = []
    while frontier:
        near = list(around.pairs(frontier, floor))
        new = {each for pair in near for each in pair} - reached
        floors |= around.floors(new - floors.keys())
        pairs += [pair for pair in near if floors.keys() >= set(pair)]
        reached |= new & floors.keys()
        frontier = {each for each in new & floors.keys() if floors[each] <= floor}
    return connected_groups(reached, pairs)


def _with_nearest(around: Surroundings, frozen: Collection[int]) -> set[int]:
    """Return *frozen* and, for those among them that are new, what they are linked to."""
    new = set(frozen) - around.floors(frozen).keys()
    near = {each for pair in around.pairs(new, FLOORS[-1]) for each in pair}
    return {*frozen, *(near & around.floors(near).keys())}
