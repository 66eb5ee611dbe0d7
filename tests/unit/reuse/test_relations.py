import pytest

from services.extract.reuse import (
    FurnitureReason,
    Relation,
    RelationKind,
    judge_repeat,
    relate,
    tokenize,
)
from tests.unit.reuse.texts import HARBOUR, invented_text, invented_words


def _relation(own: str, other: str) -> Relation:
    found = relate(tokenize(own), tokenize(other))
    assert found is not None
    return found


def test_the_same_words_with_other_quotes_and_spaces_are_exact():
    found = _relation(HARBOUR, HARBOUR.replace(" ", "  ").upper())
    assert found.kind is RelationKind.EXACT
    assert found.passages_self == ((0, len(HARBOUR) - 1),)


def test_a_lightly_edited_copy_is_a_near_duplicate():
    found = _relation(HARBOUR, HARBOUR.replace("Tuesday", "Wednesday").replace("four", "five"))
    assert found.kind is RelationKind.NEAR_DUPLICATE


def test_a_truncated_copy_is_contained_from_either_side():
    half = HARBOUR[: HARBOUR.index(" The harbour master")]
    found = _relation(half, HARBOUR)
    assert found.kind is RelationKind.CONTAINED
    assert found.coverage_self == 1.0
    assert 0.4 < found.coverage_other < 0.7
    assert _relation(HARBOUR, half) == found.swapped()


def test_an_article_mixed_from_two_overlaps_both_with_its_own_passages():
    a, c = invented_text(1, 240), invented_text(2, 240)
    mixed = f"{a[:700]} {invented_text(3, 24)} {c[-400:]}"
    with_a, with_c = _relation(mixed, a), _relation(mixed, c)
    assert {with_a.kind, with_c.kind} == {RelationKind.OVERLAP}
    assert mixed[slice(*with_a.passages_self[0])] in a
    assert mixed[slice(*with_c.passages_self[0])] in c
    assert with_a.passages_self[0][1] <= with_c.passages_self[0][0]


@pytest.mark.parametrize(
    ("words", "kind"),
    [
        pytest.param(19, RelationKind.OVERLAP, id="nineteen-words"),
        pytest.param(20, RelationKind.NEAR_DUPLICATE, id="a-flash-of-twenty"),
    ],
)
def test_too_few_shared_words_are_only_an_overlap(words, kind):
    shared = " ".join(invented_words(4, words))
    assert _relation(f"{shared} tail", f"{shared} end").kind is kind


def test_too_few_words_are_not_contained_either():
    short = " ".join(invented_words(4, 19))
    assert _relation(short, f"{short} {invented_text(5, 60)}").kind is RelationKind.OVERLAP


@pytest.mark.parametrize(
    ("left", "kind"),
    [
        pytest.param(0.45, RelationKind.OVERLAP, id="less-than-half-of-the-rest-is-shared"),
        pytest.param(0.55, RelationKind.CONTAINED, id="half-of-the-rest-is-shared"),
    ],
)
def test_a_copy_that_carries_the_furniture_too_stays_a_copy(left, kind):
    furniture, own = invented_text(6, 240), invented_words(7, 60)
    shared = " ".join(own[: round(60 * left)])
    one = f"{furniture} {shared} {' '.join(own[round(60 * left) :])}"
    other = f"{furniture} {shared} {invented_text(8, 300)}"
    masks = ((0, len(furniture)),)
    found = relate(tokenize(one), tokenize(other), masks, masks)
    assert found is not None
    assert found.coverage_self == pytest.approx(left, abs=0.01)
    assert found.kind is kind


_PASSAGE, _TEASER = invented_text(9, 60), invented_text(10, 20)
_PAGE, _OTHER_PAGE = invented_text(11, 200), invented_text(12, 200)


@pytest.mark.parametrize(
    ("shared", "days_apart", "reason"),
    [
        pytest.param(_PASSAGE, 14, None, id="a-passage-within-fourteen-days"),
        pytest.param(_PASSAGE, None, None, id="a-passage-on-unknown-days"),
        pytest.param(_PASSAGE, 15, FurnitureReason.MANY_DAYS, id="a-passage-later"),
        pytest.param(_TEASER, 0, FurnitureReason.ONE_OUTLET, id="a-teaser-on-one-day"),
        pytest.param(_TEASER, None, FurnitureReason.ONE_OUTLET, id="a-teaser-on-unknown-days"),
    ],
)
def test_what_an_outlet_repeats_on_two_pages_is_its_furniture(shared, days_apart, reason):
    found = _relation(f"{_PAGE} {shared}", f"{shared} {_OTHER_PAGE}")
    assert judge_repeat(found, days_apart) is reason


def test_an_outlet_that_publishes_an_article_again_repeats_no_furniture():
    assert judge_repeat(_relation(HARBOUR, HARBOUR), 400) is None
    assert judge_repeat(_relation(HARBOUR, HARBOUR.replace("four", "five")), 400) is None


@pytest.mark.parametrize(
    ("own", "other"),
    [
        pytest.param("", "", id="empty"),
        pytest.param(HARBOUR, invented_text(5, 200), id="unrelated"),
    ],
)
def test_texts_without_a_shared_passage_have_no_relation(own, other):
    assert relate(tokenize(own), tokenize(other)) is None
