from datetime import date, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.extract.reuse import (
    FurnitureReason,
    Relation,
    Sighting,
    Spans,
    Verdict,
    fingerprints,
    furniture_spans,
    gram_hashes,
    judge,
    line_hashes,
    relate,
    tokenize,
)
from tests.unit.reuse.texts import COOKIES, invented_text

_DAY = date(2025, 3, 1)
_NONE: frozenset[int] = frozenset()
MANY_DAYS, ONE_OUTLET, COMMON = FurnitureReason


def _sightings(*rows: tuple[str | None, int | None, int, int]) -> list[Sighting]:
    return [
        Sighting(
            number,
            outlet,
            None if days is None else _DAY + timedelta(days=days),
            _DAY + timedelta(days=arrived),
            group,
        )
        for number, (outlet, days, group, arrived) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("rows", "reason"),
    [
        pytest.param([("a", 0, 1, 0), ("a", 0, 2, 0)], None, id="first-two-sightings"),
        pytest.param(
            [("a", 0, 1, 0), ("a", 1, 2, 0), ("a", 2, 3, 0)], ONE_OUTLET, id="third-of-one-outlet"
        ),
        pytest.param(
            [("a", 0, 1, 0), ("b", 7, 2, 0), ("c", 15, 3, 0)], MANY_DAYS, id="over-fourteen-days"
        ),
        pytest.param(
            [("a", 0, 1, 0), ("b", 7, 2, 0), ("c", 14, 3, 30)], None, id="within-fourteen-days"
        ),
        pytest.param(
            [("a", 0, 1, 0), ("b", 7, 1, 0), ("c", 30, 1, 0)], None, id="copies-of-one-text"
        ),
        pytest.param(
            [("a", 0, 1, 0), ("a", 1, 1, 0), ("a", 2, 2, 0)], None, id="copies-of-one-outlet"
        ),
        pytest.param(
            [("a", 0, 1, 0), ("b", 1, 2, 0), ("c", 2, 3, 0), ("c", 40, 3, 0)],
            None,
            id="a-late-copy-is-no-sighting",
        ),
        pytest.param(
            [(None, 0, 1, 0), (None, 0, 2, 0), (None, 0, 3, 0)], None, id="outlets-unknown"
        ),
        pytest.param(
            [("a", None, 1, 0), ("b", None, 2, 9), ("c", None, 3, 14)], None, id="days-unknown"
        ),
        pytest.param(
            [("a", None, 1, 0), ("b", None, 2, 9), ("c", None, 3, 15)],
            MANY_DAYS,
            id="days-unknown-arrived-over-fourteen-days",
        ),
        pytest.param(
            [("a", 0, 1, 99), ("b", None, 2, 99), ("c", None, 3, 99)],
            None,
            id="publication-and-arrival-are-not-mixed",
        ),
        pytest.param([("a", 0, 1, 0), ("b", 0, 1, 0)] * 21, COMMON, id="more-than-forty"),
        pytest.param([("a", 0, 1, 0), ("b", 0, 1, 0)] * 20, None, id="forty-copies"),
    ],
)
def test_furniture_needs_three_articles_over_time_or_of_one_outlet(rows, reason):
    verdict = judge(_sightings(*rows))
    assert (verdict and verdict.reason) == reason


def test_a_verdict_says_how_many_articles_over_which_days_and_of_which_outlet():
    rows = [("a", 0, 1, 0), ("b", 7, 2, 0), ("c", 15, 3, 0), ("c", 17, 3, 0), ("d", None, 4, 90)]
    assert judge(_sightings(*rows)) == Verdict(
        MANY_DAYS, 5, _DAY, _DAY + timedelta(days=15), outlet=None
    )
    rows = [("a", 0, 1, 0), ("a", None, 2, 5), ("a", 3, 3, 0)]
    assert judge(_sightings(*rows)) == Verdict(
        ONE_OUTLET, 3, _DAY, _DAY + timedelta(days=5), outlet="a"
    )


_SIGHTINGS = st.lists(
    st.tuples(
        st.sampled_from(["a", "b", None]),
        st.none() | st.integers(0, 40),
        st.integers(1, 5),
        st.integers(0, 40),
    ),
    max_size=8,
)


@settings(max_examples=200, deadline=None)
@given(_SIGHTINGS, st.randoms(use_true_random=False))
def test_a_verdict_is_a_function_of_the_set_of_sightings(rows, dice):
    sightings = _sightings(*rows)
    shuffled = [*sightings, *sightings]
    dice.shuffle(shuffled)
    assert judge(shuffled) == judge(sightings)


def _page(seed: int) -> str:
    return f"{invented_text(seed, 300)}\n\n{COOKIES}"


def _learnt(pages: list[str]) -> frozenset[int]:
    postings: dict[int, list[Sighting]] = {}
    for number, page in enumerate(pages):
        sighting = Sighting(number, "daily", _DAY, _DAY, number)
        for gram in fingerprints(tokenize(page)):
            postings.setdefault(gram, []).append(sighting)
    return frozenset(gram for gram, seen in postings.items() if judge(seen))


def _relate(own: str, other: str, learnt: frozenset[int]) -> Relation | None:
    return relate(tokenize(own), tokenize(other), _spans(own, learnt), _spans(other, learnt))


def _spans(page: str, grams: frozenset[int] = _NONE, lines: frozenset[int] = _NONE) -> Spans:
    return furniture_spans(page, tokenize(page), grams, lines)


def test_unrelated_pages_with_one_cookie_block_part_at_the_third_sighting():
    one, other, third = (_page(seed) for seed in (1, 2, 3))
    assert _relate(one, other, _learnt([_page(1), _page(2)])) is not None
    learnt = _learnt([_page(1), _page(2), _page(3)])
    assert learnt
    assert _relate(one, other, learnt) is None
    assert _relate(third, other, learnt) is None


def test_real_copies_stay_copies_beside_furniture():
    learnt = _learnt([_page(1), _page(2), _page(3)])
    copy = f"{invented_text(1, 300)}\n\nMore on this tomorrow, said the editor."
    found = _relate(_page(1), copy, learnt)
    assert found is not None
    assert found.coverage_other > 0.9


def test_the_mask_marks_every_word_of_a_furniture_gram_and_nothing_without_one():
    tokens = tokenize(_page(4))
    last = gram_hashes(tokens)[-1]
    ((start, end),) = _spans(_page(4), frozenset({last}))
    assert (start <= tokens.starts[-8], end) == (True, tokens.ends[-1])
    assert _spans(_page(4), frozenset({7})) == ()


def test_a_furniture_line_is_marked_to_the_character_wherever_it_stands():
    shown = "  “Read more: six ways to keep bees”  "
    page = f"{invented_text(5, 40)}\n\n{shown}\r\n{invented_text(6, 40)}"
    line = "read more — six ways to keep bees"
    ((start, end),) = _spans(page, lines=frozenset(line_hashes(line, tokenize(line))))
    assert page[start:end] == "Read more: six ways to keep bees"
