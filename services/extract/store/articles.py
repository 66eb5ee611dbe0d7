"""Writes what reading a file gave: an article with all its rows, members, or a rejection."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, case, insert, select

from services.extract.drafts import ArticleDraft, arrival_day, spans_json
from services.extract.store.profiles import StoredProfile, insert_profiles
from shared.runtime import Runtime
from shared.steps import EXTRACT
from shared.tables import article_fingerprints, article_tags, article_terms, articles, files
from shared.work import Claimed


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
    _insert(
        connection,
        article_fingerprints,
        [
            {
                "fingerprint": fingerprint,
                "article_id": article_id,
                "day": arrival_day(draft.columns["received_at"]),
            }
            for article_id, draft in drafts
            for fingerprint in draft.fingerprints
        ],
    )
    _insert(
        connection,
        article_terms,
        [
            {"term": term, "day": day, "article_id": article_id, "weight": weight}
            for article_id, draft in drafts
            for term, day, weight in draft.terms
        ],
    )
    insert_profiles(connection, {key: StoredProfile(0, draft.profile) for key, draft in drafts})
    _insert(
        connection,
        article_tags,
        [
            {
                "article_id": article_id,
                "topic": tag.topic,
                "level": tag.level,
                "evidence": spans_json(tag.evidence),
            }
            for article_id, draft in drafts
            for tag in draft.tags
        ],
    )


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
