"""Files: what became of every one that was dropped."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, func, or_, select

from services.console.queries.paging import DEFAULT_LIMIT, Page, bounded
from shared.stories.families import story_roots
from shared.tables import articles, files

WAITING = "waiting"
CONTAINER = "container"
DEAD = "dead"
MAX_MEMBERS = 200


@dataclass(frozen=True, slots=True)
class FileSummary:
    """One file. `fate` is its outcome so far in one word.

    `waiting`, `container`, `rejected:<reason>`, `dead`, or its article's outcome: `new`,
    `exact_copy`, `revision`. `why` says more: the detail of reading, or the last error.
    `revises` is the article that an older cleaner made of the same original.
    """

    id: int
    name: str
    origin: str
    outlet: str | None
    parent_id: int | None
    member: int | None
    revises: int | None
    size: int
    sha256: str
    received_at: datetime
    format: str | None
    state: str
    fate: str
    why: str | None
    article_id: int | None
    article_title: str | None
    story_id: int | None


@dataclass(frozen=True, slots=True)
class FileDetail:
    """One file, its members if it is a container, and where it stands in its queue."""

    summary: FileSummary
    modified_at: datetime | None
    attempts: int
    due_at: datetime | None
    last_error: str | None
    died_in: str | None
    members: Page[FileSummary]


def list_files(
    connection: Connection,
    limit: int = DEFAULT_LIMIT,
    *,
    fate: str | None = None,
    parent_id: int | None = None,
    name_contains: str | None = None,
) -> Page[FileSummary]:
    """Return the files taken last, newest first.

    *fate* is one of those in FileSummary, or `rejected` for every reason.
    """
    wanted: list[ColumnElement[bool]] = []
    if fate is not None:
        wanted.append(_has_fate(fate))
    if parent_id is not None:
        wanted.append(files.c.parent_id == parent_id)
    if name_contains is not None:
        wanted.append(files.c.name.contains(name_contains, autoescape=True))
    total = connection.execute(
        select(func.count()).select_from(files.outerjoin(articles, _ITS_ARTICLE)).where(*wanted)
    )
    query = _with_article().where(*wanted).order_by(files.c.id.desc()).limit(bounded(limit))
    rows = connection.execute(query).all()
    return Page(tuple(_summaries(connection, rows)), total.scalar_one())


def load_files(connection: Connection, ids: Collection[int]) -> dict[int, FileSummary]:
    """Return the files *ids*, by id."""
    rows = connection.execute(_with_article().where(files.c.id.in_(ids))).all()
    return {found.id: found for found in _summaries(connection, rows)}


def get_file(connection: Connection, file_id: int) -> FileDetail | None:
    """Return the file *file_id* with its first members, or None if there is none."""
    summary = load_files(connection, [file_id]).get(file_id)
    if summary is None:
        return None
    row = connection.execute(select(files).where(files.c.id == file_id)).one()
    own = _with_article().where(files.c.parent_id == file_id)
    total = connection.execute(select(func.count()).where(files.c.parent_id == file_id))
    rows = connection.execute(own.order_by(files.c.member, files.c.id).limit(MAX_MEMBERS)).all()
    return FileDetail(
        summary=summary,
        modified_at=row.modified_at,
        attempts=row.attempts,
        due_at=row.next_attempt_at if row.state == "received" else None,
        last_error=row.last_error,
        died_in=row.died_in,
        members=Page(tuple(_summaries(connection, rows)), total.scalar_one()),
    )


def count_fates(connection: Connection) -> dict[str, int]:
    """Return how many files have each fate, most frequent first; containers are one of them."""
    rows = connection.execute(
        select(
            files.c.state,
            files.c.outcome,
            articles.c.state.label("article_state"),
            articles.c.outcome.label("article_outcome"),
            func.count().label("number"),
        )
        .select_from(files.outerjoin(articles, _ITS_ARTICLE))
        .group_by(files.c.state, files.c.outcome, articles.c.state, articles.c.outcome)
    )
    counts: dict[str, int] = {}
    for row in rows:
        fate = _fate(row.state, row.outcome, row.article_state, row.article_outcome)
        counts[fate] = counts.get(fate, 0) + row.number
    return dict(sorted(counts.items(), key=lambda pair: (-pair[1], pair[0])))


_ITS_ARTICLE = articles.c.file_id == files.c.id


def _with_article() -> Select[Any]:
    return select(
        files,
        articles.c.id.label("article_id"),
        articles.c.title.label("article_title"),
        articles.c.state.label("article_state"),
        articles.c.outcome.label("article_outcome"),
        articles.c.last_error.label("article_error"),
        articles.c.story_id,
    ).select_from(files.outerjoin(articles, _ITS_ARTICLE))


def _has_fate(fate: str) -> ColumnElement[bool]:
    article_is_dead = func.coalesce(articles.c.state, "") == DEAD
    if fate == DEAD:
        return or_(files.c.state == DEAD, article_is_dead)
    if fate == WAITING:
        unlinked = articles.c.id.is_not(None) & articles.c.outcome.is_(None) & ~article_is_dead
        return or_(files.c.state == "received", unlinked)
    if fate == "rejected":
        return files.c.state == "rejected"
    if fate == CONTAINER or fate.startswith("rejected:"):
        return files.c.outcome == fate
    return (articles.c.outcome == fate) & ~article_is_dead


def _fate(
    state: str, outcome: str | None, article_state: str | None, article_outcome: str | None
) -> str:
    if DEAD in (state, article_state):
        return DEAD
    if state == "received":
        return WAITING
    if article_state is None:
        return outcome or state
    return article_outcome or WAITING


def _summaries(connection: Connection, rows: Collection[Any]) -> list[FileSummary]:
    roots = story_roots(connection, {row.story_id for row in rows if row.story_id is not None})
    return [_summary(row, roots.get(row.story_id)) for row in rows]


def _summary(row: Any, story_id: int | None) -> FileSummary:
    return FileSummary(
        id=row.id,
        name=row.name,
        origin=row.origin,
        outlet=row.outlet,
        parent_id=row.parent_id,
        member=row.member,
        revises=row.revises,
        size=row.size,
        sha256=row.sha256,
        received_at=row.received_at,
        format=row.format,
        state=row.state,
        fate=_fate(row.state, row.outcome, row.article_state, row.article_outcome),
        why=row.last_error or row.article_error or row.detail,
        article_id=row.article_id,
        article_title=row.article_title,
        story_id=story_id,
    )
