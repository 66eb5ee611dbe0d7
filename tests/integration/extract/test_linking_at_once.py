"""Articles linked and matched at the same time; on PostgreSQL interleavings forced by locks."""

import os
import threading
from collections.abc import Callable
from functools import partial
from pathlib import Path

import pytest
from sqlalchemy import Connection, select, text

from services.extract.jobs.grouping import group
from services.extract.store.stored_articles import load_articles
from services.extract.store.stories import lock_stories
from shared.runtime import Runtime
from shared.steps import EXTRACT, LINK, MATCH
from shared.tables import articles, notifications, stories
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_TITLE,
    leaflet,
    record,
    report,
)
from tests.e2e.newsroom import wait_until
from tests.e2e.stepping import Stepper
from tests.e2e.watching import watch
from tests.integration.alert.regrouped import merge_stories
from tests.integration.extract.coverage import CORPUS, STORIES
from tests.integration.extract.racing import DEADLINE_SECONDS, at_once

# Sixty take seconds; NEWSWATCH_RACE_PAIRS=300 asks for as many as were once all split.
PAIRS = int(os.environ.get("NEWSWATCH_RACE_PAIRS", "60"))
OUTLETS = ("Osmund Wire", "Tarn Times")


class Pairs:
    """Many texts, each carried by two outlets; two workers, each with the one half of every pair.

    Both are held back by one barrier before each pair, and link and match as jobs do.
    """

    def __init__(self, first: Stepper, second: Stepper, count: int) -> None:
        self.steppers, self.count = (first, second), count
        watch(first.runtime.database, {"depot": "depot"})
        for stepper, half, outlet in zip(self.steppers, "ab", OUTLETS, strict=True):
            lines = (
                record(*leaflet(number), outlet=outlet, id=f"{number}{half}")
                for number in range(count)
            )
            stepper.drop(f"{half}.jsonl", "\n".join(lines))
        first.settle(until=EXTRACT)
        self.books = Books(first.runtime.database)
        self.ids = {row.external_id: row.id for row in self.books.articles()}

    def release(self, link: Callable[[Stepper, int], object]) -> None:
        """Let both workers go through all pairs, side by side; then settle what they left."""
        barrier = threading.Barrier(2, timeout=DEADLINE_SECONDS)

        def work(stepper: Stepper, half: str) -> None:
            for number in range(self.count):
                article_id = self.ids[f"{number}{half}"]
                barrier.wait()
                link(stepper, article_id)
                stepper.work(MATCH, [article_id])

        acts = (partial(work, *one) for one in zip(self.steppers, "ab", strict=True))
        at_once(*acts, seconds=DEADLINE_SECONDS + self.count)
        self.steppers[0].settle()

    def split(self) -> list[int]:
        """Return the pairs whose halves are in two stories."""
        home = {row.external_id: row.story_id for row in self.books.articles()}
        return [n for n in range(self.count) if home[f"{n}a"] != home[f"{n}b"]]

    def told(self) -> list[list[str]]:
        """Return the reasons in the ledger, pair by pair."""
        rows = self.books.rows(select(notifications.c.article_id, notifications.c.reason))
        reasons = {row.article_id: row.reason for row in rows}
        return [
            sorted(reasons[self.ids[f"{number}{half}"]] for half in "ab")
            for number in range(self.count)
        ]


@pytest.fixture
def two_workers(new_runtime: NewRuntime, tmp_path: Path) -> tuple[Stepper, Stepper]:
    """Two workers with connections of their own, on each engine."""
    return Stepper(new_runtime(), tmp_path / "1"), Stepper(new_runtime(), tmp_path / "2")


def test_two_halves_of_a_pair_released_together_never_split_a_story_nor_tell_twice(
    two_workers: tuple[Stepper, Stepper],
):
    """The whole way, to the rows of the alerts and of the ledger."""
    pairs = Pairs(*two_workers, PAIRS)

    pairs.release(lambda stepper, article_id: stepper.work(LINK, [article_id]))

    assert pairs.split() == []
    assert set(pairs.books.alerts().values()) == {1}
    assert len(pairs.books.alerts()) == len(pairs.books.stories()) == PAIRS
    assert pairs.told() == [["copy_of_known", "first_in_story"]] * PAIRS
    assert {row.state for row in pairs.books.rows(select(articles))} == {"matched"}


def test_whoever_looks_before_the_other_half_is_announced_does_split_them(
    two_workers: tuple[Stepper, Stepper],
):
    """The counter-proof: the same check catches a worker that looks first and stores after."""
    pairs = Pairs(*two_workers, 3)
    looking = threading.Barrier(2, timeout=DEADLINE_SECONDS)

    def look_then_insert(stepper: Stepper, article_id: int) -> None:
        """Nothing found before both have looked: then each stores what it saw."""
        runtime = stepper.runtime
        (claimed,) = runtime.work.claim(LINK, [article_id])
        with runtime.database.read() as connection:
            article = load_articles(connection, [article_id])[article_id]
        looking.wait()
        with runtime.database.write() as connection:
            lock_stories(connection)
            group(runtime, connection, claimed, article, {})

    pairs.release(look_then_insert)

    assert pairs.split() == [0, 1, 2]
    assert pairs.told() == [["first_in_story", "first_in_story"]] * 3


