"""Reads the rule set, compiled; suspends a rule that no longer compiles instead of losing it."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select, update

from shared.database import Database
from shared.query import CompiledRule, RuleSet, RuleSyntaxError, compile_rule, parse
from shared.tables import articles, rule_revisions, rule_set, rules

log = logging.getLogger("newswatch.alert")

REOPENED_AT_ONCE = 200


@dataclass(frozen=True)
class ActiveRule:
    """A rule that may match now."""

    id: int
    name: str
    revision: int
    active_from: datetime


@dataclass(frozen=True)
class ActiveRules:
    """The compiled rule set of one version, with what is known of its rules."""

    compiled: RuleSet
    by_id: Mapping[int, ActiveRule]

    @property
    def version(self) -> int:
        """The version of the rule set, as stored with every match."""
        return self.compiled.version


def rule_set_version(connection: Connection) -> int:
    """Return the version of the rule set, 0 before the first rule."""
    return connection.execute(select(rule_set.c.version)).scalar() or 0


def load_rules(database: Database) -> ActiveRules:
    """Load and compile every active rule, of one consistent version."""
    with database.read() as connection:
        version = rule_set_version(connection)
        rows = connection.execute(select(rules).where(rules.c.state == "active")).all()
        # On PostgreSQL each statement sees its own moment: a change in between means once more.
        if rule_set_version(connection) != version:
            return load_rules(database)
    compiled: dict[int, CompiledRule] = {}
    active: dict[int, ActiveRule] = {}
    for row in rows:
        try:
            compiled[row.id] = compile_rule(parse(row.query))
        except RuleSyntaxError as error:
            _suspend(database, row.id, row.name, str(error))
        else:
            active[row.id] = ActiveRule(row.id, row.name, row.revision, row.active_from)
    return ActiveRules(RuleSet(version, compiled), active)


def _suspend(database: Database, rule_id: int, name: str, reason: str) -> None:
    """Take a rule out of matching, loudly: it is never deleted and never read as "no match"."""
    log.error("rule %s suspended: %s", name, reason)
    with database.write() as connection:
        connection.execute(
            update(rules)
            .where(rules.c.id == rule_id, rules.c.state == "active")
            .values(state="suspended", state_reason=reason)
        )


def outdated_articles(connection: Connection, *, published_since: datetime) -> list[int]:
    """Return articles that were matched before a rule they are subject to was known to the worker.

    Only revisions *published_since* are considered, and of those only articles received at or after
    the revision's `active_from`: a new rule never fires on the archive. At most `REOPENED_AT_ONCE`.
    """
    recent = and_(
        rule_revisions.c.published_at >= published_since, rule_revisions.c.state == "active"
    )
    oldest = connection.execute(
        select(func.min(rule_revisions.c.active_from)).where(recent)
    ).scalar_one()
    if oldest is None:
        return []
    newer = and_(
        recent,
        rule_revisions.c.version > articles.c.rule_set_version,
        rule_revisions.c.active_from <= articles.c.received_at,
    )
    query = (
        select(articles.c.id)
        .distinct()
        .join(rule_revisions, newer)
        # The bound lets the index on received_at leave the archive alone.
        .where(articles.c.state == "matched", articles.c.received_at >= oldest)
        .limit(REOPENED_AT_ONCE)
    )
    return list(connection.execute(query).scalars())
