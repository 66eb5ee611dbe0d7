"""What asking why needs of extract, which the console may not import; handed in at the start."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Protocol

from services.console.queries.relations import Spans


class Comparing(Protocol):
    """How two articles are judged.

    `link_floor` is the least probability of one event that links two articles, `story_cut` the
    least average strength of links that keeps two groups of articles in one story.
    """

    link_floor: float
    story_cut: float

    def strength(self, relation: str, score: float, days_apart: int | None) -> float:
        """Return how strongly a link of these binds two articles, 0 to 1."""

    def compare(
        self, one: Mapping[str, Any], other: Mapping[str, Any], furniture: tuple[Spans, Spans]
    ) -> Mapping[str, Any]:
        """Return the row of `article_links` (without its time) of two rows of `articles`."""
