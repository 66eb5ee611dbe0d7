"""Put back to work what gave up or was rejected, by id."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import islice

from sqlalchemy import Connection, Table, select, update

from services.console.queries.ids import RecordId, RecordKind
from shared.database import Database
from shared.settings import WorkSettings
from shared.steps import DELIVER, EXTRACT, MATCH, STEPS
from shared.tables import articles, files, messages, notifications, story_events
from shared.work import Work

IDS_AT_ONCE = 500

_TABLES: dict[RecordKind, Table] = {
    RecordKind.FILE: files,
    RecordKind.ARTICLE: articles,
    RecordKind.STORY_EVENT: story_events,
    RecordKind.NOTIFICATION: notifications,
    RecordKind.MESSAGE: messages,
}


@dataclass(frozen=True, slots=True)
class Refusal:
    """An id that was not put back, and why, in words."""

    id: RecordId
    why: str


@dataclass(frozen=True, slots=True)
class RetryReport:
    """How many of the ids asked for exist, which were put back, and which not, with the reason.

    `rings` are the jobs to ring once the transaction is committed, with their row ids.
    """

    matched: int
    done: tuple[RecordId, ...]
    refused: tuple[Refusal, ...]
    rings: tuple[tuple[str, tuple[int, ...]], ...]


def retry(work: Work, connection: Connection, ids: Iterable[RecordId]) -> RetryReport:
    """Put rows back to where they stood, with fresh attempts, in the caller's transaction.

    Dead rows go back to the state they died in. A rejected file is read again: its outcome, detail
    and format are emptied here, which is the one write of file contents beside ingest and extract.
    A message gets all its tries anew: its `tries_since` is emptied here (its attempts stay in the
    ledger), which is the one write of message contents beside notify.
    A matched article is matched again, which fills a ledger with gaps and tells nobody twice.
    """
    numbers: dict[RecordKind, set[int]] = defaultdict(set)
    refused = []
    for record in ids:
        if record.kind in _TABLES:
            numbers[record.kind].add(record.number)
        else:
            why = "only files, articles, story events, notifications and messages are retried"
            refused.append(Refusal(record, why))
    matched = 0
    done: list[RecordId] = []
    rings: list[tuple[str, tuple[int, ...]]] = []
    for kind, wanted in sorted(numbers.items()):
        for chunk in _chunks(sorted(wanted)):
            states = _states(connection, _TABLES[kind], chunk)
            back = _put_back(work, connection, kind, list(states))
            matched += len(states)
            done += [RecordId(kind, number) for number in back]
            rings += _rings(connection, _TABLES[kind], back)
            left = [number for number in chunk if number not in back]
            refused += [
                Refusal(RecordId(kind, number), _why_not(kind, states.get(number)))
                for number in left
            ]
    return RetryReport(matched, tuple(done), tuple(refused), tuple(rings))


def _states(connection: Connection, table: Table, ids: Sequence[int]) -> dict[int, str]:
    rows = connection.execute(select(table.c.id, table.c.state).where(table.c.id.in_(ids)))
    return {row.id: row.state for row in rows}


def _put_back(
    work: Work, connection: Connection, kind: RecordKind, ids: Sequence[int]
) -> list[int]:
    back = work.revive(connection, _TABLES[kind], ids)
    if kind is RecordKind.FILE:
        back += work.move(
            connection,
            files,
            _kept_originals(connection, ids),
            states=["rejected"],
            to=EXTRACT.state,
            values={"outcome": None, "detail": None, "format": None},
        )
    if kind is RecordKind.ARTICLE:
        others = [number for number in ids if number not in back]
        back += work.move(connection, articles, others, states=["matched"], to=MATCH.state)
    if kind is RecordKind.MESSAGE:
        connection.execute(update(messages).where(messages.c.id.in_(back)).values(tries_since=None))
    return sorted(back)


def make_messages_due(database: Database, connection: Connection, channel_id: int) -> list[int]:
    """Make what waits for a channel due at once, with all tries anew; return which messages.

    For a channel that is switched on. A message that a worker holds is left to it: taking it away
    would send it twice.
    """
    waiting = connection.execute(
        select(messages.c.id).where(
            messages.c.channel_id == channel_id,
            messages.c.state == DELIVER.state,
            messages.c.lease_token.is_(None),
        )
    ).scalars()
    # A move asks nothing of the settings, and nobody who syncs has them.
    return Work(database, WorkSettings()).move(
        connection,
        messages,
        list(waiting),
        states=[DELIVER.state],
        to=DELIVER.state,
        values={"tries_since": None},
    )


def _kept_originals(connection: Connection, ids: Sequence[int]) -> list[int]:
    """Leave out files that were too large to take: there is nothing of them to read."""
    found = connection.execute(select(files.c.id).where(files.c.id.in_(ids), files.c.sha256 != ""))
    return list(found.scalars())


def _rings(
    connection: Connection, table: Table, ids: Sequence[int]
) -> Iterator[tuple[str, tuple[int, ...]]]:
    states = _states(connection, table, ids)
    for step in STEPS:
        waiting = tuple(sorted(each for each, state in states.items() if state == step.state))
        if step.table is table and waiting:
            yield step.job, waiting


def _why_not(kind: RecordKind, state: str | None) -> str:
    if state is None:
        return "there is none"
    if kind is RecordKind.FILE and state == "rejected":
        return "it was too large or locked: nothing of it was kept to read again"
    return f"its state is {state}: nothing to retry"


def _chunks(ids: Iterable[int]) -> Iterator[list[int]]:
    rest = iter(ids)
    while chunk := list(islice(rest, IDS_AT_ONCE)):
        yield chunk
