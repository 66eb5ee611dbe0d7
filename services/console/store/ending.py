"""Ends what people began: one subscription, one rule of the console. Rows are kept."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass

from sqlalchemy import Connection, func, select, update

from services.console.store.rule_set import LockedRuleSet, set_state
from services.console.store.setting import CONSOLE_ORIGIN
from services.console.store.stored import StoredRule, SubscriptionKey
from services.console.store.sync_plan import TOPIC_ORIGIN, topic_rule_name
from services.console.store.syncing import load_stored
from services.console.store.wording import or_known
from shared.database import Database
from shared.errors import NewswatchError, SettingsError
from shared.tables import notifications, subscriptions

# What is planned goes out, as after a sync that prunes: it was asked for when it arrived.
COMING_STATES = ("planned", "held", "gathered")


@dataclass(frozen=True, slots=True)
class Ended:
    """A subscription that ended, and how many of its notifications are still to be told."""

    subscription_id: int
    subscriber: str
    rule: str
    channel: str
    still_told: int


@dataclass(frozen=True, slots=True)
class RemovedRule:
    """A rule that is retired, with the subscriptions that ended with it."""

    id: int
    name: str
    ended: tuple[Ended, ...]


def unsubscribe(
    database: Database,
    subscriber: str,
    *,
    rule: str | None = None,
    topic: str | None = None,
    channel: str | None = None,
) -> tuple[Ended, ...]:
    """End the subscriptions to one rule or topic made here, by every channel or one.

    A topic's rule that nobody asks for any more is retired with the last of them.

    Raises:
        SettingsError: neither or both are named, or it is in the rule file.
        NewswatchError: there is no such subscription.
    """
    if (rule is None) == (topic is None):
        raise SettingsError("name a rule or a topic, one of the two")
    name = topic_rule_name(topic) if topic is not None else rule or ""
    with database.write() as connection:
        locked, stored = LockedRuleSet(connection), load_stored(connection)
        active = {key: s for key, s in stored.subscriptions.items() if s.state == "active"}
        own = [key for key in active if key[:2] == (name, subscriber)]
        found = [key for key in own if channel in (None, key[2])]
        if not found:
            raise NewswatchError(_not_subscribed(subscriber, name, channel, own, active))
        if any(active[key].origin != CONSOLE_ORIGIN for key in found):
            raise SettingsError(
                f"{subscriber} to {name}: it is in the rule file; take it out there, "
                "then newswatch rules sync FILE --prune; nothing was changed"
            )
        ended = _end(connection, {key: active[key].id for key in found})
        its_rule = stored.rules[name]
        is_wanted = any(key[0] == name for key in active if key not in found)
        if its_rule.origin == TOPIC_ORIGIN and its_rule.state != "retired" and not is_wanted:
            _retire(database, connection, locked, its_rule)
    return ended


def remove_rule(database: Database, name: str) -> RemovedRule:
    """Retire a rule of the console and end its subscriptions; its matches and alerts stay.

    Raises:
        SettingsError: it is not known, or comes from the rule file or a topic.
    """
    with database.write() as connection:
        locked, stored = LockedRuleSet(connection), load_stored(connection)
        known = {key: rule for key, rule in stored.rules.items() if rule.state != "retired"}
        rule = known.get(name)
        if rule is None:
            raise SettingsError(f"unknown rule '{name[:70]}'{or_known(name, known)}")
        if rule.origin != CONSOLE_ORIGIN:
            raise SettingsError(f"rule '{name}' {_ends_elsewhere(name, rule)}; nothing was changed")
        keys = {
            key: each.id
            for key, each in stored.subscriptions.items()
            if key[0] == name and each.state == "active"
        }
        ended = _end(connection, keys)
        _retire(database, connection, locked, rule)
    return RemovedRule(rule.id, name, ended)


def _ends_elsewhere(name: str, rule: StoredRule) -> str:
    if rule.origin == TOPIC_ORIGIN:
        topic = name.removeprefix(topic_rule_name(""))
        by = f"newswatch unsubscribe SUBSCRIBER --topic {topic}"
        return f"lives as long as somebody asks for its topic: {by}"
    return (
        f"comes from the rule {rule.origin}: edit the file, then newswatch rules sync FILE --prune"
    )


def _retire(
    database: Database, connection: Connection, locked: LockedRuleSet, rule: StoredRule
) -> None:
    now = database.now(connection)
    set_state(connection, rule.id, "retired", now)
    locked.publish([rule.id], now)


def _end(connection: Connection, ids: dict[SubscriptionKey, int]) -> tuple[Ended, ...]:
    connection.execute(
        update(subscriptions).where(subscriptions.c.id.in_(ids.values())).values(state="retired")
    )
    waiting = _count_waiting(connection, ids.values())
    return tuple(
        Ended(row_id, subscriber, rule, channel, waiting.get(row_id, 0))
        for (rule, subscriber, channel), row_id in sorted(ids.items())
    )


def _count_waiting(connection: Connection, ids: Iterable[int]) -> dict[int, int]:
    rows = connection.execute(
        select(notifications.c.subscription_id, func.count())
        .where(
            notifications.c.subscription_id.in_(ids),
            notifications.c.state.in_(COMING_STATES),
        )
        .group_by(notifications.c.subscription_id)
    )
    return {row[0]: row[1] for row in rows}


def _not_subscribed(
    subscriber: str,
    name: str,
    channel: str | None,
    own: Collection[SubscriptionKey],
    active: Collection[SubscriptionKey],
) -> str:
    if own and channel is not None:
        by = ", ".join(sorted(key[2] for key in own))
        return f"{subscriber} is told of {name} by {by}, not by {channel}; nothing was changed"
    others = sorted({key[0] for key in active if key[1] == subscriber})
    told = f"is told of {', '.join(others[:15])}" if others else "has none"
    return f"{subscriber} is not subscribed to {name}, and {told}; nothing was changed"
