"""Where texts came from, and how many are independent, in stories made by hand."""

import random
from datetime import timedelta

import pytest

from shared.stories.copies import CopyLink, count_independent
from shared.stories.origins import Carrying, Source, TextOrigin, find_origins
from tests.clocks import NOON

WIRE, POST, TIDE, ECHO, LONG, OWN = range(1, 7)


def _source(article_id: int, hours: float | None = None, agency: str | None = None) -> Source:
    at = NOON + timedelta(hours=article_id if hours is None else hours)
    return Source(article_id, f"Outlet {article_id}", at, hours is not None, agency)


def _link(a_id: int, b_id: int, relation: str, a: float = 1.0, b: float = 1.0) -> CopyLink:
    return CopyLink(a_id, b_id, relation, a, b)


def _how(origin: TextOrigin) -> dict[int, str]:
    return {carrier.source.article_id: carrier.how.value for carrier in origin.carriers}


# A wire, an equal text, one nearly equal, one cut, one with a third of its own, and a stranger.
STORY = [
    _link(WIRE, POST, "exact"),
    _link(WIRE, TIDE, "near_duplicate", 0.93, 0.95),
    _link(WIRE, ECHO, "contained", 0.50, 0.98),
    _link(WIRE, LONG, "contained", 0.97, 0.66),
    _link(POST, LONG, "contained", 0.97, 0.66),
    _link(TIDE, POST, "near_duplicate", 0.95, 0.93),
]


def test_a_wire_its_carriers_and_a_stranger():
    sources = [_source(n, n, "AP" if n in (POST, LONG) else None) for n in range(1, 7)]
    (origin,) = find_origins(sources, STORY)

    assert origin.first.article_id == WIRE
    assert _how(origin) == {POST: "whole", TIDE: "whole", ECHO: "shortened", LONG: "extended"}
    assert [carrier.source.article_id for carrier in origin.carried(Carrying.WHOLE)] == [POST, TIDE]
    assert origin.agencies == ("AP",)
    assert count_independent(range(1, 7), STORY, {}) == 2


def test_a_copy_known_before_its_original_is_told_from_it_by_its_date():
    sources = [_source(n, {WIRE: 5, POST: 9, TIDE: 3}[n]) for n in (WIRE, POST, TIDE)]
    (origin,) = find_origins(sources, STORY)
    assert origin.first.article_id == TIDE
    assert _how(origin) == {WIRE: "whole", POST: "whole"}


def test_without_any_date_the_first_to_arrive_is_the_origin():
    sources = [_source(n) for n in range(1, 7)]
    (origin,) = find_origins(sources, STORY)
    assert (origin.first.article_id, origin.first.is_dated) == (WIRE, False)


def test_the_order_of_articles_and_links_plays_no_part():
    sources, links = [_source(n) for n in range(1, 7)], list(STORY)
    expected = find_origins(sources, links)
    dice = random.Random(4)
    for _ in range(10):
        dice.shuffle(sources)
        dice.shuffle(links)
        assert find_origins(sources, links) == expected


@pytest.mark.parametrize(
    ("second", "how"),
    [
        pytest.param(_link(2, 3, "near_duplicate", 0.9, 0.9), "whole", id="copied on"),
        pytest.param(_link(2, 3, "contained", 0.4, 1.0), "shortened", id="then cut"),
        pytest.param(_link(2, 3, "contained", 1.0, 0.6), "extended", id="then extended"),
    ],
)
def test_a_copy_of_a_copy_carries_the_origin(second, how):
    links = [_link(1, 2, "exact"), second]
    (origin,) = find_origins([_source(n) for n in (1, 2, 3)], links)
    assert _how(origin) == {2: "whole", 3: how}
    assert [carrier.via_id for carrier in origin.carriers] == [None, 2]


def test_who_extends_a_cut_text_has_it_in_parts():
    links = [_link(1, 2, "contained", 0.5, 1.0), _link(2, 3, "contained", 1.0, 0.6)]
    (origin,) = find_origins([_source(n) for n in (1, 2, 3)], links)
    assert _how(origin) == {2: "shortened", 3: "parts"}


def test_who_takes_only_the_additions_has_them_from_who_added_them():
    links = [_link(1, 2, "contained", 1.0, 0.5), _link(2, 3, "contained", 0.5, 1.0)]
    first, second = find_origins([_source(n) for n in (1, 2, 3)], links)
    assert (first.first.article_id, _how(first)) == (1, {2: "extended"})
    assert (second.first.article_id, _how(second)) == (2, {3: "shortened"})


def test_two_texts_in_one_long_article_have_an_origin_each():
    links = [_link(1, 3, "contained", 1.0, 0.4), _link(2, 3, "contained", 1.0, 0.4)]
    found = find_origins([_source(n) for n in (1, 2, 3)], links)
    assert [(origin.first.article_id, _how(origin)) for origin in found] == [
        (1, {3: "extended"}),
        (2, {3: "extended"}),
    ]


def test_a_wire_text_that_nobody_has_whole_is_held_in_parts():
    links = [_link(1, 2, "overlap", 0.6, 0.7)]
    (origin,) = find_origins([_source(1, 1, "AP"), _source(2, 2, "AP")], links)
    assert (_how(origin), origin.agencies) == ({2: "parts"}, ("AP",))


@pytest.mark.parametrize(
    ("links", "agencies", "expected"),
    [
        pytest.param([], {}, 3, id="nothing shared"),
        pytest.param([_link(1, 2, "exact", 0, 0), _link(2, 3, "exact", 0, 0)], {}, 1, id="chain"),
        pytest.param([_link(1, 2, "overlap", 0.6, 0.7)], {}, 3, id="quoting at length"),
        pytest.param(
            [_link(1, 2, "overlap", 0.6, 0.7)], {1: "AP", 2: "AP"}, 2, id="parts of one agency"
        ),
        pytest.param(
            [_link(1, 2, "overlap", 0.6, 0.7)], {1: "AP", 2: "AFP"}, 3, id="of two agencies"
        ),
        pytest.param(
            [_link(1, 2, "contained", 1.0, 0.6), _link(1, 3, "contained", 1.0, 0.7)],
            {},
            1,
            id="both mostly the wire",
        ),
        pytest.param(
            [_link(1, 2, "contained", 1.0, 0.1), _link(1, 3, "contained", 1.0, 0.1)],
            {},
            2,
            id="a flash in two reports",
        ),
    ],
)
def test_texts_that_copy_each_other_count_once(links, agencies, expected):
    assert count_independent([1, 2, 3], links, agencies) == expected


def test_a_story_without_articles_has_no_text():
    assert count_independent([], [], {}) == 0
    assert find_origins([], []) == ()


def test_a_text_that_hundreds_carry_stays_cheap():
    ids = range(400)
    links = [_link(a, b, "exact") for a in ids for b in range(a + 1, min(a + 60, 400))]
    (origin,) = find_origins([_source(n) for n in ids], links)
    assert len(origin.carriers) == 399
    assert count_independent(ids, links, {}) == 1
