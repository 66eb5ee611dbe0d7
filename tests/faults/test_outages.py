"""What is not there for a while: a worker that never comes back, the database, Redis."""

import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from services.console.audit import audit
from services.embedded import Embedded
from shared.errors import ServiceUnreachableError
from shared.migrations import upgrade
from shared.runtime import Runtime
from shared.steps import STEPS
from shared.tables import articles, files
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.corpus import record, report
from tests.e2e.newsroom import Newsroom, read_paper, wait_until
from tests.e2e.stepping import ReadsHere, Stepper
from tests.e2e.watching import watch
from tests.servers import PostgresServer, RedisServer

RULES = {"depot": "depot"}
QUICK: dict[str, dict[str, Any]] = {
    "inbox": {"quiet_seconds": 0.05, "scan_seconds": 0.05},
    "work": {"sweep_seconds": 0.2, "lease_seconds": 1.0, "postpone_seconds": 0.2},
    "alert": {"coalesce_minutes": 0},
    "notify": {"threads": 1},
}


@pytest.fixture
def own_postgres(postgres_server: PostgresServer, open_at: NewRuntime) -> Callable[..., Runtime]:
    """Open runtimes on a PostgreSQL that this test may stop and start."""
    url = postgres_server.create("newswatch")

    def make(**sections) -> Runtime:
        merged = {name: QUICK.get(name, {}) | sections.get(name, {}) for name in QUICK | sections}
        runtime = open_at(url, **merged)
        upgrade(runtime.database)
        return runtime

    return make


def _assert_all_told(newsroom: Newsroom, count: int):
    books = newsroom.books
    assert {row.state for row in books.articles()} == {"matched"}
    assert len(books.articles()) == count
    assert set(books.alerts().values()) == {1}
    assert len(set(read_paper(newsroom.runtime))) == len(books.messages())
    balance = audit(newsroom.runtime, verify_originals="all")
    assert balance.ok, [line.words for line in balance.lines if not line.ok]


@pytest.mark.parametrize("step", STEPS[:3], ids=lambda step: step.name)
def test_a_row_whose_worker_vanished_is_taken_over_when_its_lease_ends(
    new_runtime: NewRuntime, tmp_path: Path, step
):
    runtime = new_runtime(**QUICK)
    watch(runtime.database, RULES)
    stepper = Stepper(runtime, tmp_path)
    stepper.drop("1.json", record(*report(1)))
    for earlier in STEPS[: STEPS.index(step)]:
        stepper.work(earlier)
    (vanished,) = runtime.work.claim(step, stepper.due(step))

    newsroom = Newsroom(runtime)
    # Another machine's worker may still live: only an embedded start frees leases, on SQLite.
    with newsroom.open():
        wait_until(lambda: read_paper(runtime), "the row is taken over")
        newsroom.settle()

    _assert_all_told(newsroom, 1)
    assert runtime.work.fail(step, vanished, "too late") is False
    _assert_all_told(newsroom, 1)


def test_a_database_that_stops_in_the_middle_costs_time_and_nothing_else(
    own_postgres: Callable[..., Runtime], postgres_server: PostgresServer
):
    """Leases outlast the outage here, so that no attempt may be counted."""
    runtime = own_postgres(work=QUICK["work"] | {"lease_seconds": 30.0})
    watch(runtime.database, RULES)
    newsroom = Newsroom(runtime)
    with newsroom.open():
        for number in range(60):
            newsroom.drop(f"{number}.json", record(*report(number)))
        _wait_for_articles(newsroom, 15)
        postgres_server.stop()
        for number in range(60, 80):
            newsroom.drop(f"{number}.json", record(*report(number)))
        postgres_server.start()
        newsroom.settle(seconds=90)

    _assert_all_told(newsroom, 80)
    assert {row.state for row in newsroom.books.files()} == {"read"}


def test_a_row_in_hand_when_the_database_goes_is_given_back_without_an_attempt(
    own_postgres: Callable[..., Runtime], postgres_server: PostgresServer, tmp_path: Path
):
    runtime = own_postgres(work=QUICK["work"] | {"lease_seconds": 30.0})
    stepper = Stepper(runtime, tmp_path, sandbox=_StopsTheDatabase(postgres_server))
    stepper.drop("1.json", record(*report(1)))
    ids = stepper.due(STEPS[0])
    working = threading.Thread(target=stepper.work, args=[STEPS[0], ids])
    working.start()

    # Started from here: a server ends with the thread that started it.
    wait_until(lambda: not _answers(runtime), "the database is gone")
    postgres_server.start()
    working.join(30)

    books = Books(runtime.database)
    row = books.files()[0]
    assert (row.state, row.attempts, row.lease_token) == ("received", 0, None)
    assert row.last_error
    wait_until(lambda: stepper.due(STEPS[0]), "the row is due again")
    stepper.settle(until=STEPS[0])
    assert books.fates() == {"1.json": "read"}


