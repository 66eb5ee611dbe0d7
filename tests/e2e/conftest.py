"""newswatch whole: embedded on SQLite, and on real Redis and PostgreSQL, by settings alone."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from services.console.audit import audit
from shared.runtime import Runtime
from tests.clocks import FixedClock
from tests.conftest import NewRuntime
from tests.e2e.days import Days
from tests.e2e.newsroom import Newsroom
from tests.e2e.stepping import Stepper

QUICK: dict[str, dict[str, Any]] = {
    "inbox": {"quiet_seconds": 0.05, "scan_seconds": 0.05},
    "work": {"sweep_seconds": 0.2},
    "alert": {"coalesce_minutes": 0},
    "notify": {"allowed_networks": ["127.0.0.1"], "threads": 1},
}


@pytest.fixture(params=["embedded", "redis-and-postgresql"])
def open_newsroom(
    request: pytest.FixtureRequest, open_at: NewRuntime
) -> Iterator[Callable[..., Newsroom]]:
    """Open newsrooms on one database; the books of it must balance when the test is over."""
    if request.param == "embedded":
        url, more = request.getfixturevalue("sqlite_url"), {}
    else:
        url = request.getfixturevalue("postgres_url")
        more = {"redis": {"url": request.getfixturevalue("redis_url")}}
    opened: list[Runtime] = []

    def make(**sections: dict[str, Any]) -> Newsroom:
        merged = {name: QUICK.get(name, {}) | sections.get(name, {}) for name in QUICK | sections}
        opened.append(open_at(url, **(merged | more)))
        return Newsroom(opened[-1])

    yield make
    report = audit(opened[0], verify_originals="all")
    assert report.ok, [line.words for line in report.lines if not line.ok]


@pytest.fixture
def newsroom(open_newsroom: Callable[..., Newsroom]) -> Newsroom:
    return open_newsroom()


@pytest.fixture
def days(
    open_at: NewRuntime, sqlite_url: str, frozen_clock: FixedClock, tmp_path: Path
) -> Iterator[Days]:
    """Days of one newsroom on SQLite; its books must balance when the test is over."""
    runtime = open_at(sqlite_url, clock=frozen_clock, alert={"coalesce_minutes": 0})
    yield Days(Stepper(runtime, tmp_path), frozen_clock)
    report = audit(runtime, verify_originals="none")
    assert report.ok, [line.words for line in report.lines if not line.ok]
