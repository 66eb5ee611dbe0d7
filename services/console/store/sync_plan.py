"""What a rule file would change: compare it with what is stored. Pure."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from services.console.rule_entries import ChannelEntry, RuleEntry, RuleFile, SubscriptionEntry
from services.console.store.stored import Stored, StoredRule, SubscriptionKey
from services.console.store.wording import config_in_words, text_diff
from shared.errors import SettingsError

TOPIC_ORIGIN = "topic"
REMOVED_FROM_FILE = "not in the rule file any more"


class Action(StrEnum):
    """What becomes of an entry. `missing`: stored but not in the file, and kept without prune."""

    CREATED = "created"
    CHANGED = "changed"
    UNCHANGED = "unchanged"
    RETIRED = "retired"
    MISSING = "missing"


_SIGNS = {
    Action.CREATED: "+",
    Action.CHANGED: "~",
    Action.UNCHANGED: "=",
    Action.RETIRED: "-",
    Action.MISSING: "?",
}


@dataclass(frozen=True, slots=True)
class EntryChange:
    """What becomes of one entry, and how it differs, line by line; no line shows a secret."""

    name: str
    action: Action
    lines: tuple[str, ...] = ()

    @property
    def headline(self) -> str:
        """The sign and the name: `+ mia`; `?` marks what is stored but not in the file."""
        kept = "  (not in the file; kept without --prune)" if self.action is Action.MISSING else ""
        return f"{_SIGNS[self.action]} {self.name}{kept}"


@dataclass(frozen=True, slots=True)
class Changes:
    """What becomes of all entries of one kind."""

    entries: tuple[EntryChange, ...]

    def names(self, action: Action) -> tuple[str, ...]:
        """Return the names that *action* becomes of."""
        return tuple(entry.name for entry in self.entries if entry.action is action)

    @property
    def created(self) -> tuple[str, ...]:
        """Names that are new."""
        return self.names(Action.CREATED)

    @property
    def changed(self) -> tuple[str, ...]:
        """Names whose entry differs."""
        return self.names(Action.CHANGED)

    @property
    def unchanged(self) -> tuple[str, ...]:
        """Names that keep everything."""
        return self.names(Action.UNCHANGED)

    @property
    def retired(self) -> tuple[str, ...]:
        """Names taken out of work by prune."""
        return self.names(Action.RETIRED)

    @property
    def missing(self) -> tuple[str, ...]:
        """Names not in the file, kept since prune was not asked for."""
        return self.names(Action.MISSING)


@dataclass(frozen=True, slots=True)
class SyncPlan:
    """What a sync does; the entries by the key they are stored under."""

    rules: Mapping[str, EntryChange]
    channels: Mapping[str, EntryChange]
    subscriptions: Mapping[SubscriptionKey, EntryChange]


def plan_sync(rule_file: RuleFile, stored: Stored, *, origin: str, prune: bool) -> SyncPlan:
    """Compare *rule_file* with what is *stored* of *origin*.

    Raises:
        SettingsError: a name is taken by another origin; all of them are named.
    """
    wanted = wanted_subscriptions(rule_file)
    taken = [*_taken(rule_file, wanted, stored, origin)]
    if taken:
        raise SettingsError("\n".join([*taken, "nothing was changed"]))
    told = {key: _subscription(key, entry, stored) for key, entry in wanted.items()}
    told |= {
        key: _gone(_subscription_name(key), prune=prune)
        for key, found in stored.subscriptions.items()
        if key not in told and found.origin == origin and found.state == "active"
    }
    told |= _ended_with_rules(rule_file, stored, origin, set(told)) if prune else {}
    alive = _living_subscriptions(told, stored)
    channels = {entry.name: _channel(entry, stored) for entry in rule_file.channels}
    used = {channel for _, _, channel in alive}
    channels |= {
        name: _gone(name, prune=prune and name not in used)
        for name, found in stored.channels.items()
        if name not in channels and found.origin == origin and found.state == "on"
    }
    return SyncPlan(_rules(rule_file, stored, origin, alive, prune=prune), channels, told)


def _ended_with_rules(
    rule_file: RuleFile, stored: Stored, origin: str, planned: Collection[SubscriptionKey]
) -> dict[SubscriptionKey, EntryChange]:
    """Return the subscriptions made elsewhere to rules of the file that go: nothing feeds them."""
    kept = {entry.name for entry in rule_file.rules}
    return {
        key: EntryChange(
            _subscription_name(key), Action.RETIRED, (f"ended: {key[1]} (rule {key[0]})",)
        )
        for key, found in stored.subscriptions.items()
        if key not in planned
        and key[0] not in kept
        and stored.rules[key[0]].origin == origin
        and found.state == "active"
    }


def wanted_subscriptions(rule_file: RuleFile) -> dict[SubscriptionKey, SubscriptionEntry]:
    """Return the subscriptions of the file, one for each channel, by their key."""
    return {
        (entry.rule or topic_rule_name(entry.topic or ""), entry.subscriber, channel): entry
        for entry in rule_file.subscriptions
        for channel in entry.channels
    }


def topic_rule_name(topic: str) -> str:
    """Return the name and query of the rule behind a subscription straight to a topic."""
    return f"topic:{topic}"


def channel_config(entry: ChannelEntry) -> dict[str, Any]:
    """Return a channel's config as it is stored; of `secret_env` only the variable's name."""
    if entry.kind == "file":
        return {"name": entry.path}
    if entry.secret_env is not None:
        return {"url": entry.url, "secret_env": entry.secret_env}
    return {"url": entry.url, "secrets": [entry.secret]}


def _taken(
    rule_file: RuleFile, wanted: Iterable[SubscriptionKey], stored: Stored, origin: str
) -> Iterable[str]:
    for entry in rule_file.rules:
        rule = stored.rules.get(entry.name)
        # A rule that was removed by hand has left its name to whoever writes it next.
        if rule is not None and rule.origin != origin and rule.state != "retired":
            yield f'line {entry.line}: rule "{entry.name}" belongs to the {rule.origin}: rename one'
    for each in rule_file.channels:
        channel = stored.channels.get(each.name)
        if channel is not None and channel.origin != origin:
            said = f'line {each.line}: channel "{each.name}" belongs to the {channel.origin}'
            yield f"{said}: rename one"
    for key in wanted:
        found = stored.subscriptions.get(key)
        if found is not None and found.origin != origin and found.state == "active":
            said = f"subscription of {_subscription_name(key)} belongs to the {found.origin}"
            yield f"{said}: take one of the two away"


def _rules(
    rule_file: RuleFile,
    stored: Stored,
    origin: str,
    alive: Collection[SubscriptionKey],
    *,
    prune: bool,
) -> dict[str, EntryChange]:
    planned = {entry.name: _rule(entry, stored.rules.get(entry.name)) for entry in rule_file.rules}
    topics = sorted({topic_rule_name(s.topic) for s in rule_file.subscriptions if s.topic})
    planned |= {name: _topic_rule(name, stored.rules.get(name)) for name in topics}
    wanted = {rule for rule, _, _ in alive}
    for name, found in stored.rules.items():
        if name in planned or found.state == "retired":
            continue
        if found.origin == origin:
            planned[name] = _gone(name, prune=prune)
        elif found.origin == TOPIC_ORIGIN and name not in wanted and prune:
            planned[name] = EntryChange(name, Action.RETIRED)
    return planned


def _rule(entry: RuleEntry, found: StoredRule | None) -> EntryChange:
    if found is None:
        return EntryChange(entry.name, Action.CREATED, tuple(entry.query.strip().splitlines()))
    lines = []
    if found.state == "retired":
        lines.append("retired → active")
    if found.query != entry.query:
        lines += text_diff(found.query, entry.query)
    for what, before, after in (
        ("owner", found.owner, entry.owner),
        ("note", found.note, entry.note),
    ):
        if before != after:
            lines.append(f"{what}: {before or 'none'} → {after or 'none'}")
    return EntryChange(entry.name, Action.CHANGED if lines else Action.UNCHANGED, tuple(lines))


def _topic_rule(name: str, found: StoredRule | None) -> EntryChange:
    if found is None:
        return EntryChange(name, Action.CREATED)
    if found.state == "retired":
        return EntryChange(name, Action.CHANGED, ("retired → active",))
    return EntryChange(name, Action.UNCHANGED)


def _channel(entry: ChannelEntry, stored: Stored) -> EntryChange:
    found, config = stored.channels.get(entry.name), channel_config(entry)
    if found is None:
        return EntryChange(entry.name, Action.CREATED, (f"{entry.kind} {config_in_words(config)}",))
    lines = []
    if found.kind != entry.kind or dict(found.config) != config:
        before, after = config_in_words(found.config), config_in_words(config)
        lines.append(
            f"{found.kind} {before} → {entry.kind} {after}"
            if (found.kind, before) != (entry.kind, after)
            else f"{entry.kind} {after}: another secret or path"
        )
    if found.state == "off":
        lines.append(f"switched on; it was off: {found.state_reason or 'no reason was recorded'}")
    return EntryChange(entry.name, Action.CHANGED if lines else Action.UNCHANGED, tuple(lines))


def _subscription(key: SubscriptionKey, entry: SubscriptionEntry, stored: Stored) -> EntryChange:
    found, name = stored.subscriptions.get(key), _subscription_name(key)
    if found is None:
        return EntryChange(name, Action.CREATED, (f"mode {entry.mode}",))
    lines = []
    if found.state == "retired":
        lines.append("retired → active")
    if found.mode != entry.mode:
        lines.append(f"mode {found.mode} → {entry.mode}")
    if found.old_material != entry.old_material:
        before, after = str(found.old_material).lower(), str(entry.old_material).lower()
        lines.append(f"old_material {before} → {after}")
    return EntryChange(name, Action.CHANGED if lines else Action.UNCHANGED, tuple(lines))


def _living_subscriptions(
    planned: Mapping[SubscriptionKey, EntryChange], stored: Stored
) -> set[SubscriptionKey]:
    """Return the subscriptions that are active once the plan is carried out."""
    retired = {key for key, change in planned.items() if change.action is Action.RETIRED}
    active = {key for key, found in stored.subscriptions.items() if found.state == "active"}
    return (active | set(planned)) - retired


def _gone(name: str, *, prune: bool) -> EntryChange:
    return EntryChange(name, Action.RETIRED if prune else Action.MISSING)


def _subscription_name(key: SubscriptionKey) -> str:
    rule, subscriber, channel = key
    return f"{subscriber} to {rule} by {channel}"
