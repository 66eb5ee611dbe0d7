"""Fills a throwaway database with drafted articles, in bulk but with the product's own rows."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, func, insert, select, text

from services.benchmarks.drafting import DraftedArticle, footer_marks
from services.benchmarks.invented_news import InventedArticle
from services.extract.comparing import mask_hash
from services.extract.drafts import ArticleDraft, arrival_day
from services.extract.events.packing import PROFILE_VERSION
from services.extract.reuse import FurnitureReason, Spans
from services.extract.reuse.furniture import FURNITURE_ARTICLES, GRAM, LINE, METHOD
from shared.database import Database
from shared.tables import (
    article_fingerprints,
    article_lines,
    article_links,
    article_profiles,
    article_terms,
    articles,
    files,
    furniture,
    furniture_masks,
    stories,
)

ARTICLES_AT_ONCE = 1000
# Stories that begun this many stories ago get no more articles.
_STORIES_KEPT = 20_000


class Filler:
    """Numbers and stores articles as they arrive; knows which rows the invented stories have."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._mates: dict[int, dict[int, int]] = {}
        self._stories: dict[int, int] = {}
        self._footers: set[tuple[str, ...]] = set()
        self.articles = 0

    def fill(self, drafted: Iterable[DraftedArticle], said: Callable[[int], None]) -> None:
        """Store articles as they are once they are linked and matched; say how many there are."""
        waiting: list[DraftedArticle] = []
        for each in drafted:
            waiting.append(each)
            if len(waiting) == ARTICLES_AT_ONCE:
                self._store(waiting)
                said(self.articles)
                waiting = []
        if waiting:
            self._store(waiting)
            said(self.articles)
        with self._database.write() as connection:
            _settle(connection)

    def announce(self, drafted: DraftedArticle) -> int:
        """Store one article as it is before it is linked; return its id."""
        article_id = self._number(drafted)
        with self._database.write() as connection:
            _save(connection, {article_id: drafted}, {})
        return article_id

    def linked(self, drafted: DraftedArticle, article_id: int) -> None:
        """Take note of the story that an announced article was given."""
        with self._database.read() as connection:
            own = select(articles.c.story_id).where(articles.c.id == article_id)
            self._stories[drafted.article.story] = connection.execute(own).scalar_one()

    def _store(self, drafted: Sequence[DraftedArticle]) -> None:
        with self._database.write() as connection:
            if connection.dialect.name == "postgresql":
                connection.execute(text("SET LOCAL synchronous_commit = off"))
            next_story = (connection.scalar(select(func.max(stories.c.id))) or 0) + 1
            numbered: dict[int, DraftedArticle] = {}
            links: list[dict[str, Any]] = []
            new_stories: list[dict[str, Any]] = []
            for each in drafted:
                article_id = self._number(each)
                numbered[article_id] = each
                links += [self._link(each, row) for row in each.links]
                if each.article.story not in self._stories:
                    self._stories[each.article.story] = next_story + len(new_stories)
                    new_stories.append(_story_row(next_story + len(new_stories), each))
            _insert(connection, stories, new_stories)
            story_of = {a: self._stories[each.article.story] for a, each in numbered.items()}
            self._know_footers(connection, drafted)
            _save(connection, numbered, story_of)
            _insert(connection, article_links, links)
        for story in list(self._mates)[:-_STORIES_KEPT]:
            del self._mates[story]
            self._stories.pop(story, None)

    def _know_footers(self, connection: Connection, drafted: Sequence[DraftedArticle]) -> None:
        """Store that what outlets put under every page is furniture, as a third page shows."""
        new = {each.article.footer: each.article for each in drafted}
        rows = [
            _furniture_row(kind, mark, article)
            for footer, article in new.items()
            if footer not in self._footers
            for kind, marks in zip((GRAM, LINE), footer_marks(footer), strict=True)
            for mark in marks
        ]
        self._footers |= new.keys()
        _insert(connection, furniture, rows)

    def _number(self, drafted: DraftedArticle) -> int:
        self.articles += 1
        self._mates.setdefault(drafted.article.story, {})[drafted.place] = self.articles
        return self.articles

    def _link(self, drafted: DraftedArticle, row: Mapping[str, Any]) -> dict[str, Any]:
        mates = self._mates[drafted.article.story]
        ends = {"a_id": mates[row["a_id"]], "b_id": mates[row["b_id"]]}
        return {**row, **ends, "linked_at": drafted.article.received_at}


