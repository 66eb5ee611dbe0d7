"""Through which articles two others hang together. Pure."""

from __future__ import annotations

import heapq
import math
from collections import defaultdict
from collections.abc import Hashable, Iterable
from typing import TypeVar

NodeT = TypeVar("NodeT", bound=Hashable)


def likeliest_chain(
    start: NodeT, goal: NodeT, ties: Iterable[tuple[NodeT, NodeT, float]]
) -> tuple[NodeT, ...]:
    """Return the way from *start* to *goal* whose strengths (0 to 1) multiply to most.

    Both ends included, the fewest steps where two ways are as strong; empty where none leads there.
    """
    near: dict[NodeT, dict[NodeT, float]] = defaultdict(dict)
    for one, other, strength in ties:
        if strength > 0:
            cost = -math.log(min(strength, 1.0))
            near[one][other] = near[other][one] = min(cost, near[one].get(other, math.inf))
    # The count settles ties before nodes would be compared: not all of them have an order.
    waiting: list[tuple[float, int, int, tuple[NodeT, ...]]] = [(0.0, 0, 0, (start,))]
    done: set[NodeT] = set()
    count = 0
    while waiting:
        cost, steps, _, way = heapq.heappop(waiting)
        if way[-1] == goal:
            return way
        if way[-1] in done:
            continue
        done.add(way[-1])
        for node, further in near[way[-1]].items():
            if node not in done:
                count += 1
                heapq.heappush(waiting, (cost + further, steps + 1, count, (*way, node)))
    return ()
