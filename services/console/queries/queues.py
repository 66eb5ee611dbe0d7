"""What waits, who works on it, and what gave up: counted in the database, Redis or not."""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, select

from services.console.queries.ids import RecordId, RecordKind
from shared.backlog import Backlog, count_backlog
from shared.broker import JOB_QUEUES
from shared.steps import STEPS
from shared.tables import articles, files, messages, notifications, story_events, workers

# A worker says every 5 s that it lives.
LIVE_SECONDS = 20.0
# The oldest row may wait so long before a step is called behind: a sweep and some work.
BEHIND_SECONDS = 10.0
MAX_IDS = 100
CONSOLE = "console"
INGEST = "ingest"
SIGNATURE_CHARACTERS = 160


@dataclass(frozen=True, slots=True)
class WorkerRow:
    """A process or thread that works: its queue (`role`) and when it last said that it lives."""

    name: str
    role: str
    host: str
    pid: int
    started_at: datetime
    seen_at: datetime
    jobs: int
    doing: str | None


@dataclass(frozen=True, slots=True)
class StepQueue:
    """One step: its queue, what waits there, and how many live workers that queue has."""

    queue: str
    backlog: Backlog
    live_workers: int


@dataclass(frozen=True, slots=True)
class QueueReport:
    """All steps in the order of the pipeline, the live workers, and the first line in words."""

    headline: str
    is_keeping_up: bool
    steps: tuple[StepQueue, ...]
    workers: tuple[WorkerRow, ...]

    @property
    def working(self) -> tuple[WorkerRow, ...]:
        """The live workers; a console shows, and does no work."""
        return tuple(worker for worker in self.workers if worker.role != CONSOLE)

    @property
    def is_taking(self) -> bool:
        """Whether somebody lives who takes files out of the inbox."""
        return any(worker.role == INGEST for worker in self.workers)


@dataclass(frozen=True, slots=True)
class DeadGroup:
    """Dead rows of one kind that died in one state of one cause; `ids` are the latest 100.

    `signature` is the first line of the error with numbers and quoted words left out; `example` is
    the whole error of the latest.
    """

    kind: RecordKind
    died_in: str
    signature: str
    example: str
    count: int
    ids: tuple[RecordId, ...]


def queues(connection: Connection, now: datetime) -> QueueReport:
    """Return what waits at every step at *now*, the database's time."""
    live = live_workers(connection, now)
    steps = []
    for step in STEPS:
        queue = JOB_QUEUES[step.job]
        count = sum(worker.role == queue for worker in live)
        steps.append(StepQueue(queue, count_backlog(connection, step, now), count))
    behind = [each for each in steps if (each.backlog.oldest_seconds or 0.0) > BEHIND_SECONDS]
    is_worked_on = any(worker.role != CONSOLE for worker in live)
    return QueueReport(
        headline=_headline(steps, behind, is_worked_on=is_worked_on),
        is_keeping_up=is_worked_on and not behind,
        steps=tuple(steps),
        workers=live,
    )


def live_workers(connection: Connection, now: datetime) -> tuple[WorkerRow, ...]:
    """Return the workers seen within the last 20 s, by role and name."""
    since = now - timedelta(seconds=LIVE_SECONDS)
    rows = connection.execute(
        select(workers).where(workers.c.seen_at >= since).order_by(workers.c.role, workers.c.name)
    )
    return tuple(WorkerRow(**row) for row in rows.mappings())


def _headline(
    steps: Sequence[StepQueue], behind: Sequence[StepQueue], *, is_worked_on: bool
) -> str:
    how = "Keeping up." if is_worked_on else "No worker is live."
    if behind:
        said = "; ".join(
            f"{each.backlog.step} is {_in_words(each.backlog.oldest_seconds or 0.0)} behind: "
            f"{each.live_workers} worker{'' if each.live_workers == 1 else 's'}"
            for each in sorted(behind, key=lambda each: -(each.backlog.oldest_seconds or 0.0))
        )
        return said if is_worked_on else f"{how} {said}"
    oldest = max((each.backlog.oldest_seconds or 0.0 for each in steps), default=0.0)
    if not any(each.backlog.due for each in steps):
        return f"{how} Nothing waits."
    return f"{how} Oldest waiting {oldest:.1f} s."


def _in_words(seconds: float) -> str:
    if seconds < 120:
        return f"{seconds:.0f} s"
    if seconds < 2 * 3600:
        return f"{seconds / 60:.0f} min"
    return f"{seconds / 3600:.0f} h" if seconds < 48 * 3600 else f"{seconds / 86400:.0f} days"


_TABLES: tuple[tuple[RecordKind, Table], ...] = (
    (RecordKind.FILE, files),
    (RecordKind.ARTICLE, articles),
    (RecordKind.STORY_EVENT, story_events),
    (RecordKind.NOTIFICATION, notifications),
    (RecordKind.MESSAGE, messages),
)


def dead(connection: Connection) -> tuple[DeadGroup, ...]:
    """Return everything that gave up, grouped by kind, state it died in and cause; most first."""
    groups: dict[tuple[RecordKind, str, str], list[tuple[int, str]]] = {}
    counts: dict[tuple[RecordKind, str, str], int] = {}
    for kind, row in _dead_rows(connection):
        error = row.last_error or "no reason was recorded"
        key = kind, row.died_in or "?", error_signature(error)
        counts[key] = counts.get(key, 0) + 1
        shown = groups.setdefault(key, [])
        if len(shown) < MAX_IDS:
            shown.append((row.id, error if not shown else ""))
    return tuple(
        DeadGroup(
            kind=kind,
            died_in=died_in,
            signature=signature,
            example=groups[kind, died_in, signature][0][1],
            count=count,
            ids=tuple(RecordId(kind, row_id) for row_id, _ in groups[kind, died_in, signature]),
        )
        for (kind, died_in, signature), count in sorted(
            counts.items(), key=lambda pair: (-pair[1], pair[0])
        )
    )


def all_dead(connection: Connection) -> Iterator[RecordId]:
    """Yield the id of every row that gave up, however many: `dead` names the latest of a group."""
    for kind, row in _dead_rows(connection):
        yield RecordId(kind, row.id)


def _dead_rows(connection: Connection) -> Iterator[tuple[RecordKind, Any]]:
    for kind, table in _TABLES:
        rows = connection.execute(
            select(table.c.id, table.c.died_in, table.c.last_error)
            .where(table.c.state == "dead")
            .order_by(table.c.id.desc())
        )
        for row in rows:
            yield kind, row


_CUT_MARK = re.compile(r" … \(\d+ more characters\)\Z")
_QUOTED = re.compile(r"'[^']*'|\"[^\"]*\"")
_NUMBER = re.compile(r"\b0x[0-9a-fA-F]+\b|\b[0-9a-f]{16,}\b|\d+")


def error_signature(error: str) -> str:
    """Return what errors of one cause share: the first line without numbers and quoted words."""
    first = _CUT_MARK.sub("", next(iter(error.strip().splitlines()), "").strip())
    plain = _NUMBER.sub("N", _QUOTED.sub("'…'", first))
    return plain if len(plain) <= SIGNATURE_CHARACTERS else plain[:SIGNATURE_CHARACTERS] + "…"
