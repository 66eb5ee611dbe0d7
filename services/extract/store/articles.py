"""Writes what reading a file gave: an article with all its rows, members, or a rejection."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, delete, insert, select

from services.extract.drafts import ArticleDraft, TermRows, arrival_day
from services.extract.store.profiles import StoredProfile, insert_profiles
from services.extract.store.tags import tag_rows
from shared.runtime import Runtime
from shared.steps import EXTRACT
from shared.tables import (
    article_fingerprints,
    article_lines,
    article_tags,
    article_terms,
    articles,
    files,
)
from shared.work import Claimed

Grams = Sequence[int]


@dataclass(frozen=True)
class FileToRead:
    """What reading needs to know of a file row."""

    id: int
    sha256: str
    name: str
    name_bytes: bytes
    outlet: str | None
    modified_at: datetime | None
    received_at: datetime
    parent_id: int | None
    depth: int  # how many containers it came out of; counted up to three


@dataclass(frozen=True)
class Read:
    """One claimed file and the article that was read from it."""

    claimed: Claimed
    format: str
    notes: str | None
    draft: ArticleDraft


def load_files(connection: Connection, ids: Collection[int]) -> dict[int, FileToRead]:
    """Return the file rows of *ids*, by id."""
    columns = [files.c[name] for name in FileToRead.__dataclass_fields__ if name != "depth"]
    one, two = files.alias("parent"), files.alias("grandparent")
    depth = case(
        (two.c.parent_id.is_not(None), 3),
        (one.c.parent_id.is_not(None), 2),
        (files.c.parent_id.is_not(None), 1),
        else_=0,
    )
    around = files.outerjoin(one, files.c.parent_id == one.c.id)
    around = around.outerjoin(two, one.c.parent_id == two.c.id)
    rows = connection.execute(
        select(*columns, depth.label("depth")).select_from(around).where(files.c.id.in_(ids))
    )
    return {row["id"]: FileToRead(**row) for row in rows.mappings()}


def save_articles(runtime: Runtime, read: Sequence[Read]) -> dict[int, int]:
    """Announce articles, with the end of their files in the same transaction.

    Return the id of each article by that of its file.

    Raises:
        LeaseLostError: one of the files is no longer ours; nothing was written.
    """
    with runtime.database.write() as connection:
        now = runtime.database.now(connection)
        for item in read:
            values = {"format": item.format, "outcome": "read", "detail": item.notes}
            runtime.work.finish(connection, EXTRACT, item.claimed, "read", values)
        rows = [
            item.draft.columns
            | {"file_id": item.claimed.id, "extracted_at": now, "next_attempt_at": now}
            for item in read
        ]
        made = connection.execute(
            insert(articles).returning(articles.c.id, articles.c.file_id), rows
        )
        ids = {row.file_id: row.id for row in made}
        _save_parts(connection, [(ids[item.claimed.id], item.draft) for item in read])
    return ids


def _save_parts(connection: Connection, drafts: Sequence[tuple[int, ArticleDraft]]) -> None:
    days = {article_id: arrival_day(draft.columns["received_at"]) for article_id, draft in drafts}
    _insert(
        connection,
        article_fingerprints,
        [row for key, draft in drafts for row in _gram_rows(key, days[key], draft.fingerprints)],
    )
    _insert(
        connection,
        article_lines,
        [
            {"line": line, "article_id": key, "day": days[key]}
            for key, draft in drafts
            for line in draft.lines
        ],
    )
    _insert(
        connection,
        article_terms,
        [row for key, draft in drafts for row in _term_rows(key, draft.terms)],
    )
    insert_profiles(connection, {key: StoredProfile(0, draft.profile) for key, draft in drafts})
    _insert(
        connection,
        article_tags,
        [row for article_id, draft in drafts for row in tag_rows(article_id, draft.tags)],
    )


def replace_index(
    connection: Connection, article_id: int, received_at: datetime, grams: Grams, terms: TermRows
) -> None:
    """Store by which *grams* and *terms* an article is found from now on."""
    for table in (article_fingerprints, article_terms):
        connection.execute(delete(table).where(table.c.article_id == article_id))
    day = arrival_day(received_at)
    _insert(connection, article_fingerprints, _gram_rows(article_id, day, grams))
    _insert(connection, article_terms, _term_rows(article_id, terms))


def _gram_rows(article_id: int, day: int, grams: Grams) -> list[dict[str, Any]]:
    return [{"fingerprint": gram, "article_id": article_id, "day": day} for gram in grams]


def _term_rows(article_id: int, terms: TermRows) -> list[dict[str, Any]]:
    return [
        {"term": term, "day": day, "article_id": article_id, "weight": weight}
        for term, day, weight in terms
    ]


def _insert(connection: Connection, table: Any, rows: list[dict[str, Any]]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def reject_file(
    runtime: Runtime, claimed: Claimed, *, file_format: str, reason: str, detail: str
) -> None:
    """Give a file its last outcome; a person may retry it.

    Raises:
        LeaseLostError: the file is no longer ours.
    """
    values = {"format": file_format, "outcome": f"rejected:{reason}", "detail": detail}
    with runtime.database.write() as connection:
        runtime.work.finish(connection, EXTRACT, claimed, "rejected", values)
