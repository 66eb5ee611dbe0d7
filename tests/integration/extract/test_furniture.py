"""Furniture and versions that look like it: what is linked does not depend on who came first."""

import pytest

from shared.steps import EXTRACT, LINK
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE, record, report
from tests.e2e.stepping import Stepper
from tests.unit.extract.test_comparing import LETTER

PAGES = {
    "quarry.json": (QUARRY_TITLE, QUARRY, "2026-01-01"),
    "lantern.json": (LANTERN_TITLE, LANTERN, "2026-02-01"),
    "first.json": (*report(1), "2026-02-10"),
    "second.json": (*report(2), "2026-02-20"),
}


def _page(title: str, text: str, published: str) -> str:
    return record(title, f"{text}\n\n{LETTER}", outlet="Quay Post", published=published)


@pytest.mark.parametrize("come_at_once", [False, True], ids=["one-by-one", "at-once"])
def test_pages_with_one_block_in_common_end_up_without_a_link(
    come_at_once: bool, stepper: Stepper, books: Books
):
    for name, page in PAGES.items():
        stepper.drop(name, _page(*page))
        stepper.settle(until=EXTRACT if come_at_once else LINK)
    stepper.settle()

    assert books.relations() == {}
    assert len(books.stories()) == len(PAGES)


NEWSLETTER_DATES = {"a": "2026-02-01", "b": "2026-02-02", "c": "2026-02-28"}


@pytest.mark.parametrize("order", ["abc", "acb", "cba"])
def test_a_story_made_by_a_newsletter_block_falls_apart_when_the_block_is_known_for_what_it_is(
    stepper: Stepper, books: Books, order: str
):
    stories_after = []
    for name in order:
        title, text = report("abc".index(name))
        page = record(
            title, f"{text}\n\n{LETTER}", outlet=f"Outlet {name}", published=NEWSLETTER_DATES[name]
        )
        stepper.drop(name + ".json", page)
        stepper.settle()
        stories_after.append(len(books.stories()))

    assert stories_after[2] == 3
    if order == "abc":
        # Published a day apart the block made one story of two; weeks apart it may not.
        assert stories_after == [1, 1, 3]


def test_three_versions_that_arrive_together_do_not_pass_for_pages_of_their_outlet(
    stepper: Stepper, books: Books
):
    for number, addition in enumerate(("", " The mayor applauded.", " Nobody was hurt."), 1):
        text = f"{QUARRY}{addition}"
        stepper.drop(f"{number}.json", record(QUARRY_TITLE, text, outlet="Quay Post"))
    stepper.settle(until=EXTRACT)
    stepper.settle()

    assert list(books.relations().values()) == ["near_duplicate"] * 3
    assert sorted(books.outcomes().values(), key=str) == ["new", "revision", "revision"]
