"""Rings for due rows that nobody rang for, so that losing the queue loses no work.

Rows that come in crowds are rung a few at a time: whatever else comes does not wait behind them.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from sqlalchemy import select

from shared.broker import JOB_QUEUES
from shared.runtime import Runtime
from shared.steps import CROWD_JOBS, STEPS, Step

# A queue with so many jobs needs no reminder of rows that nobody rang for.
SWEEP_ROOM_JOBS = 20


def ring_for(runtime: Runtime, step: Step, ids: Sequence[int]) -> None:
    """Ring for rows that have just come to *step*; of a crowd's, for a few."""
    crowd = _crowd_among(runtime, step, ids)
    runtime.broker.ring(step.job, [row_id for row_id in ids if row_id not in crowd])
    runtime.broker.ring(step.job, [row_id for row_id in ids if row_id in crowd], at_most=CROWD_JOBS)


def _crowd_among(runtime: Runtime, step: Step, ids: Sequence[int]) -> set[int]:
    if step.crowd is None or not ids:
        return set()
    own = step.table.c.id
    with runtime.database.read() as connection:
        return set(connection.scalars(select(own).where(own.in_(ids), step.crowd)))


def sweep(runtime: Runtime, queue: str) -> int:
    """Ring for the due rows of *queue* that nobody rang for; return how many.

    A row that was tried before is rung alone, so that a file which kills its worker does not
    use up the attempts of its neighbours in a batch. Of a crowd only a few are rung at a time.
    """
    queued = runtime.broker.queued(queue)
    if queued >= SWEEP_ROOM_JOBS:
        return 0
    rung = 0
    for step in _steps_of(queue):
        limit = SWEEP_ROOM_JOBS * runtime.broker.batch
        rung += _ring_due(runtime, step, runtime.work.due(step, limit, crowd=False))
        if step.crowd is not None:
            rung += _ring_crowd(runtime, step, 1 if queued else CROWD_JOBS)
    return rung


def ring_next_of_crowd(runtime: Runtime, queue: str) -> int:
    """Ring for the next rows of a crowd, once nothing else waits in *queue*; return how many."""
    steps = [step for step in _steps_of(queue) if step.crowd is not None]
    if not steps or runtime.broker.queued(queue):
        return 0
    return sum(_ring_crowd(runtime, step, CROWD_JOBS) for step in steps)


def _steps_of(queue: str) -> Iterator[Step]:
    return (step for step in STEPS if JOB_QUEUES[step.job] == queue)


def _ring_crowd(runtime: Runtime, step: Step, jobs: int) -> int:
    due = runtime.work.due(step, jobs * runtime.broker.batch, crowd=True)
    return _ring_due(runtime, step, due)


def _ring_due(runtime: Runtime, step: Step, due: Sequence[tuple[int, int]]) -> int:
    fresh = [row_id for row_id, attempts in due if not attempts]
    tried = [row_id for row_id, attempts in due if attempts]
    rung = runtime.broker.ring(step.job, fresh, singly=step.singly)
    return rung + runtime.broker.ring(step.job, tried[:SWEEP_ROOM_JOBS], singly=True)
