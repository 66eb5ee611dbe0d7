"""Comparing two stored articles at once, as linking would, without storing anything."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from services.extract.comparing import SAME_EVENT, StoredArticle, break_up, compare_pair
from services.extract.events import Link, link_strength
from services.extract.events.clustering import CUT, LINK_FLOOR
from services.extract.reuse import RelationKind, Spans


class Comparison:
    """How extract judges two articles, for the services that may not import it.

    `link_floor` is the least probability of one event that links two articles, `story_cut` the
    least average strength of links that keeps two groups of articles in one story.
    """

    link_floor = LINK_FLOOR
    story_cut = CUT

    def strength(self, relation: str, score: float, days_apart: int | None) -> float:
        """Return how strongly a link of these binds two articles, 0 to 1."""
        kind = None if relation == SAME_EVENT else RelationKind(relation)
        return link_strength(Link(0, 1, score, kind, days_apart))

    def compare(
        self,
        one: Mapping[str, Any],
        other: Mapping[str, Any],
        furniture: tuple[Spans, Spans],
    ) -> dict[str, Any]:
        """Return what the link row of two rows of `articles` would hold, weak as it may be.

        *furniture* are the masked spans of each.
        """
        a, b = (
            break_up(_stored(row, spans))
            for row, spans in zip((one, other), furniture, strict=True)
        )
        return compare_pair(a, b, may_share_words=True)


def _stored(row: Mapping[str, Any], furniture: Spans) -> StoredArticle:
    known = {name: row[name] for name in StoredArticle.__dataclass_fields__ if name in row}
    return StoredArticle(**known | {"furniture": furniture})
