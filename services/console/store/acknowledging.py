"""Somebody has seen an alert: shared by all, and stops no later development."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import select, update

from shared.database import Database
from shared.stories.families import alert_roots
from shared.tables import alerts


@dataclass(frozen=True, slots=True)
class Acknowledged:
    """Alert ids: acknowledged now, acknowledged by somebody before (kept so), and not known.

    An alert that was folded into another counts as that one.
    """

    done: tuple[int, ...]
    already: tuple[int, ...]
    unknown: tuple[int, ...]


def ack(
    database: Database, alert_ids: Sequence[int], by: str, note: str | None = None
) -> Acknowledged:
    """Acknowledge alerts in the name of *by*, with a *note* for the others."""
    with database.write() as connection:
        roots = alert_roots(connection, alert_ids)
        wanted = set(roots.values())
        now = database.now(connection)
        found = connection.execute(
            update(alerts)
            .where(alerts.c.id.in_(wanted), alerts.c.acked_at.is_(None))
            .values(acked_at=now, acked_by=by, acked_note=note)
            .returning(alerts.c.id)
        )
        done = set(found.scalars())
        known = set(
            connection.execute(select(alerts.c.id).where(alerts.c.id.in_(wanted))).scalars()
        )
    return Acknowledged(
        done=tuple(sorted(done)),
        already=tuple(sorted(known - done)),
        unknown=tuple(sorted(set(alert_ids) - set(roots))),
    )
