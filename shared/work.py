"""The state machine of every working row: claim, renew, finish, postpone, give up. Nobody else may.

A row whose state is not final and whose `next_attempt_at` has come *is* the queue entry. A claim
takes a lease with a token and counts the attempt in its own short transaction, so that a row which
kills its worker is counted too. Every later write is guarded by state and token: an orphan that
comes back late changes nothing (fencing).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, func, or_, select, update

from shared.database import Database
from shared.errors import LeaseLostError
from shared.settings import WorkSettings
from shared.steps import STEPS, Step

MAX_PAUSE_SECONDS = 300.0
ERROR_CHARACTERS = 2000


@dataclass(frozen=True)
class Claimed:
    """A row we hold: its id, the token that proves it, and which attempt this is."""

    id: int
    token: str
    attempts: int


class Work:
    """Moves working rows through their states."""

    def __init__(self, database: Database, settings: WorkSettings) -> None:
        self.database = database
        self.settings = settings

    def claim(self, step: Step, ids: Iterable[int], *, early: bool = False) -> list[Claimed]:
        """Lease the due rows among *ids* and return them, lowest id first; the others are not ours.

        *early* takes rows whose time has not come as well, unless another worker holds them.
        Rows already tried `max_attempts` times die here: their worker never lived to say so.
        """
        wanted = list(ids)
        if not wanted:
            return []
        table, token = step.table, uuid4().hex
        with self.database.write() as connection:
            now = self.database.now(connection)
            ready = table.c.next_attempt_at <= now
            if early:
                ready = or_(ready, table.c.lease_token.is_(None))
            due = [table.c.id.in_(wanted), table.c.state == step.state, ready]
            self._bury(connection, step, due)
            until = now + timedelta(seconds=self.settings.lease_seconds)
            free = select(table.c.id).where(*due).with_for_update(skip_locked=True)
            taken = connection.execute(
                update(table)
                .where(table.c.id.in_(free))
                .values(
                    lease_until=until,
                    lease_token=token,
                    next_attempt_at=until,
                    attempts=table.c.attempts + 1,
                )
                .returning(table.c.id, table.c.attempts)
            ).all()
        return sorted(
            (Claimed(row.id, token, row.attempts) for row in taken), key=lambda row: row.id
        )

    def _bury(self, connection: Connection, step: Step, due: Sequence[Any]) -> None:
        table, most = step.table, self.settings.max_attempts
        # Skipping locked rows: two claimers that bury the same rows must not wait for each other.
        lost = (
            select(table.c.id)
            .where(*due, table.c.attempts >= most)
            .with_for_update(skip_locked=True)
        )
        died = f"gave up after {most} attempts: its worker died or hung"
        connection.execute(
            update(table)
            .where(table.c.id.in_(lost))
            .values(
                **_DEAD,
                died_in=step.state,
                last_error=func.coalesce(died + "; last error: " + table.c.last_error, died),
            )
        )

    def renew(self, step: Step, claimed: Claimed) -> None:
        """Hold the row for another lease.

        Raises:
            LeaseLostError: it is no longer ours.
        """
        with self.database.write() as connection:
            until = self.database.now(connection) + timedelta(seconds=self.settings.lease_seconds)
            self._guarded(connection, step, claimed, lease_until=until, next_attempt_at=until)

    def finish(
        self,
        connection: Connection,
        step: Step,
        claimed: Claimed,
        state: str,
        values: Mapping[str, Any] | None = None,
        *,
        due_at: datetime | None = None,
    ) -> None:
        """Move the row to *state* in the caller's transaction, together with its content *values*.

        *due_at* says when the next step may begin; without it, at once.

        Raises:
            LeaseLostError: it is no longer ours; the caller's transaction must not commit.
        """
        self._guarded(
            connection,
            step,
            claimed,
            **(values or {}),
            state=state,
            **_FRESH,
            next_attempt_at=due_at or self.database.now(connection),
        )

    def postpone(
        self, step: Step, claimed: Iterable[Claimed], error: str, seconds: float | None = None
    ) -> None:
        """Give the rows back without counting the attempt; due again after *seconds*."""
        pause = self.settings.postpone_seconds if seconds is None else seconds
        with self.database.write() as connection:
            at = self.database.now(connection) + timedelta(seconds=pause)
            for row in claimed:
                self._give_back(connection, step, row, at, error, attempts=row.attempts - 1)

    def fail(self, step: Step, claimed: Claimed, error: str) -> bool:
        """Count the attempt: retry later, or bury the row. Return whether it died.

        A row that is no longer ours is left alone, and has not died by us.
        """
        with self.database.write() as connection:
            if claimed.attempts >= self.settings.max_attempts:
                return self._try_guarded(
                    connection, step, claimed, **_DEAD, died_in=step.state, last_error=_cut(error)
                )
            doubled = self.settings.retry_seconds * 2.0 ** min(claimed.attempts - 1, 30)
            pause = timedelta(seconds=min(doubled, MAX_PAUSE_SECONDS))
            at = self.database.now(connection) + pause
            self._give_back(connection, step, claimed, at, error, attempts=claimed.attempts)
            return False

    def schedule(
        self, connection: Connection, step: Step, claimed: Claimed, at: datetime, error: str
    ) -> None:
        """Give the row back in the caller's transaction, due *at* a time of the caller's schedule.

        No attempt is counted here: the caller keeps its own ledger of them.

        Raises:
            LeaseLostError: it is no longer ours.
        """
        self._guarded(
            connection,
            step,
            claimed,
            **_FREE,
            attempts=0,
            next_attempt_at=at,
            last_error=_cut(error),
        )

    def give_up(self, connection: Connection, step: Step, claimed: Claimed, error: str) -> None:
        """Bury the row in the caller's transaction.

        Raises:
            LeaseLostError: it is no longer ours.
        """
        self._guarded(
            connection, step, claimed, **_DEAD, died_in=step.state, last_error=_cut(error)
        )

    def revive(self, connection: Connection, table: Table, ids: Sequence[int]) -> list[int]:
        """Put dead rows back to the state they died in, as new; return the ids that were dead."""
        now = self.database.now(connection)
        found = connection.execute(
            update(table)
            .where(table.c.id.in_(ids), table.c.state == "dead")
            .values(**_FRESH, state=table.c.died_in, next_attempt_at=now)
            .returning(table.c.id)
        )
        return sorted(found.scalars())

    def move(
        self,
        connection: Connection,
        table: Table,
        ids: Sequence[int],
        *,
        states: Sequence[str],
        to: str,
        values: Mapping[str, Any] | None = None,
        due_at: datetime | None = None,
    ) -> list[int]:
        """Put rows in one of *states* to the state *to*, whoever holds them; return which were.

        For what follows from another row's step (a sent message tells its notifications) or from
        a person's word (retry). A worker that held one of them finds its lease lost.
        """
        found = connection.execute(
            update(table)
            .where(table.c.id.in_(ids), table.c.state.in_(states))
            .values(
                **(values or {}),
                **_FRESH,
                state=to,
                next_attempt_at=due_at or self.database.now(connection),
            )
            .returning(table.c.id)
        )
        return sorted(found.scalars())

    def due(self, step: Step, limit: int, *, crowd: bool | None = None) -> list[tuple[int, int]]:
        """Return (id, attempts) of rows due now, longest waiting first; of a *crowd* or without."""
        table = step.table
        wanted = [] if crowd is None or step.crowd is None else [step.crowd == crowd]
        with self.database.read() as connection:
            now = self.database.now(connection)
            query = select(table.c.id, table.c.attempts).where(
                table.c.state == step.state, table.c.next_attempt_at <= now, *wanted
            )
            oldest = query.order_by(table.c.next_attempt_at, table.c.id).limit(limit)
            return [(row.id, row.attempts) for row in connection.execute(oldest)]

    def free_leases(self) -> int:
        """End every lease; only for a process that owns the whole database (embedded start)."""
        freed = 0
        with self.database.write() as connection:
            now = self.database.now(connection)
            for step in STEPS:
                table = step.table
                freed += connection.execute(
                    update(table)
                    .where(table.c.state == step.state, table.c.lease_token.is_not(None))
                    .values(**_FREE, next_attempt_at=now)
                ).rowcount
        return freed

    def _give_back(
        self,
        connection: Connection,
        step: Step,
        claimed: Claimed,
        at: datetime,
        error: str,
        *,
        attempts: int,
    ) -> None:
        values = {"next_attempt_at": at, "attempts": attempts, "last_error": _cut(error)}
        self._try_guarded(connection, step, claimed, **_FREE, **values)

    def _guarded(self, connection: Connection, step: Step, claimed: Claimed, **values: Any) -> None:
        if not self._try_guarded(connection, step, claimed, **values):
            raise LeaseLostError(
                f"{step.letter}{claimed.id}: taken over by another worker at {step.name}"
            )

    @staticmethod
    def _try_guarded(connection: Connection, step: Step, claimed: Claimed, **values: Any) -> bool:
        table = step.table
        changed = connection.execute(
            update(table)
            .where(
                table.c.id == claimed.id,
                table.c.state == step.state,
                table.c.lease_token == claimed.token,
            )
            .values(**values)
        )
        return changed.rowcount == 1


_FREE: dict[str, Any] = {"lease_until": None, "lease_token": None}
_FRESH: dict[str, Any] = {**_FREE, "attempts": 0, "last_error": None, "died_in": None}
_DEAD: dict[str, Any] = {**_FREE, "state": "dead"}


def _cut(error: str) -> str:
    """Keep the start of an error, and say so when it was longer."""
    if len(error) <= ERROR_CHARACTERS:
        return error
    return f"{error[:ERROR_CHARACTERS]} … ({len(error) - ERROR_CHARACTERS} more characters)"
