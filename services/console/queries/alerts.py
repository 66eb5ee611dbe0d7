"""Alerts: the list with its reasons and ledger counts, and one alert with everyone's deliveries."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, func, select

from services.console.queries.articles import MatchRow, load_matches
from services.console.queries.ledger import SubscriptionLedger, load_ledgers
from services.console.queries.paging import DEFAULT_LIMIT, Page, bounded
from shared.stories.families import (
    alert_families,
    alert_roots,
    story_families,
    story_roots,
)
from shared.stories.members import StorySummary, load_members, summarise_stories
from shared.stories.revisions import replaced_by
from shared.tables import alerts, articles, matches, notifications, rules

MAX_MATCHES = 100


@dataclass(frozen=True, slots=True)
class LedgerCounts:
    """How many notifications stand where; `planned` includes what is gathered but not yet sent."""

    told: int = 0
    planned: int = 0
    held: int = 0
    suppressed: int = 0
    dead: int = 0


@dataclass(frozen=True, slots=True)
class AlertSummary:
    """One alert in a list: rule, story, and why (`because` of the first article that matched).

    `story_id` is the story it is about now. `article_count` counts its articles that match,
    each once, however often it was cleaned.
    """

    id: int
    rule_id: int
    rule: str
    story_id: int
    story_title: str
    opened_at: datetime
    extended_at: datetime
    acked_at: datetime | None
    acked_by: str | None
    acked_note: str | None
    because: tuple[str, ...]
    article_count: int
    ledger: LedgerCounts


@dataclass(frozen=True, slots=True)
class AlertDetail:
    """One alert, whole. `asked_id` differs from the summary's id when it was folded into that.

    `folded` are the alerts folded into it; `matches` are the first 100, oldest first.
    """

    asked_id: int
    summary: AlertSummary
    query: str
    story: StorySummary
    folded: tuple[int, ...]
    matches: Page[MatchRow]
    subscriptions: tuple[SubscriptionLedger, ...]


def list_alerts(
    connection: Connection,
    limit: int = DEFAULT_LIMIT,
    *,
    open_only: bool = False,
    rule: str | None = None,
    story_id: int | None = None,
    opened_since: datetime | None = None,
) -> Page[AlertSummary]:
    """Return the alerts opened last, newest first; folded ones are left out.

    `open_only`: not acknowledged. *story_id* may be any story, also one that was merged.
    """
    wanted: list[ColumnElement[bool]] = [alerts.c.folded_into.is_(None)]
    if open_only:
        wanted.append(alerts.c.acked_at.is_(None))
    if rule is not None:
        wanted.append(rules.c.name == rule)
    if opened_since is not None:
        wanted.append(alerts.c.opened_at >= opened_since)
    if story_id is not None:
        wanted.append(_of_story(connection, story_id))
    joined = alerts.join(rules, rules.c.id == alerts.c.rule_id)
    total = connection.execute(select(func.count()).select_from(joined).where(*wanted))
    rows = connection.execute(
        select(alerts, rules.c.name)
        .select_from(joined)
        .where(*wanted)
        .order_by(alerts.c.opened_at.desc(), alerts.c.id.desc())
        .limit(bounded(limit))
    ).all()
    return Page(tuple(_summarise(connection, rows)), total.scalar_one())


def _of_story(connection: Connection, story_id: int) -> ColumnElement[bool]:
    root = story_roots(connection, [story_id]).get(story_id, story_id)
    return alerts.c.story_id.in_(story_families(connection, [root]))


def get_alert(connection: Connection, alert_id: int) -> AlertDetail | None:
    """Return the alert *alert_id*, or the one it was folded into; None if there is none."""
    root = alert_roots(connection, [alert_id]).get(alert_id)
    if root is None:
        return None
    row = connection.execute(
        select(alerts, rules.c.name, rules.c.query)
        .join(rules, rules.c.id == alerts.c.rule_id)
        .where(alerts.c.id == root)
    ).one()
    summary = _summarise(connection, [row])[0]
    family = alert_families(connection, [root])
    members = load_members(connection, [summary.story_id]).get(summary.story_id, [])
    found = load_matches(connection, [m.article_id for m in members], rule_id=row.rule_id)
    return AlertDetail(
        asked_id=alert_id,
        summary=summary,
        query=row.query,
        story=summarise_stories(connection, [summary.story_id])[0],
        folded=tuple(sorted(set(family) - {root})),
        matches=Page(tuple(found[:MAX_MATCHES]), len(found)),
        subscriptions=load_ledgers(connection, family),
    )


def _summarise(connection: Connection, rows: Sequence[Any]) -> list[AlertSummary]:
    roots = story_roots(connection, {row.story_id for row in rows})
    members = load_members(connection, set(roots.values()))
    titles = {story: found[0].title for story, found in members.items()}
    reasons = _load_reasons(connection, {row.rule_id for row in rows}, set(roots.values()))
    counts = _count_ledgers(connection, [row.id for row in rows])
    return [_summary(row, roots[row.story_id], titles, reasons, counts[row.id]) for row in rows]


def _summary(
    row: Any,
    root: int,
    titles: dict[int, str],
    reasons: dict[tuple[int, int], list[tuple[str, ...]]],
    counts: Counter[str],
) -> AlertSummary:
    matched = reasons.get((row.rule_id, root), [])
    waiting = sum(counts[state] for state in counts if state not in _SETTLED)
    return AlertSummary(
        id=row.id,
        rule_id=row.rule_id,
        rule=row.name,
        story_id=root,
        story_title=titles.get(root, ""),
        opened_at=row.opened_at,
        extended_at=row.extended_at,
        acked_at=row.acked_at,
        acked_by=row.acked_by,
        acked_note=row.acked_note,
        because=matched[0] if matched else (),
        article_count=len(matched),
        ledger=LedgerCounts(planned=waiting, **{state: counts[state] for state in _SETTLED}),
    )


_SETTLED = ("told", "held", "suppressed", "dead")


def _load_reasons(
    connection: Connection, rule_ids: Collection[int], story_ids: Collection[int]
) -> dict[tuple[int, int], list[tuple[str, ...]]]:
    """Return the reasons of every match of these rules in these stories, oldest match first.

    Of an article that was cleaned again only those of its first match.
    """
    root_of = story_families(connection, story_ids)
    rows = connection.execute(
        select(
            matches.c.rule_id,
            articles.c.story_id,
            matches.c.because,
            func.coalesce(replaced_by(), articles.c.id).label("standing"),
        )
        .join(articles, articles.c.id == matches.c.article_id)
        .where(
            articles.c.story_id.in_(root_of),
            matches.c.rule_id.in_(rule_ids),
            matches.c.outcome == "matched",
        )
        .order_by(matches.c.id)
    )
    found: dict[tuple[int, int], dict[int, tuple[str, ...]]] = defaultdict(dict)
    for row in rows:
        reasons = found[row.rule_id, root_of[row.story_id]]
        reasons.setdefault(row.standing, tuple(row.because))
    return {subject: list(reasons.values()) for subject, reasons in found.items()}


def _count_ledgers(connection: Connection, ids: Collection[int]) -> dict[int, Counter[str]]:
    root_of = alert_families(connection, ids)
    rows = connection.execute(
        select(notifications.c.alert_id, notifications.c.state, func.count().label("number"))
        .where(notifications.c.alert_id.in_(root_of))
        .group_by(notifications.c.alert_id, notifications.c.state)
    )
    counts: dict[int, Counter[str]] = {alert_id: Counter() for alert_id in ids}
    for row in rows:
        counts[root_of[row.alert_id]][row.state] += row.number
    return counts
