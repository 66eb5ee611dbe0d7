"""What the answer to why says: who stands in whom, how far apart, and the score as a sum."""

from dataclasses import replace
from datetime import timedelta
from typing import Any

import pytest

from services.console.queries.bonds import Bond, BondKind
from services.console.queries.furniture import Mask, words_outside
from services.console.queries.relations import Relation, best_link, relation_in_words
from services.console.queries.score_sums import read_score_sum, sum_in_words
from services.console.queries.why import (
    Asked,
    Why,
    basis_in_words,
    changes_in_words,
    coverage_in_words,
    headline,
    mask_in_words,
    pair_passages,
    time_in_words,
)
from tests.clocks import NOON
from tests.rows import explanation

DAY = timedelta(days=1)
TEXT = "The bridge was opened on Monday. Sign up for our letter."


def asked(article_id: int, **values: Any) -> Asked:
    known: dict[str, Any] = {
        "title": "A bridge",
        "text": TEXT,
        "outlet": None,
        "published_at": NOON,
        "published_source": "meta",
        "received_at": NOON + DAY,
        "state": "matched",
        "story_id": 3,
        "mask": None,
    }
    return Asked(id=article_id, **known | values)


def related(
    relation: str = "overlap",
    coverage: tuple[float | None, float | None] = (0.12, 0.61),
    score: float = 0.9,
    **values: Any,
) -> Relation:
    passages = ((0, 32),) if relation != "same_event" else ()
    words = relation_in_words(relation, "a18", *coverage, score)
    known: dict[str, Any] = {"method": "alignment", "version": "1", "reasons": ()}
    found = Relation(18, "", relation, words, *coverage, passages, passages, score, **known)
    return replace(found, **values)


def why(one: Asked, other: Asked, weighed: Relation, **values: Any) -> Why:
    known: dict[str, Any] = {
        "is_linked": True,
        "linked_at": NOON,
        "shared_words": 312,
        "passages": (),
        "bond": Bond(BondKind.LINKED, "both are in s3 by their own link", (3, 3)),
        "would_change": (),
    }
    return Why(one=one, other=other, weighed=weighed, **known | values)


def test_the_later_text_comes_from_the_earlier_whichever_was_asked_first():
    early, late = asked(17), asked(18, published_at=NOON + DAY)
    expected = "61 % of a18 comes from a17; 12 % of a17 stands in a18; 312 shared words"

    assert coverage_in_words(why(early, late, related())) == expected
    assert coverage_in_words(why(late, early, related(coverage=(0.61, 0.12)))) == expected


def test_without_both_dates_nobody_is_said_to_copy():
    undated = asked(18, published_source="guess")

    said = coverage_in_words(why(asked(17), undated, related()))

    assert said.startswith("61 % of a18 stands in a17; 12 % of a17 stands in a18")


def test_one_event_has_no_coverage():
    assert coverage_in_words(why(asked(17), asked(18), related("same_event", (None, None)))) == ""


@pytest.mark.parametrize(
    ("days", "said"), [(0, "on the same day"), (1, "1 day apart"), (12, "12 days apart")]
)
def test_days_apart_are_said(days: int, said: str):
    assert time_in_words(why(asked(17), asked(18), related(days_apart=days))) == said


def test_who_has_no_date_is_named():
    undated = asked(18, published_at=None, published_source=None)

    assert time_in_words(why(asked(17), undated, related())) == "no date on a18"
    both = why(replace(undated, id=17), undated, related())
    assert time_in_words(both) == "no date on a17 and none on a18"


@pytest.mark.parametrize(
    ("relation", "coverage", "said"),
    [
        ("exact", (1.0, 1.0), "a17 is the same text as a18"),
        ("near_duplicate", (0.9, 0.95), "a17 is nearly the same text as a18: carries 95 % of it"),
        ("contained", (0.86, 0.4), "86 % of a17 stands in a18"),
        ("contained", (0.4, 0.86), "a17 carries 86 % of a18"),
        ("overlap", (0.1, 0.3), "a17 holds 30 % of a18"),
        ("same_event", (None, None), "a17 is the same event as a18 (probability 90 %)"),
    ],
)
def test_the_verdict_is_a_sentence(relation: str, coverage: tuple[float, float], said: str):
    assert headline(why(asked(17), asked(18), related(relation, coverage))) == said


def test_nothing_found_is_an_answer_too():
    weighed = related("same_event", (None, None), score=0.04)

    said = headline(why(asked(17), asked(18), weighed, is_linked=False))

    assert said.startswith("a17 and a18 share no words and no event that count")
    assert "4 %" in said


