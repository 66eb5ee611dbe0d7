"""Furniture and versions that look like it: what is linked does not depend on who came first."""

import random
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import event, select

from services.extract.jobs import link_articles
from services.extract.jobs.looking import is_current, look
from services.extract.store.stored_articles import load_articles
from shared.runtime import Runtime
from shared.steps import EXTRACT, LINK, MATCH
from shared.tables import article_fingerprints, article_terms, furniture, furniture_masks
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE, record, report
from tests.e2e.stepping import Stepper
from tests.integration.extract.racing import at_once
from tests.unit.extract.test_comparing import LETTER

INVITATION = "Write to the Quay Post: letters at quay dot example"
PAGES = {
    "quarry.json": (QUARRY_TITLE, QUARRY, "2026-01-01"),
    "lantern.json": (LANTERN_TITLE, LANTERN, "2026-02-01"),
    "first.json": (*report(1), "2026-02-10"),
    "second.json": (*report(2), "2026-02-20"),
}


def _page(title: str, text: str, published: str, outlet: str = "Quay Post") -> str:
    return record(title, f"{text}\n\n{LETTER}", outlet=outlet, published=published)


def _masks(stepper: Stepper, books: Books) -> dict[str, list[str]]:
    """Return file name -> what its latest mask covers; a text without one is missing."""
    found = {}
    ids = {row.id: row.name for row in books.articles()}
    with stepper.runtime.database.read() as connection:
        for article in load_articles(connection, ids).values():
            if article.furniture:
                covered = [article.text[start:end] for start, end in article.furniture]
                found[ids[article.id]] = covered
    return found


def _versions(books: Books, name: str) -> list[list[list[int]]]:
    """Return the spans of every version of a mask."""
    own = furniture_masks.c.article_id == books.article(name).id
    query = select(furniture_masks.c.spans).where(own).order_by(furniture_masks.c.version)
    return [row.spans for row in books.rows(query)]


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
        title, text, *_ = list(PAGES.values())["abc".index(name)]
        # More than half of each page is the letter: with more to say, they pass for no one story.
        brief = " ".join(text.split()[:45])
        page = _page(title, brief, NEWSLETTER_DATES[name], f"Outlet {name}")
        stepper.drop(name + ".json", page)
        stepper.settle()
        stories_after.append(len(books.stories()))

    assert stories_after[2] == 3
    if order == "abc":
        # Published a day apart the block made one story of two; weeks apart it may not.
        assert stories_after == [1, 1, 3]


def test_what_was_said_of_an_article_stands_when_it_is_linked_again(stepper: Stepper, books: Books):
    said: dict[str, Any] = {}
    for name in ("a", "b", "c"):
        title, text = report("abc".index(name))
        stepper.drop(
            name + ".json", _page(title, text, NEWSLETTER_DATES[name], outlet=f"Outlet {name}")
        )
        stepper.settle()
        if name == "b":
            said = {row.name: _said(row) for row in books.articles()}

    assert {row.name: _said(row) for row in books.articles() if row.name in said} == said
    assert {row.state for row in books.articles()} == {"matched"}


def _said(article: Any) -> tuple[Any, ...]:
    return article.outcome, article.outcome_reason, article.novelty, article.development


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


def _mixed() -> dict[str, str]:
    """A block and a line of furniture; a copy and an extended copy, with and without them."""
    longer = f"{QUARRY}\n\n{report(3)[1]}\n\n{report(4)[1]}"
    return {
        "quarry.json": _page(QUARRY_TITLE, f"{QUARRY}\n\n{INVITATION}", "2026-01-01"),
        "copy.json": record(QUARRY_TITLE, QUARRY, outlet="Tarn Times", published="2026-01-02"),
        "longer.json": _page(QUARRY_TITLE, longer, "2026-01-03", outlet="Osmund Wire"),
        "lantern.json": _page(LANTERN_TITLE, f"{INVITATION}\n\n{LANTERN}", "2026-02-01"),
        "report.json": record(
            report(1)[0],
            f"{report(1)[1]}\n\n{INVITATION}",
            outlet="Quay Post",
            published="2026-01-20",
        ),
        "other.json": _page(*report(2), "2026-01-10", outlet="Karsk Courier"),
    }


def _came_to(stepper: Stepper, books: Books):
    return books.stories(), books.relations(), _masks(stepper, books)


MIXED_STORIES = {
    frozenset({"quarry.json", "copy.json", "longer.json"}),
    frozenset({"lantern.json"}),
    frozenset({"report.json"}),
    frozenset({"other.json"}),
}
MIXED_RELATIONS = {
    frozenset({"quarry.json", "copy.json"}): "near_duplicate",
    frozenset({"quarry.json", "longer.json"}): "contained",
    frozenset({"copy.json", "longer.json"}): "contained",
}
MIXED_MASKS = {
    "quarry.json": [f"{INVITATION}\n\n{LETTER}"[:-1]],
    "longer.json": [LETTER[:-1]],
    "lantern.json": [INVITATION, LETTER[:-1]],
    "report.json": [INVITATION],
    "other.json": [LETTER[:-1]],
}


@pytest.mark.parametrize("order", range(6))
def test_masks_links_and_stories_are_the_same_in_every_order_and_with_two_workers(
    open_at, sqlite_url: str, tmp_path: Path, order: int
):
    """In every other order two workers take turns: neither may trust what it remembers."""
    corpus = _mixed()
    names = sorted(corpus)
    random.Random(order).shuffle(names)
    runtime = open_at(sqlite_url)
    steppers = [Stepper(runtime, tmp_path / str(number)) for number in range(1 + order % 2)]
    for place, name in enumerate(names):
        stepper = steppers[place % len(steppers)]
        stepper.drop(name, corpus[name])
        stepper.settle(until=LINK)

    books = Books(runtime.database)
    assert books.stories() == MIXED_STORIES
    assert books.relations() == MIXED_RELATIONS
    assert _masks(steppers[0], books) == MIXED_MASKS


