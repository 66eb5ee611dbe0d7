"""What people ruled on stories, as constraints that grouping obeys. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum


class RulingKind(StrEnum):
    """What a person said of two sets of articles."""

    TOGETHER = "together"  # all of them are of one story
    APART = "apart"  # none on the left is of one story with any on the right


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's word on articles; only what stands, never what was undone."""

    id: int
    kind: RulingKind
    left: frozenset[int]
    right: frozenset[int]


# One side of an `apart` ruling: (ruling, whether it is the left one).
_Mark = tuple[int, bool]


class Blocks:
    """Articles held together for certain, and which blocks must not become one.

    What rulings hold together need not be alike: grouping goes on by the links of each part, and
    whatever joins one part joins the block. So a ruling for one story keeps no later article out
    of it by making its average link weak.
    """

    def __init__(self, articles: Iterable[int], rulings: Iterable[Ruling] = ()) -> None:
        """Begin with a block for each of *articles*, then tie what rulings hold together."""
        self._above = {article: article for article in articles}
        self._marks: dict[int, set[_Mark]] = {}
        together = []
        for ruling in rulings:
            if ruling.kind is RulingKind.TOGETHER:
                together.append(ruling.left | ruling.right)
                continue
            for is_left, side in ((True, ruling.left), (False, ruling.right)):
                for article in side & self._above.keys():
                    self._marks.setdefault(article, set()).add((ruling.id, is_left))
        for articles_held in together:
            self.tie(articles_held)

    def tie(self, articles: Iterable[int]) -> None:
        """Make one block of those of *articles* that are here, whatever rulings say."""
        known = [article for article in articles if article in self._above]
        for other in known[1:]:
            self._unite(self.root(known[0]), self.root(other))

    def root(self, article: int) -> int:
        """Return the article that stands for the block of *article*."""
        while self._above[article] != article:
            self._above[article] = self._above[self._above[article]]
            article = self._above[article]
        return article

    def kept_apart_by(self, one: int, other: int) -> list[int]:
        """Return the rulings, lowest first, that keep the blocks of two articles apart."""
        others = self._marks.get(self.root(other), set())
        marks = self._marks.get(self.root(one), set())
        return sorted({ruling for ruling, is_left in marks if (ruling, not is_left) in others})

    def unite(self, one: int, other: int) -> bool:
        """Make one block of two, unless a ruling keeps them apart; return whether they are one."""
        roots = self.root(one), self.root(other)
        if roots[0] != roots[1] and self._marks and self.kept_apart_by(*roots):
            return False
        self._unite(*roots)
        return True

    def groups(self) -> list[frozenset[int]]:
        """Return every block."""
        found: dict[int, set[int]] = {}
        for article in self._above:
            found.setdefault(self.root(article), set()).add(article)
        return [frozenset(group) for group in found.values()]

    def _unite(self, root: int, other: int) -> None:
        if root == other:
            return
        self._above[other] = root
        if marks := self._marks.pop(other, None):
            self._marks.setdefault(root, set()).update(marks)


def contradicted(new: Ruling, standing: Sequence[Ruling]) -> list[int]:
    """Return the *standing* rulings, lowest first, that *new* cannot be obeyed beside.

    For articles to be held together: those that keep two of them apart. For articles to be kept
    apart: those that hold one of each side together, directly or by way of others.
    """
    everyone = set(new.left | new.right)
    for ruling in standing:
        everyone |= ruling.left | ruling.right
    blocks = Blocks(everyone, standing)
    if new.kind is RulingKind.APART:
        shared = {blocks.root(each) for each in new.left} & {blocks.root(e) for e in new.right}
        return [
            ruling.id
            for ruling in standing
            if ruling.kind is RulingKind.TOGETHER
            and any(blocks.root(each) in shared for each in ruling.left | ruling.right)
        ]
    return _split_by(new.left | new.right, blocks)


def _split_by(articles: frozenset[int], blocks: Blocks) -> list[int]:
    roots = sorted({blocks.root(article) for article in articles})
    found: set[int] = set()
    for at, one in enumerate(roots):
        for other in roots[at + 1 :]:
            found.update(blocks.kept_apart_by(one, other))
    return sorted(found)