def test_a_match_that_read_its_story_before_a_merge_opens_no_second_alert(
    postgres_runtime: Runtime, open_at, postgres_url: str, tmp_path: Path
):
    """Match reads its story; a merge, already holding both, commits; the match then writes."""
    stepper = Stepper(postgres_runtime, tmp_path / "1")
    watch(postgres_runtime.database, {"news": "quarry OR moth"})
    books = Books(postgres_runtime.database)
    stepper.drop("quarry.json", record(QUARRY_TITLE, QUARRY))
    stepper.settle()
    stepper.drop("moth.json", record(LANTERN_TITLE, LANTERN))
    stepper.settle(until=LINK)
    winner = books.article("quarry.json").story_id
    loser = books.article("moth.json").story_id
    matcher = Stepper(open_at(postgres_url), tmp_path / "2")
    moth_id = books.article("moth.json").id

    merging = postgres_runtime.database.engine.connect()
    with merging.begin():
        lock_stories(merging)
        both = select(stories).where(stories.c.id.in_((loser, winner))).order_by(stories.c.id)
        merging.execute(both.with_for_update()).all()
        match = threading.Thread(target=matcher.work, args=[MATCH, [moth_id]])
        match.start()
        wait_until(lambda: _is_waiting_for_a_lock(postgres_runtime), "the match reaches its story")
        merge_stories(merging, postgres_runtime, loser=loser, winner=winner)
    merging.close()
    match.join(DEADLINE_SECONDS)
    stepper.settle()

    assert books.article("moth.json").state == "matched"
    assert books.alerts() == {("news", winner): 1}
    assert [row.state for row in books.ledger()] == ["told", "planned"]


def test_a_merge_waits_for_the_match_that_holds_its_story(
    postgres_runtime: Runtime, open_at, postgres_url: str, tmp_path: Path
):
    """The other way round: the match holds its story, the merge comes second, the alerts fold."""
    stepper = Stepper(postgres_runtime, tmp_path / "1")
    watch(postgres_runtime.database, {"news": "quarry OR moth"})
    books = Books(postgres_runtime.database)
    stepper.drop("quarry.json", record(QUARRY_TITLE, QUARRY))
    stepper.drop("moth.json", record(LANTERN_TITLE, LANTERN))
    stepper.settle()
    winner = books.article("quarry.json").story_id
    loser = books.article("moth.json").story_id
    other = open_at(postgres_url)

    def merge():
        with other.database.write() as connection:
            merge_stories(connection, other, loser=loser, winner=winner)

    matching = postgres_runtime.database.engine.connect()
    with matching.begin():
        matching.execute(
            select(stories).where(stories.c.id == loser).with_for_update(key_share=True)
        )
        merging = threading.Thread(target=merge)
        merging.start()
        wait_until(lambda: _is_waiting_for_a_lock(postgres_runtime), "the merge waits")
        assert _merged_into(matching, loser) is None
    matching.close()
    merging.join(DEADLINE_SECONDS)
    stepper.settle()

    assert books.alerts() == {("news", winner): 1}


def test_linking_does_not_wait_for_a_message_that_only_refers_to_its_story(
    postgres_runtime: Runtime, tmp_path: Path
):
    """The lock that the foreign key of an uncommitted message takes on its story."""
    stepper = Stepper(postgres_runtime, tmp_path)
    books = Books(postgres_runtime.database)
    stepper.drop("wire.json", CORPUS["wire.json"])
    stepper.settle()
    stepper.drop("retold.json", CORPUS["retold.json"])
    stepper.settle(until=EXTRACT)

    with postgres_runtime.database.engine.connect() as gathering:
        story = select(stories).where(stories.c.id == books.article("wire.json").story_id)
        gathering.execute(story.with_for_update(read=True, key_share=True)).all()
        linking = threading.Thread(target=stepper.work, args=[LINK])
        linking.start()
        linking.join(DEADLINE_SECONDS)
        was_waiting = linking.is_alive()
    linking.join(DEADLINE_SECONDS)

    assert not was_waiting
    assert books.stories() == {frozenset({"wire.json", "retold.json"})}


def test_many_workers_on_many_articles_of_few_stories_give_the_stories_of_one_worker(
    postgres_runtime: Runtime, open_at, postgres_url: str, tmp_path: Path
):
    steppers = [Stepper(open_at(postgres_url), tmp_path / str(n)) for n in range(3)]
    watch(postgres_runtime.database, {"news": "quarry OR moth OR depot"})
    for place in range(3):
        for name, content in CORPUS.items():
            steppers[place].drop(f"{place}-{name}", content)
        title, body = report(7)
        steppers[place].drop(f"{place}-report.json", record(title, body, published="2026-03-01"))
    steppers[0].settle(until=EXTRACT)
    ids = steppers[0].due(LINK)

    def work(stepper: Stepper, own: list[int]):
        for article_id in own:
            stepper.work(LINK, [article_id])
            stepper.work(MATCH, [article_id])

    at_once(*(partial(work, steppers[n], ids[n::3]) for n in range(3)))
    steppers[0].settle()

    books = Books(postgres_runtime.database)
    kinds = {frozenset(name.partition("-")[2] for name in group) for group in books.stories()}
    assert len(books.stories()) == 3
    assert kinds == STORIES | {frozenset({"report.json"})}
    assert set(books.alerts().values()) == {1}
    assert {row.state for row in books.rows(select(articles))} == {"matched"}


def _is_waiting_for_a_lock(runtime: Runtime) -> bool:
    with runtime.database.engine.connect() as connection:
        waiting = connection.execute(
            text(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() "
                "AND wait_event_type = 'Lock'"
            )
        )
        return bool(waiting.scalar_one())


def _merged_into(connection: Connection, story_id: int) -> int | None:
    found: int | None = connection.execute(
        select(stories.c.merged_into).where(stories.c.id == story_id)
    ).scalar_one()
    return found
