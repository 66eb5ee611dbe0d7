import random

import pytest

from services.extract.events import Blocks, connected_groups, unite_by_average
from services.extract.events.clustering import LINK_FLOOR


def _clusters(count: int, strengths: dict[tuple[int, int], float]) -> set[tuple[int, ...]]:
    blocks = Blocks(range(count))
    kept = {pair: strength for pair, strength in strengths.items() if strength >= LINK_FLOOR}
    unite_by_average({number: number for number in range(count)}, kept, blocks)
    return {tuple(sorted(cluster)) for cluster in blocks.groups()}


def test_one_strong_link_does_not_merge_two_groups():
    inside = {
        (a, b): 0.9 for group in ((0, 1, 2), (3, 4, 5)) for a in group for b in group if a < b
    }
    assert _clusters(6, {**inside, (2, 3): 0.85}) == {(0, 1, 2), (3, 4, 5)}


@pytest.mark.parametrize(
    ("strength", "clusters"),
    [pytest.param(0.22, {(0, 1)}, id="at-the-cut"), pytest.param(0.21, {(0,), (1,)}, id="below")],
)
def test_the_cut_is_an_average_of_twenty_two_percent(strength, clusters):
    assert _clusters(2, {(0, 1): strength}) == clusters


def test_a_pair_without_a_link_counts_as_nothing():
    assert _clusters(3, {(0, 1): 0.9, (1, 2): 0.43}) == {(0, 1), (2,)}


def test_an_article_without_links_stands_alone():
    assert _clusters(1, {}) == {(0,)}


def test_random_links_cluster_the_same_however_they_are_listed():
    dice = random.Random(4)
    links = {(a, b): round(dice.random(), 1) for a in range(40) for b in range(a + 1, 40)}
    wanted = _clusters(40, links)
    for _ in range(20):
        rows = list(links.items())
        dice.shuffle(rows)
        assert _clusters(40, dict(rows)) == wanted


def test_connected_groups_follow_links_both_ways():
    groups = connected_groups(range(5), [(0, 1), (3, 1), (2, 4)])
    assert set(groups) == {frozenset({0, 1, 3}), frozenset({2, 4})}