def _answers(runtime: Runtime) -> bool:
    try:
        runtime.database.check()
    except ServiceUnreachableError:
        return False
    return True


class _StopsTheDatabase(ReadsHere):
    """Takes the database away while the first file is read."""

    def __init__(self, server: PostgresServer):
        super().__init__()
        self._server = server
        self._stopped = False

    def read(self, data, request):
        if not self._stopped:
            self._stopped = True
            self._server.stop()
        return super().read(data, request)


def test_a_redis_that_stops_for_a_while_costs_time_and_nothing_else(
    postgres_url: str, redis_server: RedisServer, open_at: NewRuntime
):
    runtime = open_at(postgres_url, redis={"url": redis_server.url}, **QUICK)
    watch(runtime.database, RULES)
    newsroom = Newsroom(runtime)
    with newsroom.open():
        for number in range(20):
            newsroom.drop(f"{number}.json", record(*report(number)))
        _wait_for_articles(newsroom, 5)
        redis_server.stop()
        for number in range(20, 30):
            newsroom.drop(f"{number}.json", record(*report(number)))
        wait_until(
            lambda: len(newsroom.books.files()) == 30, "files are taken although Redis is down"
        )
        redis_server.start()
        newsroom.settle(seconds=60)

    _assert_all_told(newsroom, 30)


def test_two_embedded_processes_worth_of_workers_share_one_database_without_doubling(
    postgres_url: str, redis_url: str, open_at: NewRuntime
):
    runtimes = [open_at(postgres_url, redis={"url": redis_url}, **QUICK) for _ in range(2)]
    watch(runtimes[0].database, RULES)
    newsroom = Newsroom(runtimes[0])
    with newsroom.open(), _workers_only(runtimes[1]):
        for number in range(40):
            outlet = "Copy Desk" if number % 2 else "Depot News"
            newsroom.drop(f"{number}.json", record(*report(number // 2), outlet=outlet))
        newsroom.settle(seconds=60)

    _assert_all_told(newsroom, 40)
    home = {name: group for group in newsroom.books.stories() for name in group}
    assert all(home[f"{n}.json"] == home[f"{n + 1}.json"] for n in range(0, 40, 2))
    reasons = newsroom.books.reasons()
    pairs = [sorted(reasons[f"{n + half}.json"][1] for half in (0, 1)) for n in range(0, 40, 2)]
    assert pairs == [["copy_of_known", "first_in_story"]] * 20


@contextmanager
def _workers_only(runtime: Runtime) -> Iterator[None]:
    embedded = Embedded(runtime, with_console=False)
    embedded.start()
    try:
        yield
    finally:
        embedded.end()


def _wait_for_articles(newsroom: Newsroom, count: int):
    read = select(func.count()).select_from(articles)
    wait_until(lambda: newsroom.books.rows(read)[0][0] >= count, f"{count} articles are read")


def test_a_poison_row_with_live_workers_ends_dead_with_its_traceback(new_runtime: NewRuntime):
    """The archive holds what no decoder of ours was written for: a row of a wrong kind."""
    runtime = new_runtime(**(QUICK | {"work": QUICK["work"] | {"retry_seconds": 0.05}}))
    watch(runtime.database, RULES)
    newsroom = Newsroom(runtime)
    with newsroom.open():
        newsroom.drop("1.json", record(*report(1)))
        newsroom.settle()
        with runtime.database.write() as connection:
            connection.execute(articles.update().values(fields={}, authors=7, state="linked"))
        wait_until(lambda: newsroom.books.articles()[0].state == "dead", "it gives up")
        newsroom.drop("2.json", record(*report(2)))
        newsroom.settle()

    dead, alive = newsroom.books.articles()
    assert (dead.died_in, dead.attempts) == ("linked", 5)
    assert "TypeError" in dead.last_error
    assert alive.state == "matched"
    assert {row.state for row in newsroom.books.rows(select(files))} == {"read"}
