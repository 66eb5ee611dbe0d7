from datetime import date, timedelta

import pytest

from services.extract.reuse import (
    Relation,
    Sighting,
    Tokens,
    fingerprints,
    furniture_grams,
    furniture_spans,
    gram_hashes,
    relate,
    tokenize,
)
from tests.unit.reuse.texts import COOKIES, invented_text

_DAY = date(2025, 3, 1)


def _sightings(*rows: tuple[str | None, int | None, int]) -> list[Sighting]:
    return [
        Sighting(number, outlet, None if days is None else _DAY + timedelta(days=days), group)
        for number, (outlet, days, group) in enumerate(rows)
    ]


@pytest.mark.parametrize(
    ("rows", "is_furniture"),
    [
        pytest.param([("a", 0, 1), ("a", 0, 2)], False, id="first-two-sightings"),
        pytest.param([("a", 0, 1), ("a", 1, 2), ("a", 2, 3)], True, id="third-of-one-outlet"),
        pytest.param([("a", 0, 1), ("b", 7, 2), ("c", 15, 3)], True, id="over-fourteen-days"),
        pytest.param([("a", 0, 1), ("b", 7, 2), ("c", 14, 3)], False, id="within-fourteen-days"),
        pytest.param([("a", 0, 1), ("b", 7, 1), ("c", 30, 1)], False, id="copies-of-one-text"),
        pytest.param([("a", 0, 1), ("a", 1, 1), ("a", 2, 2)], False, id="copies-of-one-outlet"),
        pytest.param([(None, 0, 1), (None, 0, 2), (None, 0, 3)], False, id="outlets-unknown"),
        pytest.param([("a", None, 1), ("b", None, 2), ("c", None, 3)], False, id="days-unknown"),
    ],
)
def test_furniture_needs_three_articles_over_time_or_of_one_outlet(rows, is_furniture):
    assert bool(furniture_grams({42: _sightings(*rows)})) is is_furniture


def _page(seed: int) -> str:
    return f"{invented_text(seed, 300)}\n\n{COOKIES}"


def _learnt(pages: list[str]) -> frozenset[int]:
    postings: dict[int, list[Sighting]] = {}
    for number, page in enumerate(pages):
        sighting = Sighting(number, "daily", _DAY, number)
        for gram in fingerprints(tokenize(page)):
            postings.setdefault(gram, []).append(sighting)
    return furniture_grams(postings)


def _relate(own: Tokens, other: Tokens, learnt: frozenset[int]) -> Relation | None:
    return relate(own, other, furniture_spans(own, learnt), furniture_spans(other, learnt))


def test_unrelated_pages_with_one_cookie_block_part_at_the_third_sighting():
    one, other, third = (tokenize(_page(seed)) for seed in (1, 2, 3))
    assert _relate(one, other, _learnt([_page(1), _page(2)])) is not None
    learnt = _learnt([_page(1), _page(2), _page(3)])
    assert learnt
    assert _relate(one, other, learnt) is None
    assert _relate(third, other, learnt) is None


def test_real_copies_stay_copies_beside_furniture():
    learnt = _learnt([_page(1), _page(2), _page(3)])
    copy = f"{invented_text(1, 300)}\n\nMore on this tomorrow, said the editor."
    found = _relate(tokenize(_page(1)), tokenize(copy), learnt)
    assert found is not None
    assert found.coverage_other > 0.9


def test_the_mask_marks_every_word_of_a_furniture_gram_and_nothing_without_one():
    tokens = tokenize(_page(4))
    last = gram_hashes(tokens)[-1]
    ((start, end),) = furniture_spans(tokens, frozenset({last}))
    assert (start <= tokens.starts[-8], end) == (True, tokens.ends[-1])
    assert furniture_spans(tokens, frozenset({7})) == ()
