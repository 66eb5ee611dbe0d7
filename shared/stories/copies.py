"""How many independent texts a story has. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass

COPIES = ("exact", "near_duplicate", "contained")
OVERLAP = "overlap"
# From here on a text consists of the other rather than quoting it.
HALF = 0.50


@dataclass(frozen=True, slots=True)
class CopyLink:
    """Two articles of which one carries at least half of the other's words; `a_id` < `b_id`.

    `coverage_a` is the share (0 to 1) of a's words that b has too, furniture left out.
    """

    a_id: int
    b_id: int
    relation: str
    coverage_a: float
    coverage_b: float

    @property
    def coverages(self) -> tuple[float, float]:
        """Both shares; equal words are shared whole, whatever was stored of them."""
        is_equal = self.relation == "exact"
        return (1.0, 1.0) if is_equal else (self.coverage_a, self.coverage_b)


def count_independent(
    ids: Collection[int], links: Iterable[CopyLink], agencies: Mapping[int, str]
) -> int:
    """Return how many texts *ids* are that do not copy each other; at least 1 if there is any.

    Articles that carry one text count once, however many they are: equal or nearly equal texts;
    one that holds another whole and for at least half consists of it; and two that credit the same
    agency (*agencies*, by article) and share at least half of one of them, for nobody here may have
    the agency's text whole. A text that stands whole in a longer one, of which it is less than
    half, counts no more: its words are counted there. Who was first plays no part.
    """
    text_of = {article_id: article_id for article_id in ids}
    inside: list[tuple[int, int]] = []
    for link in links:
        if _is_one_text(link, agencies):
            _unite(text_of, link.a_id, link.b_id)
        elif link.relation in COPIES:
            shorter_first = link.coverages[0] >= link.coverages[1]
            inside.append((link.a_id, link.b_id) if shorter_first else (link.b_id, link.a_id))
    held = {
        _root(text_of, short)
        for short, long in inside
        if _root(text_of, short) != _root(text_of, long)
    }
    texts = {_root(text_of, article_id) for article_id in text_of}
    return max(len(texts - held), min(len(texts), 1))


def _is_one_text(link: CopyLink, agencies: Mapping[int, str]) -> bool:
    if link.relation in COPIES:
        return min(link.coverages) >= HALF or link.relation != "contained"
    agency = agencies.get(link.a_id)
    is_credited = agency is not None and agency == agencies.get(link.b_id)
    return is_credited and max(link.coverages) >= HALF


def _unite(text_of: dict[int, int], one: int, other: int) -> None:
    roots = sorted((_root(text_of, one), _root(text_of, other)))
    text_of[roots[1]] = roots[0]


def _root(text_of: dict[int, int], article_id: int) -> int:
    while text_of[article_id] != article_id:
        text_of[article_id] = article_id = text_of[text_of[article_id]]
    return article_id
