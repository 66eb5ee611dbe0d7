"""The whole way of a file: taken, read, linked, matched, decided, sent; each step with its time."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, func, select

from services.console.queries.articles import load_matches
from services.console.queries.files import CONTAINER, DEAD, FileSummary, get_file, load_files
from services.console.queries.ids import RecordId, RecordKind, parse_id
from services.console.queries.ledger import MessageRow, load_notifications
from services.console.queries.paging import Page, bounded
from shared.errors import SettingsError
from shared.stories.families import (
    alert_families,
    alert_roots,
    story_families,
    story_roots,
)
from shared.tables import alerts, article_links, articles, files, notifications, stories

MAX_TRACES = 20


@dataclass(frozen=True, slots=True)
class TraceStep:
    """One step: when (None where no time is kept), what it is called, whose id, in words."""

    at: datetime | None
    step: str
    id: RecordId
    words: str


@dataclass(frozen=True, slots=True)
class Trace:
    """A file and its steps in the order of the pipeline."""

    file: FileSummary
    steps: tuple[TraceStep, ...]


def trace(connection: Connection, asked: str, limit: int = MAX_TRACES) -> Page[Trace]:
    """Return the way of every file that *asked* names, newest first; empty if it names none.

    *asked* is an id (of a file, article, story, alert, notification or message: the files behind
    it) or a file's name, with or without its folder.
    """
    wanted = _file_ids(connection, asked).subquery()
    total = connection.execute(select(func.count()).select_from(wanted)).scalar_one()
    newest = select(wanted.c.id).order_by(wanted.c.id.desc()).limit(bounded(limit))
    ids = list(connection.execute(newest).scalars())
    found = load_files(connection, ids)
    return Page(tuple(_trace(connection, found[file_id]) for file_id in ids), total)


def _file_ids(connection: Connection, asked: str) -> Select[tuple[int]]:
    try:
        record = parse_id(asked)
    except SettingsError:
        return _by_name(asked)
    return select(files.c.id).where(_behind(connection, record))


def _by_name(name: str) -> Select[tuple[int]]:
    below = files.c.name.endswith(f"/{name}", autoescape=True)
    return select(files.c.id).where((files.c.name == name) | below)


def _behind(connection: Connection, record: RecordId) -> Any:
    if record.kind is RecordKind.FILE:
        return files.c.id == record.number
    own: Select[Any] = select(articles.c.file_id)
    if record.kind is RecordKind.ARTICLE:
        own = own.where(articles.c.id == record.number)
    elif record.kind is RecordKind.STORY:
        root = story_roots(connection, [record.number]).get(record.number, record.number)
        own = own.where(articles.c.story_id.in_(story_families(connection, [root])))
    else:
        told = select(notifications.c.article_id).where(_told_by(connection, record))
        own = own.where(articles.c.id.in_(told))
    return files.c.id.in_(own)


def _told_by(connection: Connection, record: RecordId) -> Any:
    if record.kind is RecordKind.NOTIFICATION:
        return notifications.c.id == record.number
    if record.kind is RecordKind.MESSAGE:
        return notifications.c.message_id == record.number
    if record.kind is RecordKind.ALERT:
        root = alert_roots(connection, [record.number]).get(record.number, record.number)
        return notifications.c.alert_id.in_(alert_families(connection, [root]))
    raise SettingsError(f"{record}: trace follows files, articles, stories, alerts and messages")


def _trace(connection: Connection, file: FileSummary) -> Trace:
    steps = [_taken(file)]
    steps += _fate_steps(connection, file)
    if file.article_id is not None:
        steps += _article_steps(connection, file, file.article_id)
    return Trace(file, tuple(steps))


def _taken(file: FileSummary) -> TraceStep:
    words = f"{file.name}, {file.size} bytes, by {file.origin}"
    if file.parent_id is not None:
        words = f"{file.name}, member {file.member} of f{file.parent_id}, {file.size} bytes"
    if file.revises is not None:
        words = f"{file.name}, a{file.revises} cleaned again, {file.size} bytes"
    return TraceStep(file.received_at, "taken", RecordId(RecordKind.FILE, file.id), words)


def _fate_steps(connection: Connection, file: FileSummary) -> Iterator[TraceStep]:
    if file.article_id is not None:
        return
    record = RecordId(RecordKind.FILE, file.id)
    why = f": {file.why}" if file.why else ""
    step = "container" if file.fate == CONTAINER else file.fate.partition(":")[0]
    at = connection.execute(select(files.c.next_attempt_at).where(files.c.id == file.id))
    # The work engine sets it when it ends a row; what died keeps the end of its last lease there.
    yield TraceStep(None if file.fate == DEAD else at.scalar_one(), step, record, file.fate + why)
    if file.fate == CONTAINER:
        yield from _member_steps(connection, record)


def _member_steps(connection: Connection, container: RecordId) -> Iterator[TraceStep]:
    """Name each member with its fate, and what it became; each can be traced by its id."""
    found = get_file(connection, container.number)
    if found is None:
        return
    for member in found.members:
        became = f" as a{member.article_id}: {member.article_title}" if member.article_id else ""
        why = f": {member.why}" if member.why and not became else ""
        words = f"{member.member}, {member.fate}{became}{why}"
        yield TraceStep(member.received_at, "member", RecordId(RecordKind.FILE, member.id), words)
    if found.members.cut:
        words = f"and {found.members.cut} more members"
        yield TraceStep(found.summary.received_at, "member", container, words)


def _article_steps(connection: Connection, file: FileSummary, article_id: int) -> list[TraceStep]:
    row = connection.execute(select(articles).where(articles.c.id == article_id)).one()
    record = RecordId(RecordKind.ARTICLE, article_id)
    read = f"{row.word_count} words, {file.format or 'unknown format'}: {row.title}"
    steps = [TraceStep(row.extracted_at, "read", record, read)]
    if row.outcome is not None:
        steps.append(_linked(connection, row, file.story_id))
    steps += _matched(connection, article_id)
    steps += _alerted(connection, article_id)
    steps += _told(connection, article_id)
    steps += _recleaned(connection, article_id)
    if row.state == "dead":
        words = f"gave up in state {row.died_in}: {row.last_error}"
        steps.append(TraceStep(None, "dead", record, words))
    elif row.state != "matched":
        steps.append(TraceStep(row.next_attempt_at, "waiting", record, f"state {row.state}"))
    return steps


def _linked(connection: Connection, row: Any, story_id: int | None) -> TraceStep:
    number = f", development {row.development}" if row.development is not None else ""
    refers = f" a{row.refers_to}" if row.refers_to is not None else ""
    why = f" ({row.outcome_reason}{refers})" if row.outcome_reason else refers
    story = f"s{story_id}" if story_id is not None else "no story"
    words = f"{row.outcome}{why}; {story}{number}"
    at = _linked_at(connection, row)
    return TraceStep(at, "linked", RecordId(RecordKind.ARTICLE, row.id), words)


def _linked_at(connection: Connection, row: Any) -> datetime | None:
    """Return when an article was linked: with its first links, or when it began its story."""
    own = (article_links.c.a_id == row.id) | (article_links.c.b_id == row.id)
    first: datetime | None = connection.execute(
        select(func.min(article_links.c.linked_at)).where(own)
    ).scalar_one()
    if first is not None and row.development != 1:
        return first
    # Links of the article that began a story are those of the articles after it.
    began = connection.execute(
        select(stories.c.created_at).where(stories.c.id == row.story_id)
    ).scalar_one_or_none()
    return min((at for at in (first, began) if at is not None), default=None)


def _matched(connection: Connection, article_id: int) -> Iterator[TraceStep]:
    for match in load_matches(connection, [article_id]):
        said = "; ".join(match.because)
        words = f"{match.outcome} by {match.rule} (revision {match.revision}): {said}"
        yield TraceStep(
            match.matched_at, "matched", RecordId(RecordKind.RULE, match.rule_id), words
        )


def _alerted(connection: Connection, article_id: int) -> Iterator[TraceStep]:
    told = select(notifications.c.alert_id).where(notifications.c.article_id == article_id)
    rows = connection.execute(select(alerts).where(alerts.c.id.in_(told)).order_by(alerts.c.id))
    for row in rows:
        folded = f", folded into al{row.folded_into}" if row.folded_into is not None else ""
        words = f"rule r{row.rule_id} on story s{row.story_id}{folded}"
        yield TraceStep(row.opened_at, "alert", RecordId(RecordKind.ALERT, row.id), words)


def _told(connection: Connection, article_id: int) -> Iterator[TraceStep]:
    shown: set[int] = set()
    for subscriber, row in load_notifications(connection, article_id):
        words = f"{subscriber}: {row.state}, {row.reason}: {row.detail}"
        record = RecordId(RecordKind.NOTIFICATION, row.id)
        yield TraceStep(row.planned_at, "notification", record, words)
        if row.message is not None and row.message.id not in shown:
            shown.add(row.message.id)
            yield from _message_steps(row.message)


def _recleaned(connection: Connection, article_id: int) -> Iterator[TraceStep]:
    for row in connection.execute(
        select(files.c.id, files.c.state).where(files.c.revises == article_id).order_by(files.c.id)
    ):
        words = f"cleaned again from the same original, {row.state}"
        yield TraceStep(None, "recleaned", RecordId(RecordKind.FILE, row.id), words)


def _message_steps(message: MessageRow) -> Iterator[TraceStep]:
    record = RecordId(RecordKind.MESSAGE, message.id)
    words = f"to {message.subscriber} by {message.channel} ({message.channel_kind}), {message.uuid}"
    yield TraceStep(message.created_at, "message", record, words)
    for each in message.attempts:
        status = f" {each.status}" if each.status is not None else ""
        said = f"attempt {each.attempt}: {each.outcome}{status}: {each.detail}"
        yield TraceStep(each.attempted_at, "attempt", record, said)
    if message.sent_at is not None:
        yield TraceStep(message.sent_at, "sent", record, message.receipt or "sent")
    else:
        error = f": {message.last_error}" if message.last_error else ""
        yield TraceStep(message.due_at, message.state, record, f"not sent yet{error}")
