"""Consoles on a database with rows."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from shared.runtime import Runtime
from tests.integration.console_web.newsroom import fill
from tests.integration.console_web.serving import Console, serving


@pytest.fixture
def newsroom(sqlite_runtime: Runtime) -> Runtime:
    """A runtime on a filled SQLite database."""
    fill(sqlite_runtime.database)
    return sqlite_runtime


@pytest.fixture
def console(newsroom: Runtime) -> Iterator[Console]:
    """A console on a filled SQLite database."""
    with serving(newsroom) as running:
        yield running


@pytest.fixture
def console_on_each_engine(runtime: Runtime) -> Iterator[Console]:
    """A console on a filled database, once for each engine."""
    fill(runtime.database)
    with serving(runtime) as running:
        yield running
