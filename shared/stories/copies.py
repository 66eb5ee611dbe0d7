"""Which articles of a story bring no text of their own. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

COPIES = ("exact", "near_duplicate", "contained")


@dataclass(frozen=True, slots=True)
class CopyLink:
    """Two articles that share so many words that one of them copies; `a_id` < `b_id`."""

    a_id: int
    b_id: int
    relation: str
    coverage_a: float
    coverage_b: float


def copying_articles(links: Iterable[CopyLink], at: Mapping[int, datetime]) -> set[int]:
    """Return the articles that copy another.

    Where one text stands in a longer one (`contained`), the covered one counts as the copy, whoever
    was first: what counts is how many texts are left. Where both cover each other (`exact`,
    `near_duplicate`), the later one by *at* is the copy; tie: the higher id.
    """
    return {_copy(link, at) for link in links}


def _copy(link: CopyLink, at: Mapping[int, datetime]) -> int:
    if link.relation == "contained" and link.coverage_a != link.coverage_b:
        return link.a_id if link.coverage_a > link.coverage_b else link.b_id
    return link.a_id if at[link.a_id] > at[link.b_id] else link.b_id
