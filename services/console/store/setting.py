"""Writes one rule from a person's hand: `newswatch rules set`, later the console's editor."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import select

from services.console.store.rule_set import LockedRuleSet, change_query, create_rule
from shared.database import Database
from shared.errors import SettingsError
from shared.tables import rules

CONSOLE_ORIGIN = "console"


@dataclass(frozen=True, slots=True)
class SetRule:
    """The rule as it stands now."""

    id: int
    name: str
    revision: int
    is_new: bool


def set_rule(database: Database, name: str, query: str) -> SetRule:
    """Create a rule of the console, or give it another query (one that parses), from now on.

    Raises:
        SettingsError: the name belongs to a rule of a file or a topic, which is changed there.
    """
    with database.write() as connection:
        locked, now = LockedRuleSet(connection), database.now(connection)
        found = connection.execute(select(rules).where(rules.c.name == name)).one_or_none()
        if found is None:
            rule_id = create_rule(connection, name, query, origin=CONSOLE_ORIGIN, now=now)
        elif found.origin != CONSOLE_ORIGIN:
            raise SettingsError(
                f"rule {name!r} comes from a {found.origin}: change it there; nothing was changed"
            )
        else:
            rule_id = found.id
            if found.query != query or found.state != "active":
                change_query(connection, rule_id, query, now)
        if found is None or found.query != query or found.state != "active":
            locked.publish([rule_id], now)
        row = connection.execute(select(rules).where(rules.c.id == rule_id)).one()
    return SetRule(row.id, row.name, row.revision, found is None)
