"""Cleaning archived originals again: the difference first, then revisions by the ordinary way."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from sqlalchemy import ColumnElement

from services.extract.difference import Difference, find_difference
from services.extract.drafts import CLEANER_VERSION, draft_article
from services.extract.jobs.reading import request_for
from services.extract.sandbox import Reading, Sandbox
from services.extract.store.revisions import (
    CleanedArticle,
    count_articles,
    known_outlets,
    load_cleaned,
    next_articles,
    older_cleaners,
    outdated,
    save_revisions,
)
from shared.errors import SettingsError, TransientError
from shared.runtime import Runtime
from shared.steps import EXTRACT
from shared.sweeping import ring_for
from shared.topics import Taxonomy

# In memory, and in one commit, at a time.
ARTICLES_AT_ONCE = 20


@dataclass(frozen=True, slots=True)
class Selection:
    """Which articles to clean again: *ids*, or all of an older cleaner that fit the rest.

    *outlet* in any spelling; *since* is aware, and asks when an article arrived.
    """

    ids: tuple[int, ...] = ()
    outlet: str | None = None
    since: datetime | None = None


class Verdict(StrEnum):
    """What cleaning an original again comes to."""

    CHANGED = "changed"
    UNCHANGED = "unchanged"
    REFUSED = "refused"  # the cleaner of today takes no article from it
    UNREADABLE = "unreadable"  # the original is gone, changed or out of reach
    PASSED_OVER = "passed_over"  # named, but not to be cleaned again


@dataclass(frozen=True, slots=True)
class Finding:
    """One article cleaned again. `detail` says why where nothing can be compared.

    `difference` is there for a changed one; `new_file_id` is the file it is read from anew, once
    that is stored.
    """

    article_id: int
    verdict: Verdict
    file: str | None = None
    file_id: int | None = None
    title: str | None = None
    detail: str | None = None
    difference: Difference | None = None
    new_file_id: int | None = None


class Recleaner:
    """Reads originals with the functions of the extract job; stores nothing unless told to."""

    def __init__(
        self,
        runtime: Runtime,
        sandbox: Sandbox,
        taxonomy: Taxonomy,
        *,
        version: str = CLEANER_VERSION,
    ) -> None:
        self._runtime = runtime
        self._sandbox = sandbox
        self._taxonomy = taxonomy
        self._version = version

    def count(self, selection: Selection) -> int:
        """Return how many articles `run` will look at.

        Raises:
            SettingsError: no article is of that outlet.
        """
        if selection.ids:
            return len(selection.ids)
        with self._runtime.database.read() as connection:
            return count_articles(connection, self._wanted(selection))

    def run(self, selection: Selection, *, apply: bool) -> Iterator[Finding]:
        """Clean each article again, lowest id first, and yield what comes of it.

        With *apply* every changed one is to be read anew, and committed before it is yielded.

        Raises:
            SettingsError: no article is of that outlet.
        """
        for ids in self._pages(selection):
            with self._runtime.database.read() as connection:
                stored = {one.id: one for one in load_cleaned(connection, ids, self._version)}
            found = [self._look(article_id, stored.get(article_id)) for article_id in ids]
            yield from self._apply(found) if apply else found

    def _wanted(self, selection: Selection) -> list[ColumnElement[bool]]:
        with self._runtime.database.read() as connection:
            versions = older_cleaners(connection, self._version)
            if selection.outlet is None:
                return outdated(versions, None, selection.since)
            meant, known = known_outlets(connection, selection.outlet)
        if not meant:
            names = ", ".join(known) or "none"
            raise SettingsError(f"unknown outlet {selection.outlet!r}; known: {names}")
        return outdated(versions, meant, selection.since)

    def _pages(self, selection: Selection) -> Iterator[list[int]]:
        if selection.ids:
            ids = sorted(set(selection.ids))
            for start in range(0, len(ids), ARTICLES_AT_ONCE):
                yield ids[start : start + ARTICLES_AT_ONCE]
            return
        wanted, last = self._wanted(selection), 0
        while page := self._next(wanted, last):
            yield page
            last = page[-1]

    def _next(self, wanted: Sequence[ColumnElement[bool]], last: int) -> list[int]:
        with self._runtime.database.read() as connection:
            return next_articles(connection, wanted, after=last, limit=ARTICLES_AT_ONCE)

    def _look(self, article_id: int, stored: CleanedArticle | None) -> Finding:
        if stored is None:
            return Finding(article_id, Verdict.PASSED_OVER, detail=f"there is no a{article_id}")
        about = Finding(
            article_id,
            Verdict.PASSED_OVER,
            file=stored.file.name,
            file_id=stored.file.id,
            title=stored.columns["title"],
        )
        if why := self._why_not(stored):
            return replace(about, detail=why)
        try:
            data = self._original(stored)
        except TransientError as error:
            return replace(about, verdict=Verdict.UNREADABLE, detail=str(error))
        reading = self._sandbox.read(data, request_for(stored.file, self._runtime))
        return self._compare(about, stored, reading)

    def _why_not(self, stored: CleanedArticle) -> str | None:
        """Return why an article is not to be cleaned again, None when it may be."""
        if stored.revision is not None:
            state = stored.revision_state
            hint = f"newswatch {'retry' if state in {'rejected', 'dead'} else 'trace'}"
            return f"f{stored.revision} cleans it again and is {state}: {hint} f{stored.revision}"
        if not stored.is_linked:
            return "it is not linked yet; try again when it is"
        cleaner = stored.columns["cleaner_version"]
        if int(cleaner) > int(self._version):
            return f"cleaner {cleaner} is newer than this one ({self._version})"
        return None

    def _original(self, stored: CleanedArticle) -> bytes:
        """Return the original's bytes.

        Raises:
            TransientError: they cannot be read, or are not what was taken.
        """
        data = self._runtime.archive.read(stored.file.sha256)
        if hashlib.sha256(data).hexdigest() != stored.file.sha256:
            path = self._runtime.archive.path(stored.file.sha256)
            raise TransientError(f"archive: {path} is not what was taken; restore it from a backup")
        return data

    def _compare(self, about: Finding, stored: CleanedArticle, reading: Reading) -> Finding:
        if reading.rejection is not None:
            why = f"{reading.rejection.reason.value}: {reading.rejection.detail}"
            return replace(about, verdict=Verdict.REFUSED, detail=why)
        if reading.article is None:
            why = "it is a container of several items now; drop it again to have them all"
            return replace(about, verdict=Verdict.REFUSED, detail=why)
        draft = draft_article(
            reading.article, received_at=stored.file.received_at, taxonomy=self._taxonomy
        )
        difference = find_difference(
            stored.columns, draft.columns, stored.topics, [tag.topic for tag in draft.tags]
        )
        if not difference.is_worth_a_revision:
            return replace(about, verdict=Verdict.UNCHANGED)
        return replace(about, verdict=Verdict.CHANGED, difference=difference)

    def _apply(self, found: Sequence[Finding]) -> list[Finding]:
        ids = {
            verdict: [one.article_id for one in found if one.verdict is verdict]
            for verdict in (Verdict.CHANGED, Verdict.UNCHANGED)
        }
        made = save_revisions(
            self._runtime, ids[Verdict.CHANGED], ids[Verdict.UNCHANGED], self._version
        )
        ring_for(self._runtime, EXTRACT, sorted(made.values()))
        return [replace(one, new_file_id=made.get(one.article_id)) for one in found]