def test_the_sum_is_told_heaviest_first_from_before_looking_to_all():
    found = read_score_sum(
        0.62, explanation(lead_places_differ=-0.8, names=3.1, phrases=2.4, weekdays_shared=0.01)
    )

    assert found is not None
    assert sum_in_words(found) == (
        "before looking −4.5, same names +3.1, same phrases +2.4, places differ −0.8, in all +0.2"
    )


def test_many_small_parts_are_told_together():
    small: dict[str, Any] = {f"part_{number}": 0.04 for number in range(5)}

    found = read_score_sum(0.5, explanation(names=3.0, **small))

    assert found is not None
    assert "all else together +0.2, in all −1.3" in sum_in_words(found)


def test_a_link_that_kept_no_parts_has_no_sum():
    assert read_score_sum(0.7, {"reasons": ["same names +3.1"]}) is None
    event = related("same_event", (None, None))
    assert changes_in_words(event, 0.3, words_decide=False) == ()


def test_what_would_have_changed_it_is_counted_from_the_parts():
    total = read_score_sum(0.5, explanation(names=3.1, phrases=1.4))
    event = related("same_event", (None, None), score_sum=total)
    copy = related("contained", (0.9, 0.3), score_sum=total)

    lines = changes_in_words(event, 0.3, words_decide=False)
    assert any("without the same names" in line for line in lines)
    near = changes_in_words(copy, 0.3, words_decide=True)
    assert near == (near[0], *lines)
    assert near[0].startswith("it is a copy: that decides")
    far = changes_in_words(copy, 0.3, words_decide=False)
    assert far[0] == "it is a copy, but too far apart in time: only the sum decides"


def test_by_what_it_was_found_is_said_with_versions():
    total = read_score_sum(0.5, explanation(names=3.1))
    stored = why(asked(17), asked(18), related(score_sum=total))

    assert basis_in_words(stored) == (
        "method alignment 1, event score 1; link stored on 2026-03-02 12:00 UTC"
    )
    again = asked(18, mask=Mask(2, "sightings", ((0, 3),), NOON + DAY))
    assert basis_in_words(why(asked(17), again, related())).endswith("before the mask of a18")


def test_what_was_compared_at_once_is_said_with_its_cause():
    def basis(other: Asked, **values: Any) -> str:
        return basis_in_words(why(asked(17), other, related(), linked_at=None, **values))

    assert basis(asked(18)).endswith("just now: neither was found as a candidate for the other")
    assert basis(asked(18), is_linked=False).endswith("there is no link between them")
    assert basis(asked(18, state="extracted")).endswith("a18 is not linked yet")


def test_passages_stand_in_the_order_of_the_first_with_the_words_of_both():
    other = asked(18, text=f"Yes. {TEXT}")
    relation = replace(
        related(), passages_self=((33, 56), (0, 32)), passages_other=((38, 61), (5, 37))
    )

    first, second = pair_passages(asked(17), other, relation)

    assert first.one.text == first.other.text == "The bridge was opened on Monday."
    assert (second.one.start, second.other.start) == (33, 38)
    greyed = asked(17, mask=Mask(1, "sightings", ((0, 31),), NOON))
    assert [p.is_furniture for p in pair_passages(greyed, other, relation)] == [True, False]


def test_furniture_is_told_with_its_mask():
    masked = asked(17, mask=Mask(2, "sightings", ((28, 56),), NOON))

    assert mask_in_words(masked) == "50 % furniture (mask 2, sightings)"
    assert mask_in_words(asked(17)) == "no furniture known"
    assert "no furniture (mask 1" in mask_in_words(asked(17, mask=Mask(1, "sightings", (), NOON)))


@pytest.mark.parametrize(
    ("furniture", "left"),
    [
        ((), ((10, 30),)),
        (((0, 10), (30, 40)), ((10, 30),)),
        (((0, 40),), ()),
        (((15, 20),), ((10, 15), (20, 30))),
        (((25, 50), (0, 12)), ((12, 25),)),
    ],
)
def test_furniture_is_taken_out_of_a_span(
    furniture: tuple[tuple[int, int], ...], left: tuple[tuple[int, int], ...]
):
    assert words_outside("x" * 60, (10, 30), furniture) == left


def test_what_is_left_beside_furniture_must_be_words():
    assert words_outside(TEXT, (0, 32), ((0, 31),)) == ()
    assert words_outside(TEXT, (0, 32), ((0, 24),)) == ((24, 32),)


def test_a_copy_binds_more_than_a_likely_event_and_the_first_of_equals_most():
    event = related("same_event", (None, None), score=0.999)
    copy, other = related("contained", score=0.5), related("exact", score=0.501)

    assert best_link([event, copy, other]) is copy
    assert best_link([]) is None