def test_masks_links_and_stories_are_the_same_when_all_come_at_once(stepper: Stepper, books: Books):
    for name, content in _mixed().items():
        stepper.drop(name, content)

    stepper.settle()

    assert _came_to(stepper, books) == (MIXED_STORIES, MIXED_RELATIONS, MIXED_MASKS)


def test_what_one_outlet_repeats_is_evidence_again_when_another_prints_it_soon_after(
    stepper: Stepper, books: Books
):
    for number in range(3):
        name = f"{number}.json"
        stepper.drop(name, _page(*report(number), f"2026-02-0{number + 1}"))
        stepper.settle()
    assert len(_versions(books, "0.json")) == 1
    assert {row.reason for row in books.rows(select(furniture))} == {"one_outlet"}

    stepper.drop("3.json", _page(*report(3), "2026-02-05", outlet="Tarn Times"))
    stepper.settle()

    assert _masks(stepper, books) == {}
    assert _versions(books, "0.json")[-1] == []
    assert books.rows(select(furniture)) == []
    assert list(books.relations().values()) == ["overlap"] * 6


def test_furniture_leads_to_nobody_and_other_words_stand_in_for_it(stepper: Stepper, books: Books):
    before: dict[str, set[Any]] = {}
    for name, page in PAGES.items():
        stepper.drop(name, _page(*page))
        stepper.settle(until=LINK)
        before = before or _found_by(books, "quarry.json")

    after = _found_by(books, "quarry.json")

    assert after["terms"].isdisjoint({"saturday", "coffee", "households"})
    assert after["terms"] - before["terms"]
    # Counted ones stay, so that it can be judged again; of the others those of the block are gone.
    sampled = {gram for gram in before["grams"] if 0 <= gram < 2**60}
    assert sampled <= after["grams"]
    assert after["grams"] - before["grams"]
    assert before["grams"] - after["grams"]


def _found_by(books: Books, name: str) -> dict[str, set[Any]]:
    article_id = books.article(name).id
    grams, terms = article_fingerprints.c, article_terms.c
    return {
        "grams": {
            row.fingerprint
            for row in books.rows(select(grams.fingerprint).where(grams.article_id == article_id))
        },
        "terms": {
            row.term for row in books.rows(select(terms.term).where(terms.article_id == article_id))
        },
    }


def test_a_look_is_no_longer_current_when_another_worker_has_found_the_third_sighting(
    stepper: Stepper, books: Books
):
    for number in range(3):
        stepper.drop(f"{number}.json", _page(*report(number), f"2026-02-0{number + 1}"))
        stepper.settle(until=LINK if number < 1 else EXTRACT)
    ids = [row.id for row in books.articles()]
    stepper.drop("late.json", _page(*report(9), "2026-02-27", outlet="Tarn Times"))

    with stepper.runtime.database.read() as connection:
        article = load_articles(connection, [ids[1]])[ids[1]]
        looked = look(stepper.linking.kinship, connection, article)
    stepper.work(EXTRACT)
    stepper.work(LINK, [books.article("late.json").id])

    with stepper.runtime.database.read() as connection:
        assert not is_current(connection, article, looked)
    stepper.settle()
    assert books.relations() == {}


def test_two_workers_that_both_find_the_third_sighting_come_to_what_one_would(
    postgres_runtime: Runtime, open_at, postgres_url: str, tmp_path: Path
):
    workers = [Stepper(postgres_runtime, tmp_path / "1"), Stepper(open_at(postgres_url), tmp_path)]
    books = Books(postgres_runtime.database)
    for name, content in _mixed().items():
        workers[0].drop(name, content)
    workers[0].settle(until=EXTRACT)
    ids = workers[0].due(LINK)
    for article_id in ids[:2]:
        workers[0].work(LINK, [article_id])

    for one, other in zip(ids[2::2], ids[3::2], strict=True):
        at_once(partial(workers[0].work, LINK, [one]), partial(workers[1].work, LINK, [other]))
    workers[1].settle(until=MATCH)

    assert _came_to(workers[0], books) == (MIXED_STORIES, MIXED_RELATIONS, MIXED_MASKS)


def test_who_is_linked_between_a_look_and_its_lock_makes_it_look_again(
    open_at: NewRuntime, sqlite_url: str, tmp_path: Path
):
    """The third page is announced and linked after the second has looked: both lose the letter."""
    first, second = (Stepper(open_at(sqlite_url), tmp_path / name) for name in "ab")
    pages = [_page(title, text, "2026-02-01") for title, text, *_ in list(PAGES.values())[:3]]
    first.drop("0.json", pages[0])
    first.settle(until=LINK)
    first.drop("1.json", pages[1])
    first.work(EXTRACT)
    writes: list[str] = []

    def step_in(_connection: Any, _cursor: Any, statement: str, *_: Any) -> None:
        if statement == "BEGIN IMMEDIATE":
            writes.append(statement)
            if len(writes) == 2:  # the first was the claim; this one takes the lock
                second.drop("2.json", pages[2])
                second.settle(until=LINK)

    event.listen(first.runtime.database.engine, "before_cursor_execute", step_in)
    link_articles(first.linking, [2])

    first.settle(until=LINK)
    assert set(_masks(first, Books(first.runtime.database))) == {"0.json", "1.json", "2.json"}
