"""An archive in memory: articles arrive, links change, people rule; grouped step by step."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field

from services.extract.events import (
    LARGEST_PIECE,
    Fresh,
    Link,
    Links,
    Member,
    Piece,
    Regrouping,
    Ruling,
    RulingKind,
    contradicted,
    find_pieces,
    regroup,
)

Partition = set[frozenset[int]]


@dataclass
class Archive:
    """Groups what each change touches, as the store does; `merged_into` as it keeps it."""

    largest: int = LARGEST_PIECE
    strengths: dict[tuple[int, int], float] = field(default_factory=dict)
    story_of: dict[int, int | None] = field(default_factory=dict)
    floor_of: dict[int, float] = field(default_factory=dict)
    merged_into: dict[int, int | None] = field(default_factory=dict)
    rulings: dict[int, Ruling] = field(default_factory=dict)
    ruled: int = 0
    looked_at: int = 0

    def arrive(self, article: int, near: Mapping[int, float]) -> Regrouping:
        """A new article with its links."""
        self.strengths |= {(min(article, o), max(article, o)): s for o, s in near.items()}
        self.story_of[article] = None
        return self.touch([article])

    def relink(self, pair: tuple[int, int], strength: float | None) -> None:
        """A link is judged again: another strength, or none is left."""
        if strength is None:
            self.strengths.pop(pair, None)
        else:
            self.strengths[pair] = strength
        self.touch(pair)

    def rule(self, kind: RulingKind, left: Collection[int], right: Collection[int]) -> bool:
        """A person's word, unless an earlier one says otherwise."""
        new = Ruling(self.ruled + 1, kind, frozenset(left), frozenset(right))
        if contradicted(new, list(self.rulings.values())):
            return False
        self.ruled += 1
        self.rulings[new.id] = new
        self.touch(new.left | new.right)
        return True

    def undo(self, ruling_id: int) -> None:
        """Take a ruling back."""
        gone = self.rulings.pop(ruling_id)
        self.touch(gone.left | gone.right)

    def touch(self, seeds: Collection[int]) -> Regrouping:
        """Group anew what *seeds* touch."""
        pieces = find_pieces(self, seeds, largest=self.largest)
        ids = {article for piece in pieces for article in piece.members}
        found = self._regrouped(ids, pieces, self.story_of)
        rows: dict[object, int] = {}
        for fresh in found.created:
            rows[fresh] = len(self.merged_into) + 1
            self.merged_into[rows[fresh]] = None
        for article, story in found.assignments.items():
            self.story_of[article] = rows[story] if isinstance(story, Fresh) else story
        for merge in found.merged:
            winner = merge.winner
            self.merged_into[merge.loser] = rows[winner] if isinstance(winner, Fresh) else winner
        for story, floor in found.floors.items():
            self.floor_of[rows[story] if isinstance(story, Fresh) else story] = floor
        return found

    def stories(self) -> Partition:
        """The stories as they came to be, step by step."""
        return _partition(self.story_of)

    def at_once(self) -> Partition:
        """The stories if everything were grouped at once, with the same links and rulings."""
        links = Links(self.story_of, self.strengths)
        pieces = find_pieces(links, self.story_of, largest=self.largest)
        found = self._regrouped(set(self.story_of), pieces, dict.fromkeys(self.story_of))
        return _partition(found.assignments)

    def _regrouped(
        self, ids: Collection[int], pieces: list[Piece], story_of: Mapping[int, int | None]
    ) -> Regrouping:
        # Arrival and hash in different orders: ties must not go by arrival.
        members = [Member(n, f"{n * 7919 % 1009:064x}", n, story_of[n]) for n in ids]
        links = [
            Link(a, b, strength)
            for (a, b), strength in self.strengths.items()
            if a in ids and b in ids
        ]
        return regroup(members, links, list(self.rulings.values()), pieces)

    def floors(self, ids: Collection[int]) -> Mapping[int, float]:
        homes = {article: self.story_of.get(article) for article in ids}
        return {a: self.floor_of[story] for a, story in homes.items() if story is not None}

    def pairs(self, ids: Collection[int], floor: float) -> Iterable[tuple[int, int]]:
        for pair, strength in self.strengths.items():
            if strength >= floor and any(each in ids for each in pair):
                yield pair

    def mates(self, ids: Collection[int]) -> Collection[int]:
        homes = {self.story_of[article] for article in ids} - {None}
        return {*ids, *(article for article, story in self.story_of.items() if story in homes)}


def _partition(story_of: Mapping[int, object]) -> Partition:
    groups: dict[object, set[int]] = {}
    for article, story in story_of.items():
        groups.setdefault(story, set()).add(article)
    return {frozenset(group) for group in groups.values()}
