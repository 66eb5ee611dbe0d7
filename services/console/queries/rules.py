"""The watch rules, and how often each matched."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, and_, func, select

from shared.tables import matches, rules


@dataclass(frozen=True, slots=True)
class RuleSummary:
    """One rule; `match_count` counts articles, not alerts."""

    id: int
    name: str
    origin: str
    owner: str | None
    state: str
    state_reason: str | None
    query: str
    revision: int
    active_from: datetime
    match_count: int
    last_matched_at: datetime | None


def list_rules(connection: Connection) -> list[RuleSummary]:
    """Return every rule by name, retired ones included."""
    matched = and_(matches.c.rule_id == rules.c.id, matches.c.outcome == "matched")
    rows = connection.execute(
        select(
            rules.c.id,
            rules.c.name,
            rules.c.origin,
            rules.c.owner,
            rules.c.state,
            rules.c.state_reason,
            rules.c.query,
            rules.c.revision,
            rules.c.active_from,
            func.count(matches.c.id).label("match_count"),
            func.max(matches.c.matched_at).label("last_matched_at"),
        )
        .outerjoin(matches, matched)
        .group_by(rules.c.id)
        .order_by(rules.c.name)
    )
    return [RuleSummary(**row) for row in rows.mappings()]
