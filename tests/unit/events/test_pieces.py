"""Themes that never end: cut into pieces by the links alone, frozen where nothing else is left."""

import random

from services.extract.events import FROZEN, LARGEST_PIECE, Links, find_pieces
from services.extract.events.clustering import LINK_FLOOR
from tests.unit.events.archive import Archive


def test_a_group_beyond_the_cap_is_cut_by_a_higher_floor():
    chain = {(at, at + 1): 0.35 for at in range(LARGEST_PIECE)}
    pieces = find_pieces(Links(range(LARGEST_PIECE + 1), chain), [0])
    assert {(len(piece.members), piece.floor) for piece in pieces} == {(1, 0.4)}
    assert len(pieces) == LARGEST_PIECE + 1


def test_a_group_as_large_as_the_cap_is_grouped_whole():
    chain = {(at, at + 1): 0.35 for at in range(LARGEST_PIECE - 1)}
    (piece,) = find_pieces(Links(range(LARGEST_PIECE), chain), [7])
    assert (len(piece.members), piece.floor) == (LARGEST_PIECE, LINK_FLOOR)


def test_the_article_that_is_one_too_many_has_the_whole_theme_cut():
    archive = Archive(largest=4)
    for article in range(1, 5):
        archive.arrive(article, dict.fromkeys(range(1, article), 0.35))
    assert set(archive.story_of.values()) == {1}
    archive.arrive(5, {4: 0.5})
    assert set(archive.floor_of.values()) == {0.4}
    assert archive.stories() == {frozenset({n}) for n in range(1, 4)} | {frozenset({4, 5})}


def test_an_article_in_a_theme_that_was_cut_touches_its_own_piece_alone():
    archive = Archive(largest=3)
    for article in range(1, 31):
        archive.arrive(
            article,
            {other: 0.8 if (article - other) % 10 == 0 else 0.3 for other in range(1, article)},
        )
    found = archive.arrive(31, {1: 0.3, 2: 0.3, 3: 0.8})
    assert set(found.assignments) == {31, 3, 13, 23}


def test_a_theme_bound_too_closely_is_frozen_and_newcomers_join_their_nearest():
    archive = Archive(largest=3)
    for article in range(1, 5):
        archive.arrive(article, dict.fromkeys(range(1, article), 0.95))
    archive.arrive(5, {1: 0.2})
    before = archive.stories()
    archive.arrive(6, {3: 0.99, 5: 0.91})
    assert archive.floor_of[1] == FROZEN
    assert before == {frozenset({1, 2, 3, 4}), frozenset({5})}
    assert archive.stories() == {frozenset({1, 2, 3, 4, 6}), frozenset({5})}


def test_copies_of_one_text_stay_one_story_however_many():
    """A copy is compared with so many others at most; the rest of them are no strangers."""
    archive = Archive(largest=20)
    for article in range(1, 101):
        archive.arrive(article, dict.fromkeys(range(1, min(article, 21)), 0.99))
    assert len(archive.stories()) == 1


def test_a_large_theme_is_cut_the_same_in_every_order_of_arrival():
    dice = random.Random(11)
    strengths = {
        (a, b): round(dice.uniform(0.2, 0.85), 2)
        for a in range(1, 41)
        for b in range(a + 1, 41)
        if dice.random() < 0.3
    }
    found = set()
    for _ in range(20):
        archive = Archive(largest=9)
        for article in dice.sample(range(1, 41), 40):
            known = {
                sum(pair) - article: strength
                for pair, strength in strengths.items()
                if article in pair and sum(pair) - article in archive.story_of
            }
            archive.arrive(article, known)
        found.add(frozenset(archive.stories()))
    assert len(found) == 1
