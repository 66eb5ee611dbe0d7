"""Writes the members of containers, a few at a time, and knows how far a container has come."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from services.extract.outcome import Rejection
from services.extract.store.articles import FileToRead
from shared.archive import Stored
from shared.database import insert_new
from shared.runtime import Runtime
from shared.steps import EXTRACT
from shared.tables import files
from shared.work import Claimed


@dataclass(frozen=True)
class NewMember:
    """One member to be written: its original, or why there is none."""

    place: int
    name: str
    outlet: str | None
    content: Stored | Rejection


@dataclass(frozen=True)
class Progress:
    """How far a container has come.

    `last` is the place of its last member stored; the counts are of all files, and of their bytes,
    that came out of the same dropped file by way of other containers.
    """

    last: int
    own_bytes: int
    other_members: int
    other_bytes: int


def load_progress(connection: Connection, file: FileToRead) -> Progress:
    """Return how far the container *file* was unfolded."""
    own = connection.execute(
        select(
            func.coalesce(func.max(files.c.member), 0).label("last"),
            func.count().label("members"),
            func.coalesce(func.sum(files.c.size), 0).label("bytes"),
        ).where(files.c.parent_id == file.id)
    ).one()
    tree = select(files.c.id).where(files.c.id == _root(connection, file)).cte(recursive=True)
    tree = tree.union_all(select(files.c.id).where(files.c.parent_id == tree.c.id))
    all_of_it = connection.execute(
        select(
            func.count().label("members"), func.coalesce(func.sum(files.c.size), 0).label("bytes")
        ).where(files.c.parent_id.in_(select(tree.c.id)))
    ).one()
    return Progress(
        last=own.last,
        own_bytes=int(own.bytes),
        other_members=all_of_it.members - own.members,
        other_bytes=int(all_of_it.bytes) - int(own.bytes),
    )


def _root(connection: Connection, file: FileToRead) -> int:
    """Return the dropped file that *file* came out of, or itself."""
    root, parent = file.id, file.parent_id
    while parent is not None:
        root = parent
        parent = connection.execute(
            select(files.c.parent_id).where(files.c.id == root)
        ).scalar_one()
    return root


def save_members(runtime: Runtime, parent: FileToRead, members: Iterable[NewMember]) -> list[int]:
    """Write the rows of some *members* of a container; return the ids of those to be read."""
    with runtime.database.write() as connection:
        now = runtime.database.now(connection)
        rows = [_member_row(parent, member, now) for member in members]
        made = connection.execute(
            insert_new(connection, files).values(rows).returning(files.c.id, files.c.state)
        )
        return sorted(row.id for row in made if row.state == EXTRACT.state)


def _member_row(parent: FileToRead, member: NewMember, now: datetime) -> dict[str, Any]:
    key = hashlib.sha256(f"member {parent.id} {member.place}".encode()).hexdigest()
    return {
        "take_key": key,
        "sighting": key,
        "origin": "member",
        "parent_id": parent.id,
        "member": member.place,
        "name_bytes": member.name.encode("utf-8", "backslashreplace"),
        "name": member.name,
        "outlet": parent.outlet or member.outlet,
        "modified_at": parent.modified_at,
        "received_at": parent.received_at,
        "next_attempt_at": now,
        "attempts": 0,
        **_fate(member.content),
    }


def _fate(content: Stored | Rejection) -> dict[str, Any]:
    if isinstance(content, Stored):
        kept = {"sha256": content.sha256, "size": content.size, "state": EXTRACT.state}
        return kept | {"outcome": None, "detail": None}
    refused = {"outcome": f"rejected:{content.reason.value}", "detail": content.detail}
    return {"sha256": "", "size": 0, "state": "rejected"} | refused


def pause_container(runtime: Runtime, claimed: Claimed, words: str) -> None:
    """Give a container back that made progress: due at once, after what waits longer.

    Raises:
        LeaseLostError: the file is no longer ours.
    """
    with runtime.database.write() as connection:
        now = runtime.database.now(connection)
        runtime.work.schedule(connection, EXTRACT, claimed, now, words)


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
