"""Through what two articles are in one story, or why they are in two."""

from services.console.queries.bonds import BondKind, Surroundings, Tie, find_bond
from services.console.queries.chains import likeliest_chain
from services.console.queries.rulings import Ruling
from tests.clocks import NOON


def tie(a_id: int, b_id: int, strength: float = 0.8) -> Tie:
    return Tie(a_id, b_id, strength, "same_event", strength, None, None)


def ruling(left: set[int], right: set[int], *, is_together: bool = True) -> Ruling:
    return Ruling(1, is_together, "anna", "one summit", NOON, frozenset(left), frozenset(right))


def around(stories: dict[int, int], *ties: Tie, rulings: tuple[Ruling, ...] = ()) -> Surroundings:
    return Surroundings(story_of=stories, ties=ties, rulings=rulings, story_cut=0.3)


ONE_STORY = dict.fromkeys((1, 2, 3, 4), 7)


def test_a_link_of_their_own_is_told_before_any_chain():
    bond = find_bond(1, 2, around(ONE_STORY, tie(1, 2, 0.4), tie(1, 3), tie(2, 3)))

    assert (bond.kind, bond.words) == (BondKind.LINKED, "both are in s7 by their own link")
    assert bond.kind.is_together


def test_a_chain_names_the_articles_it_goes_through_and_each_step():
    bond = find_bond(1, 3, around(ONE_STORY, tie(1, 2), tie(2, 3, 0.7)))

    assert (bond.kind, bond.words) == (BondKind.CHAINED, "both are in s7 through a2")
    assert [(step.from_id, step.to_id) for step in bond.steps] == [(1, 2), (2, 3)]
    assert bond.steps[1].words == "the same event as a3 (probability 70 %)"


def test_the_strongest_chain_is_told():
    bond = find_bond(1, 3, around(ONE_STORY, tie(1, 2, 0.4), tie(2, 3, 0.4), tie(1, 4), tie(3, 4)))

    assert bond.words == "both are in s7 through a4"


def test_a_persons_word_comes_before_any_link():
    bond = find_bond(1, 2, around(ONE_STORY, tie(1, 2), rulings=(ruling({1}, {2}),)))

    assert bond.kind is BondKind.RULED_TOGETHER
    assert bond.words == (
        "both are in s7: anna ruled on 2026-03-02 that they belong together (one summit)"
    )


def test_a_chain_may_lead_over_a_ruling():
    bond = find_bond(1, 3, around(ONE_STORY, tie(2, 3), rulings=(ruling({1}, {2}),)))

    assert bond.words == "both are in s7 through a2"
    assert bond.steps[0].words.startswith("anna ruled on 2026-03-02")


def test_articles_whose_links_were_taken_back_are_told_as_such():
    bond = find_bond(1, 2, around(ONE_STORY))

    assert bond.kind is BondKind.GROUPED
    assert "no chain of links leads from one to the other any more" in bond.words


def test_different_stories_tell_how_much_binds_them_on_average():
    bond = find_bond(1, 3, around({1: 7, 2: 7, 3: 8}, tie(1, 2), tie(1, 3, 0.4)))

    assert not bond.kind.is_together
    assert bond.words == (
        "they are in different stories, s7 and s8: over all their articles the links between the "
        "two average 20 %, and from 30 % they would be one"
    )


def test_different_stories_without_a_link_say_so():
    bond = find_bond(1, 3, around({1: 7, 3: 8}))

    assert "no link binds an article of one to one of the other" in bond.words


def test_a_ruling_that_keeps_two_apart_is_told():
    apart = ruling({1}, {3}, is_together=False)

    bond = find_bond(1, 3, around({1: 7, 3: 8}, tie(1, 3), rulings=(apart,)))

    assert bond.kind is BondKind.RULED_APART
    assert "anna ruled on 2026-03-02 that they do not belong together" in bond.words


def test_an_article_without_a_story_is_named():
    assert find_bond(1, 9, around(ONE_STORY)).words == "a9 has no story yet"
    assert find_bond(8, 9, around({})).words == "a8 and a9 have no story yet"


def test_where_no_way_leads_there_is_no_chain():
    assert likeliest_chain(1, 4, [(1, 2, 0.9), (3, 4, 0.9)]) == ()
    assert likeliest_chain(1, 3, [(1, 2, 0.9), (2, 3, 0.0)]) == ()
