"""Stories as clusters: average linkage over the links among connected articles. Pure.

A function of the links and of what people ruled: arrival order plays no part, ties go by content
hash. A pair without a link counts as 0, so one strong link never pulls two groups together.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Mapping

from services.extract.events.rulings import Blocks

LINK_FLOOR = 0.20
CUT = 0.22
# Sums of whole numbers are exact, so they cannot depend on the order of adding.
_SCALE = 1_000_000

Strengths = Mapping[tuple[int, int], float]
# (minus the average, cluster, cluster, their sizes): a cluster is named by its lowest rank.
_Entry = tuple[float, int, int, int, int]


def connected_groups(
    articles: Iterable[int], pairs: Iterable[tuple[int, int]]
) -> tuple[frozenset[int], ...]:
    """Return the connected groups of *articles* under *pairs*."""
    blocks = Blocks(articles)
    for a, b in pairs:
        blocks.unite(a, b)
    return tuple(blocks.groups())


def unite_by_average(ranks: Mapping[int, int], strengths: Strengths, blocks: Blocks) -> None:
    """Unite the *blocks* of articles that cluster by the strengths (0 to 1) of their links.

    *ranks* holds every article's place in an order that does not depend on arrival (sorted by
    content hash); it settles ties. Merging the two clusters with the highest average link stops
    below an average of 0.22. Two clusters whose blocks a ruling keeps apart stay two.
    """
    article_at = {rank: article for article, rank in ranks.items()}
    sums = _link_sums(strengths, ranks)
    sizes = dict.fromkeys(sums, 1)
    heap = [
        entry
        for one, row in sums.items()
        for other, total in row.items()
        if one < other and (entry := _entry(one, other, total, sizes))
    ]
    heapq.heapify(heap)
    while heap:
        entry = heapq.heappop(heap)
        _, one, other, *_ = entry
        if _is_current(entry, sizes) and blocks.unite(article_at[one], article_at[other]):
            _merge(one, other, sizes, sums)
            for near, total in sums[one].items():
                if fresh := _entry(one, near, total, sizes):
                    heapq.heappush(heap, fresh)


def _link_sums(links: Strengths, ranks: Mapping[int, int]) -> dict[int, dict[int, int]]:
    sums: dict[int, dict[int, int]] = {}
    for (a, b), strength in links.items():
        scaled = round(strength * _SCALE)
        sums.setdefault(ranks[a], {})[ranks[b]] = scaled
        sums.setdefault(ranks[b], {})[ranks[a]] = scaled
    return sums


def _entry(a: int, b: int, total: int, sizes: Mapping[int, int]) -> _Entry | None:
    """Return the heap entry of two clusters, best average first, or None below the cut."""
    one, other = min(a, b), max(a, b)
    average = total / (sizes[one] * sizes[other] * _SCALE)
    return (-average, one, other, sizes[one], sizes[other]) if average >= CUT else None


def _is_current(entry: _Entry, sizes: Mapping[int, int]) -> bool:
    """Tell whether neither cluster has grown or gone since the entry was made."""
    _, one, other, one_size, other_size = entry
    return sizes.get(one) == one_size and sizes.get(other) == other_size


def _merge(one: int, other: int, sizes: dict[int, int], sums: dict[int, dict[int, int]]) -> None:
    sizes[one] += sizes.pop(other)
    row = sums[one]
    for near, total in sums.pop(other).items():
        del sums[near][other]
        if near != one:
            row[near] = sums[near][one] = row.get(near, 0) + total
