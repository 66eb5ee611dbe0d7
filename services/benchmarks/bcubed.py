"""BCubed: how well articles are grouped, seen from each article (Bagga and Baldwin, 1998). Pure."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable, Mapping
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class BCubed:
    """Mean over articles: the share of its group that belongs, of what belongs that is there."""

    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """The harmonic mean of the two."""
        total = self.precision + self.recall
        return 2.0 * self.precision * self.recall / total if total else 0.0

    def __str__(self) -> str:
        return f"{self.precision:.3f} / {self.recall:.3f} / {self.f1:.3f}"


def score_bcubed(found: Mapping[int, Hashable], gold: Mapping[int, Hashable]) -> BCubed:
    """Score the groups *found* against *gold*; only what gold names counts.

    Raises:
        ValueError: gold is empty, so there is nothing to score.
    """
    if not gold:
        raise ValueError("no article is labelled with a story")
    groups, stories = _members(found, gold), _members(gold, gold)
    precision = recall = 0.0
    for article in sorted(gold):
        group, story = groups[found[article]], stories[gold[article]]
        right = len(group & story)
        precision += right / len(group)
        recall += right / len(story)
    return BCubed(precision / len(gold), recall / len(gold))


def _members(
    labels: Mapping[int, Hashable], only: Mapping[int, Hashable]
) -> dict[Hashable, set[int]]:
    members: defaultdict[Hashable, set[int]] = defaultdict(set)
    for article in only:
        members[labels[article]].add(article)
    return members
