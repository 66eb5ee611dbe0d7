import random
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.extract.events import (
    Fresh,
    Link,
    Member,
    Merge,
    Move,
    Split,
    StoryId,
    link_strength,
    regroup,
)
from services.extract.reuse import RelationKind


def _members(*stories: int | None) -> list[Member]:
    return [
        Member(number, f"{number:064x}", 100 + number, story)
        for number, story in enumerate(stories, 1)
    ]


def _all_linked(*ids: int, probability: float = 0.9) -> list[Link]:
    return [Link(a, b, probability) for a in ids for b in ids if a < b]


def test_the_first_article_of_a_story_asks_for_a_new_one():
    found = regroup(_members(None), [])
    assert found.assignments == {1: Fresh(0)}
    assert found.created == (Fresh(0),)
    assert (found.merged, found.split, found.moved) == ((), (), ())


def test_a_new_article_joins_the_story_it_is_linked_to():
    found = regroup(_members(7, 7, None), _all_linked(1, 2, 3))
    assert set(found.assignments.values()) == {7}
    assert found.created == ()


def test_a_bridge_merges_two_stories_under_the_larger_ones_id():
    found = regroup(_members(7, 9, 9, None), _all_linked(1, 2, 3, 4))
    assert set(found.assignments.values()) == {9}
    assert found.merged == (Merge(7, 9),)
    assert found.moved == ()


def test_tie_goes_to_the_oldest_story():
    found = regroup(_members(9, 7, None), _all_linked(1, 2, 3))
    assert found.merged == (Merge(9, 7),)


def test_the_smaller_part_of_a_split_gets_a_new_story():
    found = regroup(_members(7, 7, 7), [Link(1, 2, 0.9), Link(2, 3, 0.1)])
    assert found.assignments == {1: 7, 2: 7, 3: Fresh(0)}
    assert found.split == (Split(Fresh(0), 7),)
    assert found.moved == (Move(3, 7, Fresh(0)),)


def test_an_article_that_changes_story_is_told_as_moved():
    found = regroup(_members(7, 7, 9, 9, 7), [*_all_linked(1, 2), *_all_linked(3, 4, 5)])
    assert found.moved == (Move(5, 7, 9),)
    assert (found.merged, found.created) == ((), ())


@pytest.mark.parametrize(
    ("relation", "days_apart", "strength"),
    [
        pytest.param(RelationKind.EXACT, 0, 0.99, id="same-day-copy"),
        pytest.param(RelationKind.CONTAINED, 14, 0.99, id="last-day"),
        pytest.param(RelationKind.NEAR_DUPLICATE, 15, 0.2, id="too-far-apart"),
        pytest.param(RelationKind.EXACT, None, 0.99, id="no-dates"),
        pytest.param(RelationKind.OVERLAP, 0, 0.2, id="overlap-alone-never-merges"),
        pytest.param(None, 0, 0.2, id="no-shared-words"),
    ],
)
def test_a_copy_binds_within_fourteen_days(relation, days_apart, strength):
    assert link_strength(Link(1, 2, 0.2, relation, days_apart)) == strength


def test_links_to_articles_outside_and_to_oneself_are_ignored():
    found = regroup(_members(None), [Link(1, 99, 0.9), Link(1, 1, 0.9)])
    assert found.assignments == {1: Fresh(0)}


_STORIES = st.lists(st.none() | st.integers(1, 5), min_size=1, max_size=14)


@settings(max_examples=25, deadline=None)
@given(_STORIES, st.integers(0, 2**32))
def test_regrouping_does_not_depend_on_the_order_of_its_inputs(stories, seed):
    dice = random.Random(seed)
    members = _members(*stories)
    links = [
        Link(a.article_id, b.article_id, round(dice.random(), 1))
        for a in members
        for b in members
        if a.article_id < b.article_id and dice.random() < 0.6
    ]
    wanted = regroup(members, links)
    for _ in range(20):
        dice.shuffle(members)
        dice.shuffle(links)
        turned = [Link(each.b_id, each.a_id, each.probability) for each in links]
        assert regroup(members, turned) == wanted


@settings(max_examples=50, deadline=None)
@given(_STORIES, st.integers(0, 2**32))
def test_every_old_story_lives_on_or_is_merged_and_every_change_is_told(stories, seed):
    dice = random.Random(seed)
    members = _members(*stories)
    links = [Link(a, a + 1, dice.random()) for a in range(1, len(stories))]
    found = regroup(members, links)
    losers = {merge.loser: merge.winner for merge in found.merged}
    moved = {move.article_id: move.to_story for move in found.moved}
    living = set(found.assignments.values())
    for member in members:
        if member.story_id is not None:
            assert (member.story_id in living) != (member.story_id in losers)
            renamed = losers.get(member.story_id, member.story_id)
            assert found.assignments[member.article_id] == moved.get(member.article_id, renamed)
    assert set(losers.values()) <= living


def _row(story: StoryId, at: int) -> int:
    """Give a new story the row the store would: numbers that grow with every step."""
    return 50 + at * 10 + story.number if isinstance(story, Fresh) else story


def test_the_same_articles_in_any_order_of_arrival_make_the_same_stories():
    dice = random.Random(8)
    links = _all_linked(1, 2, 3) + _all_linked(4, 5) + [Link(3, 4, 0.4)]
    partitions = set()
    for _ in range(20):
        arrival = dice.sample(range(1, 6), 5)
        members: list[Member] = []
        for at, article in enumerate(arrival):
            members.append(Member(article, f"{article:064x}", at, None))
            known = {member.article_id for member in members}
            usable = [link for link in links if {link.a_id, link.b_id} <= known]
            found = regroup(members, usable)
            members = [
                replace(m, story_id=_row(found.assignments[m.article_id], at)) for m in members
            ]
        stories: dict[int | None, frozenset[int]] = {}
        for m in members:
            stories[m.story_id] = stories.get(m.story_id, frozenset()) | {m.article_id}
        partitions.add(frozenset(stories.values()))
    assert partitions == {frozenset({frozenset({1, 2, 3}), frozenset({4, 5})})}


def test_of_three_hundred_copies_of_one_text_none_is_a_story_of_its_own():
    """Each is linked to the first five only; on average, the later are bound by nearly nothing."""
    members = [Member(number, "one text", 100 + number, None) for number in range(1, 301)]
    links = [
        Link(first, later, 0.9, RelationKind.EXACT, 0)
        for later in range(2, 301)
        for first in range(1, min(later, 6))
    ]
    assert set(regroup(members, links).assignments.values()) == {Fresh(0)}
