import pytest

from services.extract.reuse import Relation, RelationKind, relate, tokenize
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


def test_too_few_shared_words_are_only_an_overlap():
    words = " ".join(invented_words(4, 20))
    assert _relation(f"{words} tail", f"{words} end").kind is RelationKind.OVERLAP


@pytest.mark.parametrize(
    ("own", "other"),
    [
        pytest.param("", "", id="empty"),
        pytest.param(HARBOUR, invented_text(5, 200), id="unrelated"),
    ],
)
def test_texts_without_a_shared_passage_have_no_relation(own, other):
    assert relate(tokenize(own), tokenize(other)) is None
