"""Who is told of what: single subscriptions, beside those of the rule file."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select, update

from services.console.store.rule_set import LockedRuleSet, create_rule, set_state
from services.console.store.sync_plan import TOPIC_ORIGIN, topic_rule_name
from services.console.store.syncing import create_channel, load_stored, put_subscription
from shared.database import Database
from shared.errors import SettingsError
from shared.query.errors import nearest
from shared.tables import rules, subscriptions

CONSOLE_ORIGIN = "console"
MODES = ("first", "new", "every")
MAX_SUBSCRIBER_CHARACTERS = 128
_CHANNEL_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The subscription as it stands now; `is_new` when it was not active before, else `words`."""

    subscription_id: int
    rule_id: int
    channel_id: int
    is_new: bool
    words: str


@dataclass(frozen=True, slots=True)
class _Asked:
    subscriber: str
    channel: str
    mode: str
    old_material: bool


def subscribe(
    database: Database,
    subscriber: str,
    *,
    rule: str | None = None,
    topic: str | None = None,
    channel: str,
    mode: str = "new",
    old_material: bool = False,
    make_file_channel: bool = False,
    topics: Collection[str] = (),
) -> Subscribed:
    """Subscribe to one rule or straight to one topic of *topics*; a second time changes the mode.

    With *make_file_channel* an unknown channel becomes a file of that name.

    Raises:
        SettingsError: something named is not known, or the subscription is in the rule file.
    """
    _check(subscriber, mode, rule, topic, topics)
    with database.write() as connection:
        locked, now = LockedRuleSet(connection), database.now(connection)
        rule_id = (
            _topic_rule(connection, locked, topic, now)
            if topic is not None
            else _known_rule(connection, rule or "")
        )
        channel_id = _channel(connection, channel, now, make=make_file_channel)
        asked = _Asked(subscriber, channel, mode, old_material)
        found = _put(connection, asked, rule_id, channel_id, now)
        if found.is_new:
            locked.publish([rule_id], now)
        return found


def unsubscribe(
    database: Database,
    subscriber: str,
    *,
    rule: str | None = None,
    topic: str | None = None,
    channel: str | None = None,
) -> int:
    """Retire the subscriptions to one rule or topic made here, by every channel or one; count them.

    Raises:
        SettingsError: it is in the rule file, which says otherwise at the next sync.
    """
    name = topic_rule_name(topic) if topic is not None else rule or ""
    with database.write() as connection:
        LockedRuleSet(connection)
        found = [
            each
            for (its_rule, who, by), each in load_stored(connection).subscriptions.items()
            if (its_rule, who) == (name, subscriber)
            and channel in (None, by)
            and each.state == "active"
        ]
        if any(each.origin != CONSOLE_ORIGIN for each in found):
            raise SettingsError(f"{subscriber} to {name}: it is in the rule file; change it there")
        connection.execute(
            update(subscriptions)
            .where(subscriptions.c.id.in_([each.id for each in found]))
            .values(state="retired")
        )
    return len(found)


def _check(
    subscriber: str, mode: str, rule: str | None, topic: str | None, topics: Collection[str]
) -> None:
    if not subscriber.strip() or len(subscriber) > MAX_SUBSCRIBER_CHARACTERS:
        limit = f"a subscriber's name has 1 to {MAX_SUBSCRIBER_CHARACTERS} characters"
        raise SettingsError(f"'{subscriber[:40]}': {limit}")
    if mode not in MODES:
        raise SettingsError(f"unknown mode '{mode[:40]}'; there are first, new and every")
    if (rule is None) == (topic is None):
        raise SettingsError("name a rule or a topic, one of the two")
    if topic is not None and topic not in topics:
        raise SettingsError(f"unknown topic '{topic[:70]}'{_meant(topic, topics)}")


def _known_rule(connection: Connection, name: str) -> int:
    rows = connection.execute(select(rules.c.name, rules.c.id).where(rules.c.state != "retired"))
    known: dict[str, int] = {row.name: row.id for row in rows}
    if name not in known:
        raise SettingsError(f"unknown rule '{name[:70]}'{_meant(name, known)}")
    return known[name]


def _topic_rule(connection: Connection, locked: LockedRuleSet, topic: str, now: datetime) -> int:
    name = topic_rule_name(topic)
    found = connection.execute(select(rules).where(rules.c.name == name)).one_or_none()
    if found is not None and found.state != "retired":
        return int(found.id)
    if found is not None:
        set_state(connection, found.id, "active", now)
    rule_id = (
        int(found.id)
        if found is not None
        else create_rule(connection, name, name, origin=TOPIC_ORIGIN, now=now)
    )
    locked.publish([rule_id], now)
    return rule_id


def _channel(connection: Connection, name: str, now: datetime, *, make: bool) -> int:
    known = load_stored(connection).channels
    if name in known:
        return known[name].id
    if not make:
        raise SettingsError(f"unknown channel '{name[:70]}'{_meant(name, known)}")
    if len(name) > 64 or not _CHANNEL_NAME.match(name):
        raise SettingsError(f"channel '{name[:70]}': a name has small letters, digits and '-'")
    config = {"name": f"{name}.jsonl"}
    return create_channel(connection, name, "file", config, origin=CONSOLE_ORIGIN, now=now)


def _put(
    connection: Connection, asked: _Asked, rule_id: int, channel_id: int, now: datetime
) -> Subscribed:
    row = connection.execute(
        select(subscriptions).where(
            subscriptions.c.rule_id == rule_id,
            subscriptions.c.channel_id == channel_id,
            subscriptions.c.subscriber == asked.subscriber,
        )
    ).one_or_none()
    was_active = row is not None and row.state == "active"
    if row is not None and was_active:
        if (row.mode, row.old_material) == (asked.mode, asked.old_material):
            return Subscribed(row.id, rule_id, channel_id, is_new=False, words="nothing changes")
        if row.origin != CONSOLE_ORIGIN:
            raise SettingsError(f"{asked.subscriber}: it is in the rule file; change it there")
    subscription_id = put_subscription(
        connection,
        row.id if row is not None else None,
        rule_id=rule_id,
        channel_id=channel_id,
        subscriber=asked.subscriber,
        mode=asked.mode,
        old_material=asked.old_material,
        origin=CONSOLE_ORIGIN,
        active_from=None if was_active else now,
    )
    words = f"mode {asked.mode}" if was_active else "told of what arrives from now on"
    return Subscribed(subscription_id, rule_id, channel_id, is_new=not was_active, words=words)


def _meant(name: str, known: Collection[str]) -> str:
    close = nearest(name, sorted(known))
    if close is not None:
        return f"; did you mean {close}?"
    return f"; known: {', '.join(sorted(known)[:15])}" if known else "; there is none yet"
