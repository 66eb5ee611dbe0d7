"""The traps of telling stories apart, through the real jobs: links, stories and who is told.

| trap | where it is sprung |
|---|---|
| two pages with one block in common: two sightings, then the third | here |
| a shortened copy before the whole, and after it | here |
| one article out of two others, its passages to the character | here |
| the same cast on another day; the same kind of event elsewhere | here |
| a live blog: twenty versions at one address | here |
| twenty orders of arrival | `tests/integration/extract/test_linking.py` |
| two workers, two halves | `tests/integration/extract/test_linking_at_once.py` |
| a worker killed between announcing an article and looking around | here; for every step \
`tests/faults/test_outages.py` |
| a very long article, an empty one, one of ten words, one line ten thousand times | \
`tests/e2e/test_size_traps.py` |
"""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from services.extract.jobs import LinkContext, link_articles
from shared.steps import EXTRACT, LINK
from shared.sweeping import sweep
from tests.e2e import trap_texts as texts
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE, record
from tests.e2e.days import Days

FIRST = ("told", "first_in_story")
ADDS = ("told", "adds_new")
COPY = ("suppressed", "copy_of_known")

BLOCKS = {"cookies": texts.COOKIES, "newsletter": texts.NEWSLETTER, "gallery": texts.GALLERY}
PAGES = {
    "quarry": (QUARRY_TITLE, QUARRY),
    "moth": (LANTERN_TITLE, LANTERN),
    "loaf": (texts.BAKERY_TITLE, texts.BAKERY),
}
ONE_OUTLET = (("Quay Post", 0), ("Quay Post", 1), ("Quay Post", 2))
MANY_DAYS = (("Quay Post", 0), ("Tarn Times", 8), ("Valley Voice", 17))
Sightings = Sequence[tuple[str, int]]
SEEN = pytest.mark.parametrize("seen", [ONE_OUTLET, MANY_DAYS], ids=["one-outlet", "many-days"])
BLOCK = pytest.mark.parametrize("block", BLOCKS.values(), ids=BLOCKS)


def _see(days: Days, block: str, seen: Sightings) -> None:
    """Drop pages that have nothing in common but *block*, one for each of *seen*."""
    known = len(days.books.articles())
    for (name, (title, text)), (outlet, day) in list(zip(PAGES.items(), seen, strict=False))[
        known:
    ]:
        days.arrive(name, title, f"{text}\n\n{block}", outlet=outlet, day=day)


@BLOCK
@SEEN
def test_two_pages_with_one_block_in_common_overlap_and_are_two_stories(
    days: Days, block: str, seen: Sightings
):
    _see(days, block, seen[:2])

    (link,) = days.links()
    a, b = days.books.articles()
    assert link.relation == "overlap"
    for article, passages in ((a, link.passages_a), (b, link.passages_b)):
        assert [article.text[start:end] for start, end in passages] == [block.rstrip(".")]
    assert days.stories() == {frozenset({"quarry"}), frozenset({"moth"})}
    assert days.told() == {"quarry": FIRST, "moth": FIRST}


@BLOCK
@SEEN
def test_the_third_sighting_of_a_block_takes_back_the_links_that_rested_on_it(
    days: Days, block: str, seen: Sightings
):
    _see(days, block, seen[:2])
    _see(days, block, seen)

    assert days.links() == []
    assert days.stories() == {frozenset({name}) for name in PAGES}
    assert days.told() == dict.fromkeys(PAGES, FIRST)


def test_a_shortened_copy_and_then_the_whole_is_told_once_more_with_what_is_new(days: Days):
    days.arrive("short", texts.FLOOD_TITLE, texts.FLOOD_SHORT, outlet="Quay Post")
    days.arrive("whole", texts.FLOOD_TITLE, texts.FLOOD_FULL, outlet="Tarn Times")

    (link,) = days.links()
    assert (link.relation, round(link.coverage_a, 2)) == ("contained", 1.0)
    assert days.stories() == {frozenset({"short", "whole"})}
    assert days.told() == {"short": FIRST, "whole": ADDS}
    (adds,) = (article["adds"] for article in days.messages()[1]["articles"])
    assert tuple(adds["sentences"]) == texts.FLOOD_ADDED


def test_the_whole_and_then_a_shortened_copy_is_silent(days: Days):
    days.arrive("whole", texts.FLOOD_TITLE, texts.FLOOD_FULL, outlet="Tarn Times")
    days.arrive("short", texts.FLOOD_TITLE, texts.FLOOD_SHORT, outlet="Quay Post")

    assert [link.relation for link in days.links()] == ["contained"]
    assert days.stories() == {frozenset({"short", "whole"})}
    assert days.told() == {"whole": FIRST, "short": COPY}
    assert len(days.messages()) == 1
    assert [story.independent_count for story in days.summaries()] == [1]


def _curly_typed(text: str) -> str:
    """Return *text* as the page spells it for its reader."""
    return text.replace(' "', " “").replace('"', "”").replace("'", "’")


