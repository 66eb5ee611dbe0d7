"""The rule set under its lock: every change of a rule is a revision with a version of its own."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, insert, select, update

from shared.database import insert_new
from shared.tables import rule_revisions, rule_set, rules

THE_RULE_SET = 1


class LockedRuleSet:
    """The version row, locked until the transaction ends; so versions follow commits.

    Everybody who changes rules, channels or subscriptions takes this lock first.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        connection.execute(insert_new(connection, rule_set).values(id=THE_RULE_SET, version=0))
        self.version: int = connection.execute(
            select(rule_set.c.version).where(rule_set.c.id == THE_RULE_SET).with_for_update()
        ).scalar_one()

    def publish(self, rule_ids: Iterable[int], now: datetime) -> None:
        """Give each rule, as it stands *now*, the next version.

        Articles that were matched under an older version and received at or after *now* are matched
        again: that is how a change meets the articles matched while it was being committed, and
        never the archive.
        """
        for rule_id in sorted(set(rule_ids)):
            row = self._connection.execute(select(rules).where(rules.c.id == rule_id)).one()
            self.version += 1
            self._connection.execute(
                insert(rule_revisions).values(
                    version=self.version,
                    rule_id=rule_id,
                    revision=row.revision,
                    query=row.query,
                    state=row.state,
                    active_from=now,
                    published_at=now,
                )
            )
        self._connection.execute(
            update(rule_set).where(rule_set.c.id == THE_RULE_SET).values(version=self.version)
        )


def create_rule(
    connection: Connection,
    name: str,
    query: str,
    *,
    origin: str,
    now: datetime,
    owner: str | None = None,
    note: str | None = None,
) -> int:
    """Write a new rule, active from *now*, and return its id; publish it afterwards."""
    made = connection.execute(
        insert(rules)
        .values(
            name=name,
            origin=origin,
            owner=owner,
            note=note,
            query=query,
            revision=1,
            state="active",
            active_from=now,
            created_at=now,
        )
        .returning(rules.c.id)
    )
    return int(made.scalar_one())


def change_query(connection: Connection, rule_id: int, query: str, now: datetime) -> None:
    """Give a rule another query, as its next revision; publish it afterwards.

    It counts for what is matched from now on: what has arrived and waits meets it too, since the
    rule keeps its `active_from`. What was matched is not matched again. A retired rule becomes
    active as if it were new.
    """
    old = connection.execute(select(rules).where(rules.c.id == rule_id)).one()
    since = now if old.state == "retired" else old.active_from
    connection.execute(
        update(rules)
        .where(rules.c.id == rule_id)
        .values(
            query=query,
            revision=old.revision + 1,
            state="active",
            state_reason=None,
            active_from=since,
        )
    )


def set_state(connection: Connection, rule_id: int, state: str, now: datetime) -> None:
    """Retire a rule, or make a retired one active from *now* on; publish it afterwards."""
    values: dict[str, Any] = {"state": state, "state_reason": None}
    values["revision"] = rules.c.revision + 1
    if state == "active":
        values["active_from"] = now
    connection.execute(update(rules).where(rules.c.id == rule_id).values(**values))
