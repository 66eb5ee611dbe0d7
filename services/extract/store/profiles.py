"""Reads and writes the packed event profiles of articles."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from sqlalchemy import Connection, delete, insert, select

from services.extract.events.packing import PROFILE_VERSION
from services.extract.store.furniture import chunks
from shared.tables import article_profiles


@dataclass(frozen=True, slots=True)
class StoredProfile:
    """A packed profile, and which furniture was left out of it (see `mask_hash`)."""

    mask_hash: int
    packed: bytes


def load_profiles(connection: Connection, ids: Collection[int]) -> dict[int, StoredProfile]:
    """Return the profiles of *ids* by id; those of another version are passed over."""
    columns = article_profiles.c
    found: dict[int, StoredProfile] = {}
    for some in chunks(sorted(ids)):
        query = select(columns.article_id, columns.mask_hash, columns.packed)
        own = query.where(columns.article_id.in_(some), columns.version == PROFILE_VERSION)
        for row in connection.execute(own):
            found[row.article_id] = StoredProfile(row.mask_hash, row.packed)
    return found


def save_profiles(connection: Connection, profiles: Mapping[int, StoredProfile]) -> None:
    """Store *profiles*, by the id of their article, in place of what was there."""
    if not profiles:
        return
    old = article_profiles.c.article_id.in_(profiles.keys())
    connection.execute(delete(article_profiles).where(old))
    insert_profiles(connection, profiles)


def insert_profiles(connection: Connection, profiles: Mapping[int, StoredProfile]) -> None:
    """Store *profiles* of new articles."""
    rows = [
        {
            "article_id": article_id,
            "version": PROFILE_VERSION,
            "mask_hash": profile.mask_hash,
            "packed": profile.packed,
        }
        for article_id, profile in profiles.items()
    ]
    if rows:
        connection.execute(insert(article_profiles), rows)
