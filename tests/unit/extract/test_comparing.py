"""Comparing two articles: what an outlet repeats is no evidence of one event."""

import dataclasses
from datetime import UTC, datetime

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


def _article(number: int, title: str, text: str, outlet: str | None = "Quay Post") -> Compared:
    return break_up(
        StoredArticle(
            id=number,
            file_id=number,
            content_hash=str(number),
            title=title,
            text=text,
            outlet=outlet,
            url=None,
            published_at=DAY,
            published_source="meta",
            received_at=DAY,
            state="extracted",
            story_id=None,
        )
    )


def _compare(one: Compared, other: Compared, furniture: frozenset[int] = frozenset()):
    pages = (_masked(one, furniture), _masked(other, furniture))
    return compare(pages[0], [pages[1]], may_share_words=lambda _: True)


def _masked(one: Compared, furniture: frozenset[int]) -> Compared:
    spans = furniture_spans(one.tokens, furniture)
    return break_up(dataclasses.replace(one.article, furniture=spans))


def _score(one: Compared, other: Compared, furniture: frozenset[int] = frozenset()) -> float:
    return _compare(one, other, furniture)[0]["score"] if _compare(one, other, furniture) else 0.0


QUARRY_PAGE = _article(1, QUARRY_TITLE, f"{QUARRY}\n\n{LETTER}")
MOTH_PAGE = _article(2, LANTERN_TITLE, f"{LANTERN}\n\n{LETTER}")


def _from_elsewhere(page: Compared) -> Compared:
    article = dataclasses.replace(page.article, outlet="Tarn Times")
    return dataclasses.replace(page, article=article)


def test_a_block_that_one_outlet_puts_on_two_pages_makes_no_event_of_them():
    (link,) = _compare(QUARRY_PAGE, MOTH_PAGE)
    (elsewhere,) = _compare(QUARRY_PAGE, _from_elsewhere(MOTH_PAGE))
    assert link["relation"] == elsewhere["relation"] == "overlap"
    assert link["score"] < 0.1 < elsewhere["score"]


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
    ((start, end),) = furniture_spans(tokenize(text), frozenset(fingerprints(tokenize(LETTER))))
    assert text[start:end].endswith("asked for the money back")
    assert abs(start - text.index(LETTER)) < 60
    assert furniture_spans(tokenize(text), frozenset()) == ()
