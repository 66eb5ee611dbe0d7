"""Writes messages, delivery attempts and channel states; reads what is to be sent."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, insert, select, update

from services.alert.gathering import (
    Gathered,
)
from shared.tables import (
    channels,
    delivery_attempts,
    messages,
    notifications,
)


def save_message(
    connection: Connection, gathered: Gathered, *, uuid: str, body: str, text: str, now: datetime
) -> int:
    """Store one frozen message and return its id."""
    first = gathered.notifications[0]
    made = connection.execute(
        insert(messages)
        .values(
            uuid=uuid,
            channel_id=first.channel_id,
            subscriber=first.subscriber,
            story_id=first.story.story_id,
            body=body,
            text=text,
            created_at=now,
            next_attempt_at=now,
        )
        .returning(messages.c.id)
    )
    return int(made.scalar_one())


@dataclass(frozen=True)
class Outgoing:
    """A message to be sent, its channel, and how often it was tried.

    `attempts` counts all of the ledger; `tries` those since `tries_since`, when the first try since
    it was last put to work failed (None before that).
    """

    id: int
    uuid: str
    body: str
    text: str
    created_at: datetime
    attempts: int
    tries: int
    tries_since: datetime | None
    channel_id: int
    kind: str
    config: Mapping[str, Any]
    channel_state: str
    channel_reason: str | None


def load_outgoing(connection: Connection, message_id: int) -> Outgoing:
    """Return a claimed message with its channel."""
    of_it = select(func.count()).where(delivery_attempts.c.message_id == message_id)
    since = of_it.where(delivery_attempts.c.attempted_at >= messages.c.tries_since)
    row = connection.execute(
        select(
            messages,
            of_it.scalar_subquery().label("tried"),
            since.correlate(messages).scalar_subquery().label("tried_since"),
            channels.c.kind,
            channels.c.config,
            channels.c.state.label("channel_state"),
            channels.c.state_reason.label("channel_reason"),
        )
        .join(channels, channels.c.id == messages.c.channel_id)
        .where(messages.c.id == message_id)
    ).one()
    return Outgoing(
        row.id,
        row.uuid,
        row.body,
        row.text,
        row.created_at,
        row.tried,
        row.tried_since,
        row.tries_since,
        row.channel_id,
        row.kind,
        row.config,
        row.channel_state,
        row.channel_reason,
    )


def sending_now(connection: Connection, channel_id: int, now: datetime) -> int:
    """Return how many messages of a channel are being sent, by any worker."""
    return int(
        connection.execute(
            select(func.count())
            .select_from(messages)
            .where(
                messages.c.channel_id == channel_id,
                messages.c.state == "pending",
                messages.c.lease_until > now,
            )
        ).scalar_one()
    )


def save_attempt(
    connection: Connection,
    outgoing: Outgoing,
    *,
    outcome: str,
    detail: str,
    now: datetime,
    status: int | None = None,
) -> None:
    """Write one delivery attempt into the ledger; the first one starts the message's tries."""
    if outgoing.tries_since is None:
        connection.execute(
            update(messages).where(messages.c.id == outgoing.id).values(tries_since=now)
        )
    connection.execute(
        insert(delivery_attempts).values(
            message_id=outgoing.id,
            attempt=outgoing.attempts + 1,
            attempted_at=now,
            outcome=outcome,
            status=status,
            detail=detail,
        )
    )


def notifications_of(connection: Connection, message_id: int) -> Sequence[int]:
    """Return the ledger rows that a message tells."""
    return list(
        connection.execute(
            select(notifications.c.id).where(notifications.c.message_id == message_id)
        ).scalars()
    )


def switch_channel_off(connection: Connection, channel_id: int, reason: str) -> None:
    """Stop sending on a channel whose receiver wants nothing more."""
    connection.execute(
        update(channels).where(channels.c.id == channel_id).values(state="off", state_reason=reason)
    )
