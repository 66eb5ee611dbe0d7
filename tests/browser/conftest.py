"""A real, headless Chromium, and a console for it to look at."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Error, sync_playwright

from shared.runtime import Runtime
from tests.integration.console_web.newsroom import fill
from tests.integration.console_web.serving import Console, serving

CHROMIUM_NAMES = ("chromium", "chromium-browser", "google-chrome")
# Nothing but our own requests: a browser left to itself talks to its maker.
ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _no_browser(why: str) -> None:
    if os.environ.get("NEWSWATCH_REQUIRE_SERVICES") == "1":
        pytest.fail(why)
    pytest.skip(why)


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    """A browser for all tests of this process."""
    program = next(filter(None, map(shutil.which, CHROMIUM_NAMES)), None)
    if program is None:
        _no_browser("no Chromium on PATH; on Debian or Ubuntu: apt-get install chromium")
    with sync_playwright() as playwright:
        try:
            launched = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        except Error as error:
            _no_browser(f"Chromium does not start: {error.message.splitlines()[0]}")
        yield launched
        launched.close()


@pytest.fixture
def console(sqlite_runtime: Runtime) -> Iterator[Console]:
    """A console on a filled SQLite database."""
    fill(sqlite_runtime.database)
    with serving(sqlite_runtime) as running:
        yield running
