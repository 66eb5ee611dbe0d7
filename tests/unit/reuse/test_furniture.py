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
            [("a", 0, 1, 0), ("b", 1, 1, 0), ("c", 40, 1, 0), ("d", 2, 2, 0)],
            None,
            id="a-late-reprint-elsewhere-is-no-sighting",
        ),
        pytest.param(
            [("a", 0, 1, 0), ("a", 15, 1, 0), ("a", 30, 1, 0)],
            MANY_DAYS,
            id="an-outlet-that-copies-itself-late-repeats-itself",
        ),
        pytest.param(
            [("a", 0, 1, 0), ("a", 14, 1, 0), ("a", 28, 1, 0)],
            None,
            id="copies-within-fourteen-days-of-the-last-sighting-count-once",
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
    rows = [("a", 0, 1, 0), ("b", 7, 2, 0), ("c", 15, 3, 0), ("d", 17, 3, 0), ("d", None, 4, 90)]
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


def test_a_gram_marks_its_line_up_to_the_next_counted_gram_that_is_none():
    page = _page(4)
    grams = gram_hashes(tokenize(page))
    ((start, end),) = _spans(page, frozenset({grams[-1]}))
    assert page.index(COOKIES) <= start <= tokenize(page).starts[-8]
    assert end == len(page) - 1
    learnt = frozenset(fingerprints(tokenize(page))) & frozenset(gram_hashes(tokenize(COOKIES)))
    assert [page[start:end] for start, end in _spans(page, learnt)] == [COOKIES.rstrip(".")]


def test_a_gram_across_two_lines_marks_the_end_of_one_and_the_start_of_the_other():
    page = f"{invented_text(7, 40)}\nsix words stand on this line\nand six more on this one\nend"
    tokens = tokenize(page)
    across = gram_hashes(tokens)[42]
    ((start, end),) = _spans(page, frozenset({across}))
    assert page[start:end] == "six words stand on this line\nand six more on this one"


def test_a_text_without_known_furniture_has_no_mask():
    assert _spans(_page(4), frozenset({7}), frozenset({7})) == ()
    assert _spans("", frozenset({7}), frozenset({7})) == ()


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("The same line stands here once more.\n" * 10_000, id="one-line-repeated"),
        pytest.param("The same line stands here once more. " * 10_000, id="one-sentence-repeated"),
        pytest.param(invented_text(1, 20_000), id="very-long"),
    ],
)
def test_a_text_that_is_all_furniture_is_one_span(text):
    tokens = tokenize(text)
    assert _spans(text, frozenset(fingerprints(tokens))) == ((0, tokens.ends[-1]),)


_DRESSED = {
    "plain": "the mayor's aide said no to a new cafe on the quay and then to all the others",
    "entities": "the mayor&#39;s aide said &quot;no&quot; to a new cafe on the quay "
    "&amp; and then to all the others",
    "typographic": "“The mayor’s aide” said “no” to a new cafe on the quay — and then to all "
    "the others…",
    "soft-hyphens": "the may\u00ador's aide said no to a new cafe on the quay and then to all "
    "the oth\u00aders",
}
_SMALL_WORDS = st.lists(st.sampled_from(["ant", "bee", "cow", "doe", "é", "e\u0301"]), max_size=60)


@settings(max_examples=60, deadline=None)
@given(
    _SMALL_WORDS,
    _SMALL_WORDS,
    st.sampled_from(sorted(_DRESSED)),
    st.sampled_from(sorted(_DRESSED)),
    st.sampled_from([" ", "\n", ". "]),
)
def test_furniture_learnt_from_one_page_is_the_same_words_on_another(
    before, after, here, there, joint
):
    learnt_from = _DRESSED[there]
    lines = frozenset(line_hashes(learnt_from, tokenize(learnt_from)))
    grams = frozenset(gram_hashes(tokenize(learnt_from)))
    page = joint.join([" ".join(before), _DRESSED[here], " ".join(after)])
    marked = [tokenize(page[start:end]).words for start, end in _spans(page, grams, lines)]
    if joint == "\n":
        assert marked == [tokenize(learnt_from).words]
    words = " ".join(word for piece in marked for word in piece)
    assert " ".join(tokenize(learnt_from).words) in words


def test_a_furniture_line_is_marked_to_the_character_wherever_it_stands():
    shown = "  “Read more: six ways to keep bees”  "
    page = f"{invented_text(5, 40)}\n\n{shown}\r\n{invented_text(6, 40)}"
    line = "read more — six ways to keep bees"
    ((start, end),) = _spans(page, lines=frozenset(line_hashes(line, tokenize(line))))
    assert page[start:end] == "Read more: six ways to keep bees"
