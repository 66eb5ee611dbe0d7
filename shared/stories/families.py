"""Rows that were taken over by another: merged stories, folded alerts; up to the root and down."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Column, Connection, select

from shared.tables import alerts, stories


def story_families(connection: Connection, root_ids: Collection[int]) -> dict[int, int]:
    """Return story id -> root, for every root of *root_ids* and all stories merged into it."""
    return _families(connection, stories.c.id, stories.c.merged_into, root_ids)


def alert_families(connection: Connection, root_ids: Collection[int]) -> dict[int, int]:
    """Return alert id -> root, for every root of *root_ids* and all alerts folded into it."""
    return _families(connection, alerts.c.id, alerts.c.folded_into, root_ids)


def _families(
    connection: Connection, key: Column[int], parent: Column[int], root_ids: Collection[int]
) -> dict[int, int]:
    # Ids in a list, not a recursive join: SQLite reads the whole table for the latter.
    root_of = {root: root for root in root_ids}
    frontier = list(root_of)
    while frontier:
        below = connection.execute(select(key, parent).where(parent.in_(frontier)))
        found = {row[0]: root_of[row[1]] for row in below if row[0] not in root_of}
        root_of |= found
        frontier = list(found)
    return root_of


def story_roots(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """Return, for each existing story of *ids*, the story it is part of now (maybe itself)."""
    return _roots(connection, stories.c.id, stories.c.merged_into, ids)


def alert_roots(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """Return, for each existing alert of *ids*, the alert it was folded into (maybe itself)."""
    return _roots(connection, alerts.c.id, alerts.c.folded_into, ids)


def _roots(
    connection: Connection, key: Column[int], parent: Column[int], ids: Collection[int]
) -> dict[int, int]:
    above: dict[int, int | None] = {}
    unknown = set(ids)
    while unknown:
        rows = connection.execute(select(key, parent).where(key.in_(unknown)))
        found: dict[int, int | None] = {row[0]: row[1] for row in rows}
        above |= found
        unknown = {up for up in found.values() if up is not None and up not in above}
    return {own: _climb(above, own) for own in ids if own in above}


def _climb(above: dict[int, int | None], own: int) -> int:
    seen = {own}
    while (up := above.get(own)) is not None and up not in seen:
        seen.add(up)
        own = up
    return own
