"""A block that three pages of an outlet have in common, as rules, topics and readers meet it."""

from __future__ import annotations

import pytest
from sqlalchemy import select

from shared.tables import article_lines, article_tags, furniture_masks
from tests.e2e import trap_texts as texts
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE
from tests.e2e.days import Days
from tests.e2e.watching import watch

FIRST = ("told", "first_in_story")
PAGES = {
    "quarry": (QUARRY_TITLE, QUARRY),
    "moth": (LANTERN_TITLE, LANTERN),
    "loaf": (texts.BAKERY_TITLE, texts.BAKERY),
}
# It names people and places of the articles: words that alone would speak for one event.
NAMING_BLOCK = (
    "Every Saturday the Osmund Letter brings you the week from Veltra to the Isle of Perrin: tide "
    "tables from Tarn, the price of slate in Karsk, and one long read by Odile Farrow. Eleven "
    "thousand households along the Dunmarrow road already read it with their coffee."
)
TOPIC_BLOCK = (
    "Most read this week: crews dig for dioxin at Bien Hoa air base, a UXO clearance team finds "
    "its thousandth bomb, and what the quiz said about unexploded ordnance."
)
LINE = "Also in pictures: ferries of Perrin"


def _see(days: Days, block: str, count: int = 3) -> None:
    """Drop those of the first *count* pages that have not come yet, a day after another."""
    known = len(days.books.articles())
    for day, (name, (title, text)) in list(enumerate(PAGES.items()))[known:count]:
        days.arrive(name, title, f"{text}\n\n{block}", outlet="Quay Post", day=day)


def _masked(days: Days) -> dict[str, list[str]]:
    """Return file name -> what the latest mask of its article covers."""
    texts_of = {row.id: row for row in days.books.articles()}
    rows = days.books.rows(select(furniture_masks).order_by(furniture_masks.c.version))
    return {
        texts_of[row.article_id].name: [
            texts_of[row.article_id].text[start:end] for start, end in row.spans
        ]
        for row in rows
    }


@pytest.mark.parametrize("third", [False, True], ids=["two-sightings", "three-sightings"])
def test_a_block_full_of_their_names_makes_no_story_of_two_outlets(days: Days, *, third: bool):
    sightings = (("quarry", "Quay Post", 0), ("moth", "Tarn Times", 8), ("loaf", "Voice", 17))
    for name, outlet, day in sightings[: 3 if third else 2]:
        title, text = PAGES[name]
        days.arrive(name, title, f"{text}\n\n{NAMING_BLOCK}", outlet=outlet, day=day)

    assert [link.relation for link in days.links()] == ([] if third else ["overlap"])
    names = [name for name, *_ in sightings[: 3 if third else 2]]
    assert days.stories() == {frozenset({name}) for name in names}
    assert days.told() == dict.fromkeys(names, FIRST)


@pytest.mark.parametrize("block", [texts.COOKIES, LINE], ids=["block", "short-line"])
def test_the_third_sighting_masks_the_block_on_every_page(days: Days, block: str):
    _see(days, block)

    masked = _masked(days)
    assert set(masked) == {f"{name}.json" for name in PAGES}
    assert {" ".join(parts).rstrip(".") for parts in masked.values()} == {block.rstrip(".")}


def test_a_topic_that_only_the_block_names_goes_from_every_page(days: Days):
    _see(days, TOPIC_BLOCK, count=2)
    before = days.books.rows(select(article_tags))
    _see(days, TOPIC_BLOCK)

    assert {row.topic for row in before} >= {"dioxin-remediation", "uxo-clearance"}
    assert days.books.rows(select(article_tags)) == []


def test_a_rule_reads_the_block_until_it_is_known_and_takes_nothing_back(days: Days):
    watch(days.stepper.runtime.database, {"partners": "partners AND device"})
    _see(days, texts.COOKIES)

    read = [row for row in days.books.ledger() if row.rule == "partners"]
    assert [row.file for row in read] == ["quarry.json", "moth.json"]
    assert {(row.state, row.reason) for row in read} == {FIRST}


def test_lines_are_counted_within_bounds(days: Days):
    many = "\n".join(f"Line {number} of the timetable" for number in range(5_000))
    _see(days, LINE, count=1)
    days.arrive("timetable", "Flat timetable", many)

    counted = days.books.rows(select(article_lines))
    assert 0 < len(counted) <= 400
