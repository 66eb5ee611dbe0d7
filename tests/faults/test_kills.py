"""Kill everything, lose all of Redis: every file has its outcome, no alert is doubled."""

import json
import os
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from sqlalchemy import func, select

from shared.database import Database
from shared.migrations import upgrade
from shared.tables import articles
from tests.e2e.books import Books
from tests.e2e.corpus import record, report
from tests.e2e.newsroom import wait_until
from tests.e2e.watching import watch
from tests.faults.processes import Newswatch
from tests.servers import PostgresServer, RedisServer

FILES = 300
RULES = {"depot": "depot", "quarry": "Hollin AND quarry"}

pytestmark = [
    pytest.mark.timeout(240),
    pytest.mark.skipif(sys.platform != "linux", reason="process trees are read from /proc"),
]


class Fault:
    """One newswatch, its database, and what was dropped into it."""

    def __init__(self, newswatch: Newswatch, database: Database) -> None:
        self.newswatch = newswatch
        self.books = Books(database)
        self.dropped = 0
        upgrade(database)
        watch(database, RULES)

    def drop(self, count: int = FILES) -> None:
        """Drop reports with a copy of every fifth, some bad files and a container."""
        for place in range(self.dropped, self.dropped + count):
            if place % 50 == 7:
                self._drop(place, "txt", "Three words only")
            elif place % 100 == 11:
                lines = [record(*report(100_000 + place * 10 + n)) for n in range(5)]
                self._drop(place, "jsonl", "\n".join(lines))
            elif place % 5 == 4:
                self._drop(place, "json", record(*report(place - 1), outlet="Copy Desk"))
            else:
                self._drop(place, "json", record(*report(place), outlet="Depot News"))
        self.dropped += count

    def _drop(self, place: int, suffix: str, content: str) -> None:
        stage = self.newswatch.folder / "stage"
        stage.write_text(content)
        os.replace(stage, self.newswatch.inbox / f"{place}.{suffix}")

    def wait_for_matched(self, count: int) -> None:
        """Wait until so many articles went all the way to matching."""
        matched = select(func.count()).where(articles.c.state == "matched")
        wait_until(
            lambda: self.books.rows(matched)[0][0] >= count,
            f"{count} articles are matched",
            seconds=90,
        )

    def assert_nothing_lost_or_doubled(self) -> None:
        """Every file has its outcome, every alert is single, the books balance."""
        assert not list(self.newswatch.inbox.iterdir())
        files = [row for row in self.books.files() if row.parent_id is None]
        assert len(files) == self.dropped
        bad = sum(place % 50 == 7 for place in range(self.dropped))
        containers = sum(place % 100 == 11 for place in range(self.dropped))
        outcomes = [row.outcome for row in self.books.files()]
        assert outcomes.count("rejected:too_short") == bad
        assert outcomes.count("container") == containers
        assert outcomes.count("read") == self.dropped - bad - containers + 5 * containers
        assert len(outcomes) == self.dropped + 5 * containers
        assert {row.state for row in self.books.articles()} == {"matched"}
        assert set(self.books.alerts().values()) == {1}
        assert {row.state for row in self.books.ledger()} <= {"told", "suppressed"}
        messages = {row.uuid: row.state for row in self.books.messages()}
        assert set(messages.values()) == {"sent"}
        # A kill between sending and writing it down repeats a line, never a message.
        assert set(self._told()) == set(messages)
        books = self.newswatch.call("audit", "--json")
        assert books["ok"], books

    def _told(self) -> list[str]:
        path = self.newswatch.folder / "data" / "channels" / "paper.jsonl"
        return [json.loads(line)["id"] for line in path.read_text("utf-8").splitlines()]


@pytest.fixture
def embedded(tmp_path: Path) -> Iterator[Fault]:
    newswatch = Newswatch(tmp_path / "nw")
    (tmp_path / "nw" / "data").mkdir()
    database = Database(f"sqlite:///{tmp_path / 'nw' / 'data' / 'newswatch.db'}")
    yield Fault(newswatch, database)
    newswatch.remove()
    database.close()


@pytest.fixture
def distributed(
    tmp_path: Path, postgres_server: PostgresServer, redis_server: RedisServer
) -> Iterator[Fault]:
    url = postgres_server.create("newswatch")
    newswatch = Newswatch(tmp_path / "nw", DATABASE_URL=url, REDIS_URL=redis_server.url)
    database = Database(url.replace("postgresql://", "postgresql+psycopg://"))
    yield Fault(newswatch, database)
    newswatch.remove()
    database.close()


def test_kill_9_of_the_embedded_process_in_the_middle_of_300_files_loses_and_doubles_nothing(
    embedded: Fault,
):
    process = embedded.newswatch.start("all")
    embedded.drop()
    embedded.wait_for_matched(60)
    embedded.newswatch.kill_tree(process)
    process = embedded.newswatch.start("all")
    embedded.wait_for_matched(160)
    embedded.newswatch.kill_tree(process)

    embedded.newswatch.drain()

    embedded.assert_nothing_lost_or_doubled()


def test_kill_9_of_the_whole_tree_on_redis_and_postgresql_loses_and_doubles_nothing(
    distributed: Fault,
):
    process = distributed.newswatch.start("all")
    distributed.drop()
    distributed.wait_for_matched(100)
    distributed.newswatch.kill_tree(process)

    distributed.newswatch.drain()

    distributed.assert_nothing_lost_or_doubled()


def test_losing_all_of_redis_in_the_middle_of_300_files_loses_and_doubles_nothing(
    distributed: Fault, redis_server: RedisServer
):
    process = distributed.newswatch.start("all")
    distributed.drop()
    for matched in (40, 120, 200):
        distributed.wait_for_matched(matched)
        redis_server.flush()
    process.terminate()
    wait_until(lambda: process.poll() is not None, "a clean stop", seconds=40)
    assert process.returncode == 0, distributed.newswatch.log()

    distributed.newswatch.drain()

    distributed.assert_nothing_lost_or_doubled()
