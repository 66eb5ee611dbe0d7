"""The notification ledger: for each subscription what was told, held or suppressed, and why."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from shared.tables import channels, delivery_attempts, messages, notifications, subscriptions


@dataclass(frozen=True, slots=True)
class DeliveryAttempt:
    """One try to send a message; `status` is the other side's code, where it has one."""

    attempt: int
    attempted_at: datetime
    outcome: str
    status: int | None
    detail: str


@dataclass(frozen=True, slots=True)
class MessageRow:
    """What was sent, or is to be: `uuid` is the key that receivers see."""

    id: int
    uuid: str
    subscriber: str
    channel: str
    channel_kind: str
    state: str
    created_at: datetime
    sent_at: datetime | None
    due_at: datetime
    receipt: str | None
    last_error: str | None
    attempts: tuple[DeliveryAttempt, ...]


@dataclass(frozen=True, slots=True)
class NotificationRow:
    """One answer of the ledger. `due_at` says when a planned or held one is looked at next."""

    id: int
    alert_id: int
    article_id: int
    story_id: int
    development: int | None
    state: str
    reason: str
    detail: str
    planned_at: datetime
    due_at: datetime | None
    told_at: datetime | None
    last_error: str | None
    message: MessageRow | None


@dataclass(frozen=True, slots=True)
class SubscriptionLedger:
    """A subscription and its rows of one alert, oldest first."""

    subscription_id: int
    subscriber: str
    channel: str
    mode: str
    state: str
    notifications: tuple[NotificationRow, ...]


def load_ledgers(
    connection: Connection, alert_ids: Collection[int]
) -> tuple[SubscriptionLedger, ...]:
    """Return what every subscription was answered for *alert_ids*, by subscriber and channel."""
    rows = connection.execute(
        select(
            notifications,
            subscriptions.c.subscriber,
            subscriptions.c.mode,
            subscriptions.c.state.label("subscription_state"),
            channels.c.name.label("channel"),
        )
        .join(subscriptions, subscriptions.c.id == notifications.c.subscription_id)
        .join(channels, channels.c.id == subscriptions.c.channel_id)
        .where(notifications.c.alert_id.in_(alert_ids))
        .order_by(notifications.c.id)
    ).all()
    sent = load_messages(connection, {row.message_id for row in rows if row.message_id})
    ledgers: dict[int, list[Any]] = defaultdict(list)
    for row in rows:
        ledgers[row.subscription_id].append(row)
    found = [_ledger(own, sent) for own in ledgers.values()]
    return tuple(sorted(found, key=lambda each: (each.subscriber, each.channel)))


def load_notifications(
    connection: Connection, article_id: int
) -> tuple[tuple[str, NotificationRow], ...]:
    """Return (subscriber, row) for everything the ledger says of one article, oldest first."""
    rows = connection.execute(
        select(notifications, subscriptions.c.subscriber)
        .join(subscriptions, subscriptions.c.id == notifications.c.subscription_id)
        .where(notifications.c.article_id == article_id)
        .order_by(notifications.c.id)
    ).all()
    sent = load_messages(connection, {row.message_id for row in rows if row.message_id})
    return tuple((row.subscriber, _notification(row, sent)) for row in rows)


def load_messages(connection: Connection, ids: Collection[int]) -> dict[int, MessageRow]:
    """Return the messages *ids* with their attempts, by id."""
    rows = connection.execute(
        select(messages, channels.c.name, channels.c.kind)
        .join(channels, channels.c.id == messages.c.channel_id)
        .where(messages.c.id.in_(ids))
    )
    tries = _load_attempts(connection, ids)
    return {
        row.id: MessageRow(
            id=row.id,
            uuid=row.uuid,
            subscriber=row.subscriber,
            channel=row.name,
            channel_kind=row.kind,
            state=row.state,
            created_at=row.created_at,
            sent_at=row.sent_at,
            due_at=row.next_attempt_at,
            receipt=row.receipt,
            last_error=row.last_error,
            attempts=tuple(tries.get(row.id, ())),
        )
        for row in rows
    }


def _load_attempts(
    connection: Connection, ids: Collection[int]
) -> dict[int, list[DeliveryAttempt]]:
    found: dict[int, list[DeliveryAttempt]] = defaultdict(list)
    rows = connection.execute(
        select(delivery_attempts)
        .where(delivery_attempts.c.message_id.in_(ids))
        .order_by(delivery_attempts.c.message_id, delivery_attempts.c.id)
    )
    for row in rows:
        one = DeliveryAttempt(row.attempt, row.attempted_at, row.outcome, row.status, row.detail)
        found[row.message_id].append(one)
    return found


def _ledger(rows: list[Any], sent: dict[int, MessageRow]) -> SubscriptionLedger:
    first = rows[0]
    return SubscriptionLedger(
        subscription_id=first.subscription_id,
        subscriber=first.subscriber,
        channel=first.channel,
        mode=first.mode,
        state=first.subscription_state,
        notifications=tuple(_notification(row, sent) for row in rows),
    )


def _notification(row: Any, sent: dict[int, MessageRow]) -> NotificationRow:
    is_waiting = row.state in ("planned", "held")
    return NotificationRow(
        id=row.id,
        alert_id=row.alert_id,
        article_id=row.article_id,
        story_id=row.story_id,
        development=row.development,
        state=row.state,
        reason=row.reason,
        detail=row.detail,
        planned_at=row.planned_at,
        due_at=row.next_attempt_at if is_waiting else None,
        told_at=row.told_at,
        last_error=row.last_error,
        message=sent.get(row.message_id),
    )
