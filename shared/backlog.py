"""What waits at each step, counted in the database: right with Redis down, and across machines."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, or_, select

from shared.steps import Step


@dataclass(frozen=True)
class Backlog:
    """What waits at one step. Ages in seconds, None when nothing waits."""

    step: str
    due: int
    leased: int
    later: int
    dead: int
    oldest_seconds: float | None
    next_at: datetime | None


def count_backlog(connection: Connection, step: Step, now: datetime) -> Backlog:
    """Return what waits at *step*, counted in the database, Redis or not."""
    table = step.table
    waiting = and_(table.c.state == step.state, table.c.lease_token.is_(None))
    due = and_(table.c.state == step.state, table.c.next_attempt_at <= now)
    leased = and_(
        table.c.state == step.state,
        table.c.lease_token.is_not(None),
        table.c.next_attempt_at > now,
    )
    later = and_(waiting, table.c.next_attempt_at > now)
    dead = and_(table.c.state == "dead", table.c.died_in == step.state)
    # Only rows of this step are read: the state index keeps the archive out of the count.
    row = connection.execute(
        select(
            func.count().filter(due).label("due"),
            func.count().filter(leased).label("leased"),
            func.count().filter(later).label("later"),
            func.count().filter(dead).label("dead"),
            func.min(table.c.next_attempt_at).filter(due).label("oldest"),
            func.min(table.c.next_attempt_at).filter(later).label("next"),
        ).where(or_(table.c.state == step.state, table.c.state == "dead"))
    ).one()
    oldest = (now - row.oldest).total_seconds() if row.oldest else None
    return Backlog(step.name, row.due, row.leased, row.later, row.dead, oldest, row.next)
