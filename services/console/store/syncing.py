"""Carry out a rule file: one transaction, nothing half-applied."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from services.console.rule_entries import RuleFile
from services.console.store.retrying import make_messages_due
from services.console.store.rule_set import LockedRuleSet, change_query, create_rule, set_state
from services.console.store.stored import (
    Stored,
    StoredChannel,
    StoredRule,
    StoredSubscription,
)
from services.console.store.sync_plan import (
    REMOVED_FROM_FILE,
    TOPIC_ORIGIN,
    Action,
    Changes,
    EntryChange,
    SyncPlan,
    channel_config,
    plan_sync,
    wanted_subscriptions,
)
from shared.database import Database
from shared.tables import channels, rule_set, rules, subscriptions

FILE_ORIGIN = "file"


@dataclass(frozen=True, slots=True)
class SyncReport:
    """What a sync did, or would do (`dry_run`); `version` is that of the rule set after it."""

    rules: Changes
    channels: Changes
    subscriptions: Changes
    version: int
    dry_run: bool

    @property
    def is_empty(self) -> bool:
        """Whether nothing changes."""
        changing = {Action.CREATED, Action.CHANGED, Action.RETIRED}
        every = (*self.rules.entries, *self.channels.entries, *self.subscriptions.entries)
        return not any(entry.action in changing for entry in every)

    @property
    def diff(self) -> tuple[str, ...]:
        """The lines to print: every entry but the unchanged ones, with how it differs."""
        lines: list[str] = []
        for noun, changes in (
            ("rules", self.rules),
            ("channels", self.channels),
            ("subscriptions", self.subscriptions),
        ):
            shown = [each for each in changes.entries if each.action is not Action.UNCHANGED]
            if shown:
                lines.append(noun)
            for each in shown:
                lines += (f"  {each.headline}", *(f"      {line}" for line in each.lines))
        return tuple(lines)


def sync_rules(
    database: Database,
    rule_file: RuleFile,
    *,
    origin: str = FILE_ORIGIN,
    prune: bool = False,
    dry_run: bool = False,
) -> SyncReport:
    """Make what is stored of *origin* equal to *rule_file*, in one transaction.

    New rules and subscriptions count from now on. A changed query is the rule's next revision (see
    `change_query`); an unchanged rule keeps everything, a suspended one stays so. A channel of the
    file that is off is switched on, and what waits for it is due at once. What is stored but not in
    the file is retired only with *prune*; without it, it is named as missing. With *dry_run*
    nothing is written.

    Raises:
        SettingsError: a name is taken by another origin; nothing was changed.
    """
    if dry_run:
        with database.read() as connection:
            plan = plan_sync(rule_file, load_stored(connection), origin=origin, prune=prune)
            return _report(plan, _version(connection), dry_run=True)
    with database.write() as connection:
        locked = LockedRuleSet(connection)
        stored = load_stored(connection)
        plan = plan_sync(rule_file, stored, origin=origin, prune=prune)
        now = database.now(connection)
        carrying = _Carrying(database, connection, stored, plan, rule_file, origin=origin, now=now)
        carrying.carry_out(locked)
        return _report(plan, locked.version, dry_run=False)


def _report(plan: SyncPlan, version: int, *, dry_run: bool) -> SyncReport:
    return SyncReport(
        rules=Changes(tuple(plan.rules.values())),
        channels=Changes(tuple(plan.channels.values())),
        subscriptions=Changes(tuple(plan.subscriptions.values())),
        version=version,
        dry_run=dry_run,
    )


def _version(connection: Connection) -> int:
    return connection.execute(select(rule_set.c.version)).scalar() or 0


def load_stored(connection: Connection) -> Stored:
    """Return every rule, channel and subscription, whatever its origin and state."""
    known = connection.execute(select(rules)).all()
    ways = connection.execute(select(channels)).all()
    told = connection.execute(select(subscriptions)).all()
    rule_names = {row.id: row.name for row in known}
    channel_names = {row.id: row.name for row in ways}
    return Stored(
        rules={
            r.name: StoredRule(r.id, r.origin, r.query, r.owner, r.note, r.state) for r in known
        },
        channels={
            c.name: StoredChannel(c.id, c.origin, c.kind, c.config, c.state, c.state_reason)
            for c in ways
        },
        subscriptions={
            (rule_names[s.rule_id], s.subscriber, channel_names[s.channel_id]): (
                StoredSubscription(s.id, s.origin, s.mode, s.old_material, s.state)
            )
            for s in told
        },
    )


class _Carrying:
    def __init__(
        self,
        database: Database,
        connection: Connection,
        stored: Stored,
        plan: SyncPlan,
        rule_file: RuleFile,
        *,
        origin: str,
        now: datetime,
    ) -> None:
        self.database = database
        self.connection = connection
        self.plan = plan
        self.file = rule_file
        self.origin = origin
        self.now = now
        self.stored = stored
        self.rule_ids = {name: found.id for name, found in self.stored.rules.items()}
        self.channel_ids = {name: found.id for name, found in self.stored.channels.items()}

    def carry_out(self, locked: LockedRuleSet) -> None:
        """Write rules, channels and subscriptions, and publish what matching must know of."""
        locked.publish(self._write_rules(), self.now)
        self._write_channels()
        locked.publish(self._write_subscriptions(), self.now)

    def _write_rules(self) -> list[int]:
        entries = {entry.name: entry for entry in self.file.rules}
        published = []
        for name, change in self.plan.rules.items():
            entry = entries.get(name)
            query = entry.query if entry else name
            if change.action is Action.CREATED:
                self.rule_ids[name] = create_rule(
                    self.connection,
                    name,
                    query,
                    origin=self.origin if entry else TOPIC_ORIGIN,
                    now=self.now,
                    owner=entry.owner if entry else None,
                    note=entry.note if entry else None,
                )
                published.append(self.rule_ids[name])
            elif self._change_rule(change, query):
                published.append(self.rule_ids[name])
            if change.action is Action.CHANGED and entry is not None:
                values = {"owner": entry.owner, "note": entry.note, "origin": self.origin}
                self._update(rules, self.rule_ids[name], **values)
        return published

    def _change_rule(self, change: EntryChange, query: str) -> bool:
        """Write another query or state; return whether matching must know of it."""
        found = self.stored.rules[change.name]
        if change.action is Action.RETIRED:
            set_state(self.connection, found.id, "retired", self.now)
            return True
        if change.action is not Action.CHANGED:
            return False
        if found.query != query:
            change_query(self.connection, found.id, query, self.now)
        elif found.state == "retired":
            set_state(self.connection, found.id, "active", self.now)
        return found.query != query or found.state == "retired"

    def _write_channels(self) -> None:
        entries = {entry.name: entry for entry in self.file.channels}
        for name, change in self.plan.channels.items():
            if change.action is Action.RETIRED:
                values = {"state": "off", "state_reason": REMOVED_FROM_FILE}
                self._update(channels, self.channel_ids[name], **values)
            elif change.action in (Action.CREATED, Action.CHANGED):
                entry = entries[name]
                config = channel_config(entry)
                self._put_channel(name, entry.kind, config)
                found = self.stored.channels.get(name)
                if found is not None and found.state == "off":
                    make_messages_due(self.database, self.connection, found.id)

    def _put_channel(self, name: str, kind: str, config: dict[str, Any]) -> None:
        values = {"kind": kind, "config": config, "state": "on", "state_reason": None}
        if name in self.channel_ids:
            self._update(channels, self.channel_ids[name], **values)
        else:
            self.channel_ids[name] = create_channel(
                self.connection, name, kind, config, origin=self.origin, now=self.now
            )

    def _write_subscriptions(self) -> list[int]:
        """Write subscriptions; return the rules that somebody asks for who did not before."""
        entries = wanted_subscriptions(self.file)
        asked = []
        for key, change in self.plan.subscriptions.items():
            found, entry = self.stored.subscriptions.get(key), entries.get(key)
            if change.action is Action.RETIRED and found is not None:
                self._update(subscriptions, found.id, state="retired")
            if entry is None or change.action not in (Action.CREATED, Action.CHANGED):
                continue
            was_active = found is not None and found.state == "active"
            put_subscription(
                self.connection,
                found.id if found else None,
                rule_id=self.rule_ids[key[0]],
                channel_id=self.channel_ids[key[2]],
                subscriber=entry.subscriber,
                mode=entry.mode,
                old_material=entry.old_material,
                origin=self.origin,
                active_from=None if was_active else self.now,
            )
            if not was_active:
                asked.append(self.rule_ids[key[0]])
        return asked

    def _update(self, table: Any, row_id: int, **values: Any) -> None:
        self.connection.execute(update(table).where(table.c.id == row_id).values(**values))


def create_channel(
    connection: Connection,
    name: str,
    kind: str,
    config: dict[str, Any],
    *,
    origin: str,
    now: datetime,
) -> int:
    """Write a new channel, switched on, and return its id."""
    made = connection.execute(
        insert(channels)
        .values(name=name, kind=kind, origin=origin, config=config, state="on", created_at=now)
        .returning(channels.c.id)
    )
    return int(made.scalar_one())


def put_subscription(
    connection: Connection,
    subscription_id: int | None,
    *,
    active_from: datetime | None,
    **values: Any,
) -> int:
    """Write a subscription, new or changed, as active; return its id.

    Without *active_from* it counts from when it did before.
    """
    values |= {"state": "active"} | ({"active_from": active_from} if active_from else {})
    if subscription_id is not None:
        connection.execute(
            update(subscriptions).where(subscriptions.c.id == subscription_id).values(**values)
        )
        return subscription_id
    made = connection.execute(insert(subscriptions).values(**values).returning(subscriptions.c.id))
    return int(made.scalar_one())