def _save(
    connection: Connection, numbered: Mapping[int, DraftedArticle], story_of: Mapping[int, int]
) -> None:
    """Store articles under their numbers; those without a story wait to be linked."""
    drafts = {
        number: each.settled if number in story_of else each.draft
        for number, each in numbered.items()
    }
    masked = {number: each.furniture for number, each in numbered.items() if number in story_of}
    _insert(connection, files, [_file_row(number, each) for number, each in numbered.items()])
    _insert(
        connection,
        articles,
        [_article_row(number, each, story_of.get(number)) for number, each in numbered.items()],
    )
    _insert(
        connection,
        article_profiles,
        [_profile_row(number, draft, masked.get(number, ())) for number, draft in drafts.items()],
    )
    _insert(
        connection,
        furniture_masks,
        [_mask_row(number, numbered[number], spans) for number, spans in masked.items() if spans],
    )
    days = {number: arrival_day(each.article.received_at) for number, each in numbered.items()}
    _save_index(connection, drafts, days)


def _save_index(
    connection: Connection, drafts: Mapping[int, ArticleDraft], days: Mapping[int, int]
) -> None:
    """Store by what articles are found and counted: nearly all rows there are."""
    _copy(
        connection,
        article_fingerprints,
        [
            (fingerprint, number, days[number])
            for number, draft in drafts.items()
            for fingerprint in draft.fingerprints
        ],
    )
    _copy(
        connection,
        article_lines,
        [(line, number, days[number]) for number, draft in drafts.items() for line in draft.lines],
    )
    _copy(
        connection,
        article_terms,
        [
            (term, day, number, weight)
            for number, draft in drafts.items()
            for term, day, weight in draft.terms
        ],
    )


def _profile_row(number: int, draft: ArticleDraft, spans: Spans) -> dict[str, Any]:
    return {
        "article_id": number,
        "version": PROFILE_VERSION,
        "mask_hash": mask_hash(spans),
        "packed": draft.profile,
    }


def _mask_row(number: int, drafted: DraftedArticle, spans: Spans) -> dict[str, Any]:
    return {
        "article_id": number,
        "version": 1,
        "method": METHOD,
        "spans": [list(span) for span in spans],
        "judged_at": drafted.article.received_at,
    }


def _furniture_row(kind: str, mark: int, article: InventedArticle) -> dict[str, Any]:
    day = arrival_day(article.received_at)
    return {
        "kind": kind,
        "hash": mark,
        "reason": FurnitureReason.ONE_OUTLET.value,
        "article_count": FURNITURE_ARTICLES,
        "first_day": day,
        "last_day": day,
        "outlet": article.outlet,
        "judged_at": article.received_at,
    }


def _file_row(number: int, drafted: DraftedArticle) -> dict[str, Any]:
    content = f"{drafted.article.title}\n\n{drafted.article.text}".encode()
    return {
        "id": number,
        "take_key": hashlib.sha256(b"take %d" % number).hexdigest(),
        "sighting": hashlib.sha256(b"sighting %d" % number).hexdigest(),
        "origin": "inbox",
        "name_bytes": b"article-%d.txt" % number,
        "name": f"article-{number}.txt",
        "sha256": hashlib.sha256(content).hexdigest(),
        "size": len(content),
        "received_at": drafted.article.received_at,
        "format": "plain_text",
        "outcome": "read",
        "state": "read",
        "next_attempt_at": drafted.article.received_at,
    }


def _article_row(number: int, drafted: DraftedArticle, story: int | None) -> dict[str, Any]:
    arrived = drafted.article.received_at
    row = {"id": number, "file_id": number, "extracted_at": arrived, "next_attempt_at": arrived}
    if story is None:
        return drafted.draft.columns | row | {"state": "extracted"}
    return drafted.draft.columns | row | {"state": "matched", "outcome": "new", "story_id": story}


def _story_row(number: int, drafted: DraftedArticle) -> dict[str, Any]:
    began = drafted.article.received_at
    return {"id": number, "developments": 1, "created_at": began, "changed_at": began}


def _insert(connection: Connection, table: Table, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def _copy(connection: Connection, table: Table, rows: Sequence[tuple[Any, ...]]) -> None:
    """Insert rows with a value for every column, by the fastest way the engine has."""
    driver = connection.connection.cursor()
    names = ", ".join(column.name for column in table.columns)
    try:
        if connection.dialect.name == "postgresql":
            with driver.copy(f"COPY {table.name} ({names}) FROM STDIN") as stream:
                for row in rows:
                    stream.write_row(row)
        else:
            places = ", ".join("?" * len(table.columns))
            driver.executemany(f"INSERT INTO {table.name} ({names}) VALUES ({places})", rows)
    finally:
        driver.close()


def _settle(connection: Connection) -> None:
    """Bring up to date what a server would have learnt meanwhile."""
    if connection.dialect.name != "postgresql":
        return
    for table in (files, articles, stories):
        highest = select(func.max(table.c.id)).scalar_subquery()
        sequence = func.pg_get_serial_sequence(table.name, "id")
        connection.execute(select(func.setval(sequence, highest)))
    connection.execute(text("ANALYZE"))
