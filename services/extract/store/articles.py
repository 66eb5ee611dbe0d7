"""Writes what reading a file gave: an article with all its rows, members, or a rejection."""

from __future__ import annotations

import hashlib
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select

from services.extract.drafts import ArticleDraft, arrival_day, spans_json
from shared.archive import Stored
from shared.database import insert_new
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


@dataclass(frozen=True)
class Read:
    """One claimed file and the article that was read from it."""

    claimed: Claimed
    format: str
    notes: str | None
    draft: ArticleDraft


def load_files(connection: Connection, ids: Collection[int]) -> dict[int, FileToRead]:
    """Return the file rows of *ids*, by id."""
    columns = [files.c[name] for name in FileToRead.__dataclass_fields__]
    rows = connection.execute(select(*columns).where(files.c.id.in_(ids)))
    return {row["id"]: FileToRead(**row) for row in rows.mappings()}


def save_articles(runtime: Runtime, read: Sequence[Read]) -> list[int]:
    """Announce articles, with the end of their files in the same transaction; return their ids.

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
    return sorted(ids.values())


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


def save_members(
    runtime: Runtime, parent: FileToRead, members: Iterable[tuple[int, str, Stored]]
) -> list[int]:
    """Write the rows of some *members* (place, name, original) of a container; return new ids."""
    with runtime.database.write() as connection:
        now = runtime.database.now(connection)
        rows = [_member_row(parent, place, name, stored, now) for place, name, stored in members]
        made = connection.execute(insert_new(connection, files).values(rows).returning(files.c.id))
        return sorted(made.scalars())


def _member_row(
    parent: FileToRead, place: int, name: str, stored: Stored, now: datetime
) -> dict[str, Any]:
    key = hashlib.sha256(f"member {parent.id} {place}".encode()).hexdigest()
    return {
        "take_key": key,
        "sighting": key,
        "origin": "member",
        "parent_id": parent.id,
        "member": place,
        "name_bytes": name.encode("utf-8", "backslashreplace"),
        "name": name,
        "outlet": parent.outlet,
        "sha256": stored.sha256,
        "size": stored.size,
        "modified_at": parent.modified_at,
        "received_at": parent.received_at,
        "state": "received",
        "next_attempt_at": now,
        "attempts": 0,
    }


def finish_container(
    runtime: Runtime, claimed: Claimed, *, file_format: str, detail: str | None
) -> None:
    """End a container: its members are files of their own now.

    Raises:
        LeaseLostError: the file is no longer ours.
    """
    values = {"format": file_format, "outcome": "container", "detail": detail}
    with runtime.database.write() as connection:
        runtime.work.finish(connection, EXTRACT, claimed, "read", values)
