"""Links and stories: the same whatever the order, also when articles come at the same time."""

import itertools
from pathlib import Path

import pytest
from sqlalchemy import select, text

from services.extract.jobs import LinkContext, link_articles
from services.extract.jobs.memory import KEPT_ARTICLES, Memory
from services.extract.reuse import RelationKind
from services.extract.store.components import load_component
from services.extract.store.stored_articles import load_articles
from shared.runtime import Runtime
from shared.steps import EXTRACT, LINK
from shared.sweeping import sweep
from shared.tables import articles, stories
from tests.clocks import FixedClock
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.corpus import (
    QUARRY_CORRECTED,
    QUARRY_TITLE,
    record,
    report,
)
from tests.e2e.stepping import Stepper
from tests.integration.extract.coverage import CORPUS, STORIES


@pytest.mark.parametrize("order", itertools.permutations(CORPUS), ids="-".join)
def test_the_stories_are_the_same_in_every_order(
    open_at, sqlite_url: str, tmp_path: Path, order: tuple[str, ...]
):
    stepper = Stepper(open_at(sqlite_url), tmp_path)
    for name in order:
        stepper.drop(name, CORPUS[name])
        stepper.settle(until=LINK)

    books = Books(stepper.runtime.database)
    assert books.stories() == STORIES
    assert books.relations()[frozenset({"wire.json", "copy.json"})] == "exact"


def test_the_stories_are_the_same_when_all_come_at_once(new_runtime: NewRuntime, tmp_path: Path):
    stepper = Stepper(new_runtime(), tmp_path)
    for name, content in CORPUS.items():
        stepper.drop(name, content)

    stepper.settle(until=LINK)

    assert Books(stepper.runtime.database).stories() == STORIES


def test_outcomes_name_copy_revision_and_what_they_refer_to(stepper: Stepper, books: Books):
    for name, content in {
        "wire.json": CORPUS["wire.json"],
        "again.json": CORPUS["wire.json"],
        "copy.json": CORPUS["copy.json"],
        "corrected.json": record(QUARRY_TITLE, QUARRY_CORRECTED, outlet="Osmund Wire"),
    }.items():
        stepper.drop(name, content)
        stepper.settle()

    assert books.outcomes() == {
        "wire.json": "new",
        "again.json": "exact_copy",
        "copy.json": "new",
        "corrected.json": "revision",
    }
    wire = books.article("wire.json")
    assert books.article("again.json").refers_to == wire.id
    assert books.article("corrected.json").novelty["kind"] == "correction"
    assert books.article("copy.json").novelty["copy_of"] == wire.id
    assert [books.article(name).development for name in books.outcomes()] == [1, None, None, 2]


def test_linking_twice_changes_nothing(stepper: Stepper, books: Books):
    for name, content in CORPUS.items():
        stepper.drop(name, content)
    stepper.settle(until=LINK)
    before = books.stories(), books.relations(), len(books.rows(select(stories)))
    ids = [row.id for row in books.rows(select(articles))]
    with stepper.runtime.database.write() as connection:
        stepper.runtime.work.move(connection, articles, ids, states=["linked"], to="extracted")

    stepper.settle(until=LINK)

    assert (books.stories(), books.relations(), len(books.rows(select(stories)))) == before


def test_a_worker_killed_between_announce_and_look_leaves_its_article_to_the_sweep(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    """Announced, claimed, and never looked for: the other half comes and goes meanwhile."""
    runtime = stepper.runtime
    stepper.drop("wire.json", CORPUS["wire.json"])
    stepper.settle(until=EXTRACT)
    (killed,) = runtime.work.claim(LINK, stepper.due(LINK))
    stepper.drop("copy.json", CORPUS["copy.json"])
    stepper.settle(until=LINK)
    assert books.stories() == {frozenset({"wire.json"}), frozenset({"copy.json"})}
    assert books.article("wire.json").story_id is None

    frozen_clock.advance(seconds=runtime.settings.work.lease_seconds + 1)
    rung = sweep(runtime, "link")
    stepper.settle(until=LINK)

    assert (killed.id, rung) == (books.article("wire.json").id, 1)
    assert books.stories() == {frozenset({"wire.json", "copy.json"})}


def test_a_worker_with_a_full_memory_misses_no_candidate(stepper: Stepper, books: Books):
    """The candidate stands first in line to be forgotten when others have to be loaded."""
    stepper.drop("wire.json", CORPUS["wire.json"])
    stepper.settle(until=LINK)
    stepper.drop("retold.json", CORPUS["retold.json"])
    stepper.settle(until=EXTRACT)
    memory = stepper.linking.memory
    (wire,) = memory._kept.values()
    for number in range(KEPT_ARTICLES - 1):
        memory._kept[-1 - number] = wire
    # A second worker linked this one: the first has to load it, and forgets its oldest for it.
    other = Stepper(stepper.runtime, stepper._folder / "other")
    other.drop("copy.json", CORPUS["copy.json"])
    other.work(EXTRACT)
    other.work(LINK, [books.article("copy.json").id])

    stepper.work(LINK)

    assert frozenset({"wire.json", "retold.json"}) in books.relations()
    assert frozenset({"copy.json", "retold.json"}) in books.relations()


def test_grouping_decodes_no_passages(sqlite_runtime: Runtime, tmp_path: Path):
    stepper, books = Stepper(sqlite_runtime, tmp_path), Books(sqlite_runtime.database)
    for name in ("wire.json", "copy.json"):
        stepper.drop(name, CORPUS[name])
    stepper.settle(until=LINK)
    wire = books.article("wire.json").id
    with sqlite_runtime.database.write() as connection:
        connection.execute(text("UPDATE article_links SET passages_a = 'no', passages_b = 'no'"))

    with sqlite_runtime.database.read() as connection:
        component = load_component(connection, [wire])

    (link,) = component.links
    assert {member.article_id for member in component.members} == {
        wire,
        books.article("copy.json").id,
    }
    assert (link.relation, link.days_apart) == (RelationKind.EXACT, 0)


def test_link_jobs_pass_over_what_is_not_theirs(stepper: Stepper, books: Books):
    link_articles(LinkContext(stepper.runtime), [999_999])

    assert books.stories() == set()


def test_a_worker_remembers_articles_by_their_length(sqlite_runtime: Runtime, tmp_path: Path):
    stepper = Stepper(sqlite_runtime, tmp_path)
    for number in range(4):
        stepper.drop(f"{number}.json", record(*report(number)))
    stepper.settle(until=EXTRACT)
    with sqlite_runtime.database.read() as connection:
        stored = load_articles(connection, [1, 2, 3, 4])
        lengths = {key: len(article.text) for key, article in stored.items()}
        memory = Memory(most_characters=lengths[3] + lengths[4])
        memory.ready(connection, dict(sorted(stored.items())))
    assert set(memory.kept(dict.fromkeys(stored, ()))) == {3, 4}
