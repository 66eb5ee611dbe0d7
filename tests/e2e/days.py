"""Files that come on days of their own, step by step, and one desk that reads everything."""

from __future__ import annotations

import json
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import select

from shared.stories import StorySummary, summarise_stories
from shared.tables import article_links
from tests.clocks import NOON, FixedClock
from tests.e2e.books import Books
from tests.e2e.corpus import record
from tests.e2e.newsroom import read_paper
from tests.e2e.stepping import Stepper
from tests.e2e.watching import watch

EVERYTHING = (
    "quarry OR moth OR loaf OR river OR oyster OR earthquake OR railway OR miners OR depot OR flat"
)


class Days:
    """Days of one SQLite newsroom; messages are told at once."""

    def __init__(self, stepper: Stepper, clock: FixedClock) -> None:
        self.stepper = stepper
        self.books = Books(stepper.runtime.database)
        self._clock = clock
        watch(stepper.runtime.database, {"everything": EVERYTHING})

    def arrive(
        self,
        name: str,
        title: str,
        text: str,
        *,
        outlet: str | None = None,
        day: int = 0,
        dated: bool = True,
        url: str | None = None,
    ) -> None:
        """Drop one article on the day it was published, and work until nothing is due."""
        published = self.go_to(day).date().isoformat() if dated else None
        content = record(title, text, outlet=outlet, published=published, url=url)
        self.arrive_as(f"{name}.json", content, day=day)

    def arrive_as(self, name: str, content: str | bytes, *, day: int = 0) -> None:
        """Drop one file, and work until nothing is due."""
        self.go_to(day)
        self.stepper.drop(name, content)
        self.stepper.settle()

    def go_to(self, day: int) -> datetime:
        """Move the clock on to noon of the *day*-th day from the first, 0; return that time."""
        self._clock.at = max(self._clock.at, NOON + timedelta(days=day))
        return self._clock.at

    def links(self) -> list[Any]:
        """Return the links as they are stored, in the order of their articles."""
        order = (article_links.c.a_id, article_links.c.b_id)
        return self.books.rows(select(article_links).order_by(*order))

    def stories(self) -> set[frozenset[str]]:
        """Return the stories as sets of file names without their ends."""
        return {frozenset(_stems(group)) for group in self.books.stories()}

    def told(self) -> dict[str, tuple[str, str]]:
        """Return the ledger: file name without its end -> (state, reason)."""
        reasons = self.books.reasons()
        return dict(zip(_stems(list(reasons)), reasons.values(), strict=True))

    def messages(self) -> list[Any]:
        """Return what was told, in order."""
        return [json.loads(line) for line in read_paper(self.stepper.runtime)]

    def summaries(self) -> list[StorySummary]:
        """Return the stories as their lists show them."""
        stories = sorted({row.story_id for row in self.books.articles()})
        with self.stepper.runtime.database.read() as connection:
            return summarise_stories(connection, stories)


def _stems(names: Sequence[str] | frozenset[str]) -> list[str]:
    return [name.rpartition(".")[0] for name in names]
