"""Writes file rows for dropped files."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, select

from services.ingest.inbox import Taken
from shared.database import Database, insert_new
from shared.tables import files

# Databases limit the parameters of one statement (SQLite: 32,766).
LOOKED_UP_AT_ONCE = 1000


@dataclass(frozen=True)
class Recorded:
    """The row of a file that was taken; `is_new` is False for one whose row a crash left behind."""

    taken: Taken
    file_id: int
    is_new: bool


def known_sightings(connection: Connection, sightings: Collection[str]) -> set[str]:
    """Return those of *sightings* that already have a row."""
    known: set[str] = set()
    rest = iter(sightings)
    while chunk := list(islice(rest, LOOKED_UP_AT_ONCE)):
        found = connection.execute(select(files.c.sighting).where(files.c.sighting.in_(chunk)))
        known.update(found.scalars())
    return known


def record_files(database: Database, taken: Sequence[Taken], *, origin: str) -> list[Recorded]:
    """Commit one row for each of *taken*, in one transaction, and return the rows, old or new."""
    with database.write() as connection:
        now = database.now(connection)
        new = set(
            connection.execute(
                insert_new(connection, files)
                .values([_row(item, origin) | _first_state(item, now) for item in taken])
                .returning(files.c.take_key)
            ).scalars()
        )
        keys = [item.take_key for item in taken]
        found = connection.execute(
            select(files.c.take_key, files.c.id).where(files.c.take_key.in_(keys))
        )
        ids = {row.take_key: row.id for row in found}
    return [Recorded(item, ids[item.take_key], item.take_key in new) for item in taken]


def _row(item: Taken, origin: str) -> dict[str, object]:
    return {
        "take_key": item.take_key,
        "sighting": item.sighting,
        "origin": origin,
        "name_bytes": item.seen.name,
        "name": item.name,
        "outlet": item.outlet,
        "sha256": item.stored.sha256 if item.stored else "",
        "size": item.seen.size,
        "modified_at": item.modified_at,
    }


def _first_state(item: Taken, now: object) -> dict[str, object]:
    common = {"received_at": now, "next_attempt_at": now, "attempts": 0}
    if item.stored is not None:
        return common | {"state": "received", "outcome": None, "detail": None}
    detail = "larger than inbox.max_bytes; left where it is, nothing was copied"
    return common | {"state": "rejected", "outcome": "rejected:too_large", "detail": detail}
