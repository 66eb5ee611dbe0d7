"""Who is told of what: single subscriptions, beside those of the rule file."""

from __future__ import annotations

import re
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from services.console.store.rule_set import LockedRuleSet, create_rule, set_state
from services.console.store.setting import CONSOLE_ORIGIN
from services.console.store.stored import StoredChannel
from services.console.store.sync_plan import TOPIC_ORIGIN, topic_rule_name
from services.console.store.syncing import create_channel, load_stored, put_subscription
from services.console.store.wording import or_known
from shared.database import Database
from shared.errors import SettingsError
from shared.tables import rules, subscriptions

MODES = ("first", "new", "every")
MAX_SUBSCRIBER_CHARACTERS = 128
_CHANNEL_NAME = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*\Z")


@dataclass(frozen=True, slots=True)
class Subscribed:
    """The subscription as it stands now; `is_new` when it was not active before, else `words`.

    `channel` is what it goes by, and `made_channel` whether that was made for it just now.
    """

    subscription_id: int
    rule_id: int
    channel_id: int
    is_new: bool
    words: str
    channel: StoredChannel
    made_channel: bool


@dataclass(frozen=True, slots=True)
class _Asked:
    subscriber: str
    channel: StoredChannel
    made_channel: bool
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

    With *make_file_channel* an unknown channel becomes a file of that name; without, it does so
    only where there is no channel at all, and so none that can have been meant.

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
        way, is_made = _channel(connection, channel, now, make=make_file_channel)
        asked = _Asked(subscriber, way, is_made, mode, old_material)
        found = _put(connection, asked, rule_id, now)
        if found.is_new:
            locked.publish([rule_id], now)
        return found


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
        raise SettingsError(f"unknown topic '{topic[:70]}'{or_known(topic, topics)}")


def _known_rule(connection: Connection, name: str) -> int:
    rows = connection.execute(select(rules.c.name, rules.c.id).where(rules.c.state != "retired"))
    known: dict[str, int] = {row.name: row.id for row in rows}
    if name not in known:
        raise SettingsError(f"unknown rule '{name[:70]}'{or_known(name, known)}")
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


def _channel(
    connection: Connection, name: str, now: datetime, *, make: bool
) -> tuple[StoredChannel, bool]:
    """Return the channel *name*, and whether it was made just now."""
    known = load_stored(connection).channels
    if name in known:
        return known[name], False
    if len(name) > 64 or not _CHANNEL_NAME.match(name):
        raise SettingsError(f"channel '{name[:70]}': a name has small letters, digits and '-'")
    if known and not make:
        how = "--new-channel makes it, a file of that name"
        raise SettingsError(f"unknown channel '{name}'{or_known(name, known)}; {how}")
    config = {"name": f"{name}.jsonl"}
    made = create_channel(connection, name, "file", config, origin=CONSOLE_ORIGIN, now=now)
    return StoredChannel(made, CONSOLE_ORIGIN, "file", config, "on", None), True


def _put(connection: Connection, asked: _Asked, rule_id: int, now: datetime) -> Subscribed:
    channel = asked.channel
    row = connection.execute(
        select(subscriptions).where(
            subscriptions.c.rule_id == rule_id,
            subscriptions.c.channel_id == channel.id,
            subscriptions.c.subscriber == asked.subscriber,
        )
    ).one_or_none()
    was_active = row is not None and row.state == "active"
    words = f"mode {asked.mode}" if was_active else "told of what arrives from now on"
    if row is not None and was_active:
        if (row.mode, row.old_material) == (asked.mode, asked.old_material):
            return _subscribed(row.id, rule_id, asked, is_new=False, words="nothing changes")
        if row.origin != CONSOLE_ORIGIN:
            raise SettingsError(f"{asked.subscriber}: it is in the rule file; change it there")
    subscription_id = put_subscription(
        connection,
        row.id if row is not None else None,
        rule_id=rule_id,
        channel_id=channel.id,
        subscriber=asked.subscriber,
        mode=asked.mode,
        old_material=asked.old_material,
        origin=CONSOLE_ORIGIN,
        active_from=None if was_active else now,
    )
    return _subscribed(subscription_id, rule_id, asked, is_new=not was_active, words=words)


def _subscribed(
    subscription_id: int, rule_id: int, asked: _Asked, *, is_new: bool, words: str
) -> Subscribed:
    return Subscribed(
        subscription_id,
        rule_id,
        asked.channel.id,
        is_new,
        words,
        asked.channel,
        asked.made_channel,
    )