def test_one_article_out_of_two_others_overlaps_both_to_the_character(days: Days):
    days.arrive_as("a.html", texts.as_page(texts.MINE_A_TITLE, texts.MINE_A))
    days.arrive_as("c.html", texts.as_page(texts.MINE_C_TITLE, texts.MINE_C))
    days.arrive("mixed", texts.MIXED_TITLE, texts.MIXED, outlet="Valley Voice", dated=False)

    a, c, mixed = days.books.articles()
    relations = days.books.relations()
    assert relations[frozenset({"a.html", "mixed.json"})] == "overlap"
    assert relations[frozenset({"c.html", "mixed.json"})] == "overlap"
    assert days.stories() == {frozenset({"a", "c", "mixed"})}
    links = {link.a_id: link for link in days.links() if link.b_id == mixed.id}
    for source, passages in (
        (a, (texts.MINE_A_TAKEN.rstrip("."),)),
        (c, texts.MINE_C_PASSAGES),
    ):
        link = links[source.id]
        copied = [mixed.text[start:end] for start, end in link.passages_b]
        shown = [source.text[start:end].replace("\xa0", " ") for start, end in link.passages_a]
        assert copied == list(passages)
        assert shown == [_curly_typed(passage) for passage in passages]
    assert 0.60 <= links[a.id].coverage_a <= 0.62
    assert 0.60 <= links[a.id].coverage_b <= 0.66


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
def test_the_same_cast_on_another_day_is_another_story(days: Days, *, dated: bool):
    days.arrive("accord", QUARRY_TITLE, QUARRY, outlet="Osmund Wire", dated=dated)
    days.arrive("market", texts.MARKET_TITLE, texts.MARKET, outlet="Quay Post", day=20, dated=dated)

    assert days.stories() == {frozenset({"accord"}), frozenset({"market"})}
    assert days.told() == {"accord": FIRST, "market": FIRST}


@pytest.mark.parametrize("dated", [True, False], ids=["dated", "undated"])
@pytest.mark.parametrize(
    ("second", "outlet"),
    [
        pytest.param(texts.QUAKES[1], "World Wire", id="one-agency"),
        pytest.param(texts.QUAKE_RETOLD, "Selva Diario", id="another-outlet"),
    ],
)
def test_the_same_kind_of_event_elsewhere_is_another_story(
    days: Days, second: tuple[str, str], outlet: str, *, dated: bool
):
    days.arrive("kemre", *texts.QUAKES[0], outlet="World Wire", dated=dated)
    days.arrive("selva", *second, outlet=outlet, dated=dated)

    assert days.stories() == {frozenset({"kemre"}), frozenset({"selva"})}
    assert days.told() == {"kemre": FIRST, "selva": FIRST}


def test_a_live_blog_of_twenty_versions_at_one_address_is_one_story_of_one_text(days: Days):
    for number, updates in enumerate((*range(1, 21), 20), 1):
        text = texts.live_blog(updates)
        days.arrive(f"{number:02}", texts.LIVE_TITLE, text, outlet="Quay Post", url=texts.LIVE_URL)

    names = {f"{number:02}" for number in range(1, 22)}
    outcomes = list(days.books.outcomes().values())
    assert outcomes == ["new", *["revision"] * 19, "exact_copy"]
    assert days.stories() == {frozenset(names)}
    assert list(days.books.alerts().values()) == [1]
    assert [story.independent_count for story in days.summaries()] == [1]
    assert {link.relation for link in days.links()} <= {"exact", "near_duplicate", "contained"}
    told = days.told()
    assert told.pop("01") == FIRST
    assert told.pop("21") == COPY
    assert set(told.values()) <= {ADDS, COPY, ("suppressed", "nothing_new")}
    assert len(days.messages()) == 1 + list(told.values()).count(ADDS)
    news = [
        sentence
        for message in days.messages()
        for article in message["articles"]
        for sentence in article["adds"]["sentences"]
    ]
    assert len(news) == len(set(news)) > 3


def test_an_article_whose_worker_was_killed_before_it_looked_is_swept_and_finds_its_half(
    days: Days,
):
    stepper = days.stepper
    runtime = stepper.runtime
    stepper.drop("first.json", record(QUARRY_TITLE, QUARRY, outlet="Osmund Wire"))
    stepper.work(EXTRACT)
    (first,) = stepper.due(LINK)
    runtime.work.claim(LINK, [first])  # announced, and its worker is gone

    days.arrive_as("second.json", record(QUARRY_TITLE, QUARRY, outlet="Tarn Times"))
    assert days.told() == {"second": FIRST}
    days.go_to(1)
    runtime.broker.connect().flushall()
    assert sweep(runtime, "link") == 1
    assert runtime.broker.queued("link") == 1
    link_articles(LinkContext(runtime), [first])
    stepper.settle()

    assert days.stories() == {frozenset({"first", "second"})}
    assert [link.relation for link in days.links()] == ["exact"]
    assert days.told() == {"second": FIRST, "first": COPY}
    assert len(days.messages()) == 1
