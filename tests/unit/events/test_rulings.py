"""What people rule binds every later regrouping; what they take back leaves no trace."""

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.extract.events import Ruling, RulingKind, contradicted
from tests.unit.events.archive import Archive

TOGETHER, APART = RulingKind.TOGETHER, RulingKind.APART


def _archive(count: int, strength: float = 0.9, *groups: range) -> Archive:
    """Articles 1 to *count*, linked with all others of their group."""
    archive = Archive()
    for article in range(1, count + 1):
        own = next((group for group in groups if article in group), range(0))
        archive.arrive(article, {other: strength for other in own if other < article})
    return archive


def _stories(archive: Archive) -> list[tuple[int, ...]]:
    return sorted(tuple(sorted(group)) for group in archive.stories())


def test_stories_ruled_together_are_one_though_nothing_links_them():
    archive = _archive(4, 0.9, range(1, 3), range(3, 5))
    archive.rule(TOGETHER, [1, 2], [3, 4])
    assert _stories(archive) == [(1, 2, 3, 4)]
    assert archive.merged_into == {1: None, 2: 1}


def test_what_joins_one_part_of_a_merged_story_joins_the_whole():
    """However large the other part: its missing links do not count against the new article."""
    archive = _archive(12, 0.9, range(1, 11), range(11, 13))
    archive.rule(TOGETHER, range(1, 11), [11, 12])
    archive.arrive(13, {11: 0.8, 12: 0.8})
    assert _stories(archive) == [tuple(range(1, 14))]


def test_articles_ruled_apart_stay_apart_whatever_links_them_later():
    archive = _archive(3, 0.99, range(1, 4))
    archive.rule(APART, [3], [1, 2])
    archive.arrive(4, {1: 0.99, 2: 0.99, 3: 0.99})
    assert {1, 2} <= set(_stories(archive)[0])
    assert archive.story_of[3] != archive.story_of[1]


def test_a_block_carries_what_keeps_its_members_apart():
    """2 must not be with 3, and 1 is with 2: so 1 must not be with 3 either, however alike."""
    archive = _archive(3, 0.9, range(2, 4))
    archive.rule(APART, [3], [2])
    archive.rule(TOGETHER, [1], [2])
    archive.relink((1, 3), 0.99)
    assert _stories(archive) == [(1, 2), (3,)]


def test_a_split_leaves_the_old_id_to_the_larger_part_and_undone_gives_it_back():
    archive = _archive(3, 0.9, range(1, 4))
    archive.rule(APART, [1], [2, 3])
    assert (archive.story_of[2], archive.story_of[1]) == (1, 2)
    archive.undo(1)
    assert set(archive.story_of.values()) == {1}
    assert archive.merged_into == {1: None, 2: 1}


def test_what_splits_off_an_undone_merge_is_a_new_story_and_raises_no_old_one():
    archive = _archive(3, 0.9, range(1, 3))
    archive.rule(TOGETHER, [1, 2], [3])
    archive.undo(1)
    assert archive.story_of == {1: 1, 2: 1, 3: 3}
    assert archive.merged_into == {1: None, 2: 1, 3: None}


@pytest.mark.parametrize(
    ("kind", "left", "right", "against"),
    [
        pytest.param(TOGETHER, {1}, {3}, [2], id="kept-apart-by-a-split"),
        pytest.param(TOGETHER, {2}, {3}, [2], id="through-its-mate"),
        pytest.param(APART, {1}, {2, 4}, [1], id="tied-by-a-merge"),
        pytest.param(APART, {2}, {3}, [], id="said-twice"),
        pytest.param(TOGETHER, {1}, {4}, [], id="says-more"),
    ],
)
def test_a_ruling_against_a_standing_one_is_found(kind, left, right, against):
    standing = [
        Ruling(1, TOGETHER, frozenset({1}), frozenset({2})),
        Ruling(2, APART, frozenset({1}), frozenset({3})),
    ]
    assert contradicted(Ruling(0, kind, frozenset(left), frozenset(right)), standing) == against


def _act(archive: Archive, dice: random.Random, *, may_unlink: bool) -> None:
    known = sorted(archive.story_of)
    deed = dice.choice(["arrive", "arrive", "relink", "together", "apart", "undo"])
    if deed == "arrive" or len(known) < 3:
        near = dice.sample(known, min(len(known), dice.randrange(5)))
        archive.arrive(len(known) + 1, {o: round(dice.uniform(0.2, 0.84), 1) for o in near})
    elif deed == "relink":
        a, b = sorted(dice.sample(known, 2))
        is_less = may_unlink and dice.random() < 0.5
        floor = 0.1 if may_unlink else archive.strengths.get((a, b), 0.3)
        archive.relink((a, b), None if is_less else round(dice.uniform(floor, 0.84), 1))
    elif deed == "undo" and archive.rulings:
        archive.undo(dice.choice(sorted(archive.rulings)))
    elif deed == "together":
        a, b = dice.sample(known, 2)
        archive.rule(TOGETHER, [a], [b])
    elif deed == "apart":
        own = [a for a in known if archive.story_of[a] == archive.story_of[dice.choice(known)]]
        if len(own) > 1:
            cut = dice.randrange(1, len(own))
            archive.rule(APART, own[:cut], own[cut:])


def _check(archive: Archive) -> None:
    living = set(archive.story_of.values())
    for story in archive.merged_into:
        seen, at = {story}, archive.merged_into[story]
        while at is not None:
            assert at not in seen, "stories merged in a circle"
            seen.add(at)
            at = archive.merged_into[at]
    assert living == {story for story, into in archive.merged_into.items() if into is None}
    assert archive.stories() == archive.at_once()


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40))
def test_any_history_of_links_and_rulings_ends_as_if_everything_came_at_once(seed, steps):
    dice, archive = random.Random(seed), Archive()
    for _ in range(steps):
        _act(archive, dice, may_unlink=True)
        _check(archive)


@settings(max_examples=60, deadline=None)
@given(st.integers(0, 2**32), st.integers(1, 40), st.integers(1, 5))
def test_so_does_any_history_of_a_theme_too_large_to_be_grouped_whole(seed, steps, largest):
    """Links only gain (what was cut once stays cut) and stay below 0.9 (nothing is frozen)."""
    dice, archive = random.Random(seed), Archive(largest=largest)
    for _ in range(steps):
        _act(archive, dice, may_unlink=False)
        _check(archive)
