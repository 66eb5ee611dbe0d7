"""The second job of alert: due notifications become one frozen message, and messages are sent."""

from __future__ import annotations

import logging
import random
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection

from services.alert.channels import CHANNELS
from services.alert.channels.contract import (
    Channel,
    ChannelConfigError,
    ChannelSettings,
    DeliveryError,
    OutgoingMessage,
    Receipt,
)
from services.alert.gathering import Gathered, gather
from services.alert.message import build_body, encode_body
from services.alert.message_text import render_text
from services.alert.retries import DeliveryFailure, FailureKind, RetryAt, SwitchOff, after_failure
from services.alert.store.messages import (
    Outgoing,
    load_outgoing,
    notifications_of,
    save_attempt,
    save_message,
    sending_now,
    switch_channel_off,
)
from services.alert.store.planned import group_mates, load_planned
from shared.attempts import attempt
from shared.broker import DELIVER_MESSAGES
from shared.runtime import Runtime
from shared.settings import named_secret
from shared.steps import DELIVER, GATHER
from shared.tables import notifications
from shared.work import Claimed

log = logging.getLogger("newswatch.notify")

BUSY_SECONDS = 1.0
OFF_SECONDS = 3600.0


@dataclass
class NotifyContext:
    """What one notify worker holds."""

    runtime: Runtime
    channel_settings: ChannelSettings
    random: random.Random = field(default_factory=random.Random)


def gather_notifications(context: NotifyContext, ids: Sequence[int]) -> None:
    """Freeze the due rows among *ids* into messages; rows of the same message ride along."""
    runtime = context.runtime
    due = runtime.work.claim(GATHER, ids)
    if not due:
        return
    with attempt(runtime.work, GATHER, due):
        with runtime.database.read() as connection:
            mates = group_mates(connection, [row.id for row in due])
        riders = set(mates) - {row.id for row in due}
        claimed = [*due, *runtime.work.claim(GATHER, riders, early=True)]
        with attempt(runtime.work, GATHER, claimed):
            with runtime.database.write() as connection:
                made = _freeze(runtime, connection, claimed)
            runtime.broker.ring(DELIVER_MESSAGES, made, singly=True)


def _freeze(runtime: Runtime, connection: Connection, claimed: Sequence[Claimed]) -> list[int]:
    now = runtime.database.now(connection)
    held = {row.id: row for row in claimed}
    made = []
    for group in gather(load_planned(connection, list(held), now), now):
        message_id = _save(runtime, connection, group, now)
        made.append(message_id)
        for row_id in group.notification_ids:
            values = {"message_id": message_id}
            runtime.work.finish(connection, GATHER, held.pop(row_id), "gathered", values)
    for row in held.values():
        why = "its match is not there; `newswatch retry` of its article fills the ledger"
        runtime.work.give_up(connection, GATHER, row, why)
    return made


def _save(runtime: Runtime, connection: Connection, group: Gathered, now: datetime) -> int:
    uuid = str(uuid4())
    body = build_body(group, message_id=uuid, created_at=now, base_url=runtime.settings.console.url)
    return save_message(
        connection,
        group,
        uuid=uuid,
        body=encode_body(body).decode(),
        text=render_text(body),
        now=now,
    )


def deliver_messages(context: NotifyContext, ids: Sequence[int]) -> None:
    """Send each of *ids* that is due, claimed one by one: a slow send must not age other leases."""
    for message_id in ids:
        for claimed in context.runtime.work.claim(DELIVER, [message_id]):
            with attempt(context.runtime.work, DELIVER, [claimed]):
                _deliver(context, claimed)


def _deliver(context: NotifyContext, claimed: Claimed) -> None:
    runtime = context.runtime
    with runtime.database.read() as connection:
        now = runtime.database.now(connection)
        outgoing = load_outgoing(connection, claimed.id)
        sending = sending_now(connection, outgoing.channel_id, now)
    if outgoing.channel_state != "on":
        why = f"channel off: {outgoing.channel_reason}"
        runtime.work.postpone(DELIVER, [claimed], why, OFF_SECONDS)
    elif sending > runtime.settings.notify.per_channel:
        runtime.work.postpone(DELIVER, [claimed], "its channel is busy", BUSY_SECONDS)
    else:
        _send(context, claimed, outgoing, now)


def _send(context: NotifyContext, claimed: Claimed, outgoing: Outgoing, now: datetime) -> None:
    message = OutgoingMessage(
        outgoing.uuid, outgoing.created_at, outgoing.body.encode(), outgoing.text
    )
    try:
        channel = open_channel(outgoing.kind, outgoing.config, context.channel_settings)
        receipt = channel.send(message, attempted_at=now)
    except DeliveryError as error:
        _record_failure(context, claimed, outgoing, error.failure)
    except ChannelConfigError as error:
        failure = DeliveryFailure(FailureKind.MISCONFIGURED, str(error))
        _record_failure(context, claimed, outgoing, failure)
    else:
        _record_sent(context.runtime, claimed, outgoing, receipt)


def open_channel(kind: str, config: Mapping[str, Any], settings: ChannelSettings) -> Channel:
    """Open a channel as it is stored; nothing is contacted yet.

    Raises:
        ChannelConfigError: nothing could ever be sent by it, or its secret is not there.
    """
    open_kind = CHANNELS.get(kind)
    if open_kind is None:
        raise ChannelConfigError(f"there is no channel kind {kind!r}")
    return open_kind(_with_secrets(config), settings)


def _with_secrets(config: Mapping[str, Any]) -> dict[str, object]:
    """Put secrets that are only named in the database in their place."""
    known = {key: value for key, value in config.items() if key != "secret_env"}
    if name := config.get("secret_env"):
        secret = named_secret(str(name))
        if secret is None:
            raise ChannelConfigError(f"webhook channel: the environment has no {name}")
        known["secrets"] = [secret]
    return known


def _record_sent(runtime: Runtime, claimed: Claimed, outgoing: Outgoing, receipt: Receipt) -> None:
    with runtime.database.write() as connection:
        now = runtime.database.now(connection)
        save_attempt(connection, outgoing, outcome="sent", detail=receipt.detail, now=now)
        values = {"sent_at": now, "receipt": receipt.detail}
        runtime.work.finish(connection, DELIVER, claimed, "sent", values)
        runtime.work.move(
            connection,
            notifications,
            notifications_of(connection, outgoing.id),
            states=["gathered"],
            to="told",
            values={"told_at": now},
        )


def _record_failure(
    context: NotifyContext, claimed: Claimed, outgoing: Outgoing, failure: DeliveryFailure
) -> None:
    runtime = context.runtime
    with runtime.database.write() as connection:
        now = runtime.database.now(connection)
        decision = after_failure(
            failure,
            attempt=outgoing.tries + 1,
            first_tried_at=outgoing.tries_since or now,
            now=now,
            random=context.random.random(),
        )
        save_attempt(
            connection,
            outgoing,
            outcome=failure.kind.value,
            detail=decision.detail,
            status=failure.status,
            now=now,
        )
        if isinstance(decision, RetryAt):
            runtime.work.schedule(connection, DELIVER, claimed, decision.at, decision.detail)
        else:
            runtime.work.give_up(connection, DELIVER, claimed, decision.detail)
            if isinstance(decision, SwitchOff):
                switch_channel_off(connection, outgoing.channel_id, decision.detail)
    log.warning("not sent: %s", decision.detail, extra={"about": {"message": f"m{outgoing.id}"}})
