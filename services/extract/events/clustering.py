"""Stories as clusters: average linkage over each connected group of links. Pure.

A function of the links alone: arrival order plays no part, ties go by content hash. A pair without
a link counts as 0, so one strong link never pulls two groups together.
"""

from __future__ import annotations

import heapq
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

LINK_FLOOR = 0.20
CUT = 0.22
LARGEST_GROUP = 500
_FLOOR_STEP = 0.10
_HIGHEST_FLOOR = 0.90
# Sums of whole numbers are exact, so they cannot depend on the order of adding.
_SCALE = 1_000_000

Strengths = Mapping[tuple[int, int], float]
# (minus the average, cluster, cluster, their sizes): a cluster is named by its lowest rank.
_Entry = tuple[float, int, int, int, int]


@dataclass(frozen=True, slots=True)
class Clustering:
    """Clusters of article ids, and the floor a too large group was raised to (None: no cap)."""

    clusters: tuple[frozenset[int], ...]
    raised_floor: float | None


def cluster_articles(ranks: Mapping[int, int], strengths: Strengths) -> Clustering:
    """Cluster articles by the strengths (0 to 1) of their links.

    *ranks* holds every article's place in an order that does not depend on arrival (sorted by
    content hash); it settles ties. Links below 0.20 are dropped, merging stops below an average of
    0.22. A connected group of more than 500 is cut by raising its floor in steps of 0.1, which is
    reported.
    """
    kept = {pair: value for pair, value in strengths.items() if value >= LINK_FLOOR}
    clusters: list[frozenset[int]] = []
    raised: float | None = None
    for group, links, floor in _pieces(frozenset(ranks), kept, LINK_FLOOR):
        raised = max(raised or 0.0, floor) if floor > LINK_FLOOR else raised
        clusters += _average_linkage(group, links, ranks)
    return Clustering(tuple(sorted(clusters, key=lambda each: min(ranks[a] for a in each))), raised)


def connected_groups(
    articles: Iterable[int], pairs: Iterable[tuple[int, int]]
) -> tuple[frozenset[int], ...]:
    """Return the connected groups of *articles* under *pairs*."""
    parent = {article: article for article in articles}

    def root(article: int) -> int:
        while parent[article] != article:
            parent[article] = parent[parent[article]]
            article = parent[article]
        return article

    for a, b in pairs:
        parent[root(a)] = root(b)
    groups: dict[int, set[int]] = {}
    for article in parent:
        groups.setdefault(root(article), set()).add(article)
    return tuple(frozenset(group) for group in groups.values())


def _pieces(
    articles: frozenset[int], links: Strengths, floor: float
) -> Iterator[tuple[frozenset[int], Strengths, float]]:
    waiting = [(articles, links, floor)]
    while waiting:
        members, known, floor = waiting.pop()
        for group, inside in _split(members, known):
            if len(group) > LARGEST_GROUP and floor < _HIGHEST_FLOOR:
                higher = round(floor + _FLOOR_STEP, 2)
                strong = {pair: value for pair, value in inside.items() if value >= higher}
                waiting.append((group, strong, higher))
            else:
                yield group, inside, floor


def _split(
    articles: frozenset[int], links: Strengths
) -> Iterator[tuple[frozenset[int], Strengths]]:
    groups = connected_groups(articles, links)
    home = {article: index for index, group in enumerate(groups) for article in group}
    inside: list[dict[tuple[int, int], float]] = [{} for _ in groups]
    for pair, value in links.items():
        inside[home[pair[0]]][pair] = value
    yield from zip(groups, inside, strict=True)


def _average_linkage(
    group: frozenset[int], links: Strengths, ranks: Mapping[int, int]
) -> list[frozenset[int]]:
    """Merge the two clusters with the highest average link until the best falls below the cut."""
    members = {ranks[article]: [article] for article in group}
    sums = _link_sums(links, ranks)
    heap = [
        entry
        for one, row in sums.items()
        for other, total in row.items()
        if one < other and (entry := _entry(one, other, total, members))
    ]
    heapq.heapify(heap)
    while heap:
        entry = heapq.heappop(heap)
        if _is_current(entry, members):
            one = _merge(entry, members, sums)
            for near, total in sums[one].items():
                if fresh := _entry(one, near, total, members):
                    heapq.heappush(heap, fresh)
    return [frozenset(articles) for articles in members.values()]


def _link_sums(links: Strengths, ranks: Mapping[int, int]) -> dict[int, dict[int, int]]:
    sums: dict[int, dict[int, int]] = {}
    for (a, b), strength in links.items():
        scaled = round(strength * _SCALE)
        sums.setdefault(ranks[a], {})[ranks[b]] = scaled
        sums.setdefault(ranks[b], {})[ranks[a]] = scaled
    return sums


def _entry(a: int, b: int, total: int, members: Mapping[int, list[int]]) -> _Entry | None:
    """Return the heap entry of two clusters, best average first, or None below the cut."""
    one, other = min(a, b), max(a, b)
    sizes = len(members[one]), len(members[other])
    average = total / (sizes[0] * sizes[1] * _SCALE)
    return (-average, one, other, *sizes) if average >= CUT else None


def _is_current(entry: _Entry, members: Mapping[int, list[int]]) -> bool:
    """Tell whether neither cluster has grown or gone since the entry was made."""
    _, one, other, one_size, other_size = entry
    return len(members.get(one, ())) == one_size and len(members.get(other, ())) == other_size


def _merge(entry: _Entry, members: dict[int, list[int]], sums: dict[int, dict[int, int]]) -> int:
    _, one, other, _, _ = entry
    members[one] += members.pop(other)
    row = sums[one]
    for near, total in sums.pop(other).items():
        del sums[near][other]
        if near != one:
            row[near] = sums[near][one] = row.get(near, 0) + total
    return one
