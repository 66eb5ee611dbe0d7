"""Comparing two articles: what an outlet repeats is no evidence of one event."""

import dataclasses
from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from services.extract.comparing import Compared, StoredArticle, break_up, compare
from services.extract.reuse import fingerprints, furniture_spans, tokenize
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE

LETTER = (
    "Every Saturday the Osmund Letter brings you the week from Veltra to the Isle of Perrin: "
    "tide tables from Tarn, the price of slate in Karsk, and one long read by Odile Farrow. "
    "Eleven thousand households along the Dunmarrow road already read it with their coffee, and "
    "nobody in Osmund has ever asked for the money back."
)
DAY = datetime(2026, 3, 1, tzinfo=UTC)


def _article(
    number: int,
    title: str,
    text: str,
    outlet: str | None = "Quay Post",
    *,
    days: int = 0,
    url: str | None = None,
) -> Compared:
    return break_up(
        StoredArticle(
            id=number,
            file_id=number,
            content_hash=str(number),
            title=title,
            text=text,
            outlet=outlet,
            url=url,
            published_at=DAY + timedelta(days=days),
            published_source="meta",
            received_at=DAY + timedelta(days=60),
            state="extracted",
            story_id=None,
        )
    )


def _compare(one: Compared, other: Compared, furniture: frozenset[int] = frozenset()):
    pages = (_masked(one, furniture), _masked(other, furniture))
    return compare(pages[0], [pages[1]], may_share_words=lambda _: True)


def _masked(one: Compared, furniture: frozenset[int]) -> Compared:
    spans = furniture_spans(one.article.text, one.tokens, furniture, frozenset())
    return break_up(dataclasses.replace(one.article, furniture=spans))


def _score(one: Compared, other: Compared, furniture: frozenset[int] = frozenset()) -> float:
    return _compare(one, other, furniture)[0]["score"] if _compare(one, other, furniture) else 0.0


QUARRY_PAGE = _article(1, QUARRY_TITLE, f"{QUARRY}\n\n{LETTER}")
MOTH_PAGE = _article(2, LANTERN_TITLE, f"{LANTERN}\n\n{LETTER}")


def _left_out(link: dict[str, Any]) -> object:
    return link["explanation"]["passages_left_out"]


def _from_elsewhere(page: Compared) -> Compared:
    article = dataclasses.replace(page.article, outlet="Tarn Times")
    return dataclasses.replace(page, article=article)


def test_a_block_on_two_pages_makes_no_event_of_them_whoever_carries_it():
    (link,) = _compare(QUARRY_PAGE, MOTH_PAGE)
    (elsewhere,) = _compare(QUARRY_PAGE, _from_elsewhere(MOTH_PAGE))
    assert link["relation"] == elsewhere["relation"] == "overlap"
    assert max(link["score"], elsewhere["score"]) < 0.1
    assert _left_out(link) == "one outlet has them in both"
    assert _left_out(elsewhere) == "nothing beside them tells of one event"


@pytest.mark.parametrize(
    ("days", "is_related"),
    [
        pytest.param(14, True, id="within-fourteen-days"),
        pytest.param(15, False, id="more-than-fourteen-days-apart"),
    ],
)
def test_a_block_on_two_pages_of_one_outlet_is_furniture_already_at_the_second_sighting(
    days: int, is_related: bool
):
    later = _article(2, LANTERN_TITLE, f"{LANTERN}\n\n{LETTER}", days=days)
    assert [link["relation"] for link in _compare(QUARRY_PAGE, later)] == ["overlap"] * is_related
    assert _compare(QUARRY_PAGE, _from_elsewhere(later))[0]["relation"] == "overlap"


def test_of_articles_without_a_date_the_days_of_arrival_tell_that_an_outlet_repeats_itself():
    pages = [
        dataclasses.replace(page, article=dataclasses.replace(page.article, published_at=None))
        for page in (QUARRY_PAGE, MOTH_PAGE)
    ]
    assert _compare(pages[0], pages[1])[0]["relation"] == "overlap"
    later = dataclasses.replace(pages[1].article, received_at=DAY + timedelta(days=90))
    assert _compare(pages[0], dataclasses.replace(pages[1], article=later)) == []


def test_a_page_that_lives_on_at_its_address_repeats_no_furniture():
    address = "https://quay.example/live"
    one = _article(1, QUARRY_TITLE, f"{QUARRY}\n\n{LETTER}", url=address)
    later = _article(2, LANTERN_TITLE, f"{LANTERN}\n\n{LETTER}", days=40, url=address)
    assert _compare(one, later)[0]["relation"] == "overlap"


def test_known_furniture_makes_no_link_whoever_carries_it():
    known = frozenset(fingerprints(tokenize(LETTER)))
    assert _compare(QUARRY_PAGE, MOTH_PAGE, known) == []
    assert _compare(QUARRY_PAGE, _from_elsewhere(MOTH_PAGE), known) == []


def test_a_later_version_that_keeps_half_of_the_words_stays_the_same_event():
    opening, _, rest = QUARRY.partition("\n\n")
    update = (
        f"{opening}\n\nAnsel Brook told a late sitting of the Osmund council that pumps for the "
        "Hollin quarry will come from Karsk, and Rhea Tamsin promised the geologists a road.\n\n"
        f"{rest[: len(rest) // 2]}"
    )
    (link,) = _compare(_article(1, QUARRY_TITLE, QUARRY), _article(2, QUARRY_TITLE, update))
    assert link["score"] > 0.9


def test_a_text_that_counts_as_furniture_for_the_most_part_keeps_its_profile():
    carried = frozenset(fingerprints(tokenize(QUARRY)))
    one, other = _article(1, QUARRY_TITLE, QUARRY), _article(2, QUARRY_TITLE, QUARRY, "Tarn Times")
    assert _score(one, other, carried) == _score(one, other)


def test_spans_of_furniture_are_places_in_the_text():
    text = f"{QUARRY}\n\n{LETTER}"
    learnt = frozenset(fingerprints(tokenize(LETTER)))
    ((start, end),) = furniture_spans(text, tokenize(text), learnt, frozenset())
    assert text[start:end].endswith("asked for the money back")
    assert abs(start - text.index(LETTER)) < 60
    assert furniture_spans(text, tokenize(text), frozenset(), frozenset()) == ()


def test_of_thousands_of_shared_passages_a_link_holds_the_first_and_counts_the_rest():
    line = "Twelve lamps burn on the old quay of Perrin until the last boat is home. "
    once, often = _article(1, "Lamps", line, "Tarn Times"), _article(2, "Lamps", line * 700)
    (link,) = _compare(once, often)
    assert len(link["passages_a"]) == len(link["passages_b"]) == 500
    assert link["explanation"]["passages_more"] == 200
