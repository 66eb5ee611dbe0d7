"""The book of the ledger: match × entitled subscription = one row; what is told was sent."""

from __future__ import annotations

from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select

from services.console.auditing.difference import (
    MAX_DIFFERENCES,
    AuditLine,
    Difference,
    audit_line,
)
from services.console.queries.ids import RecordId, RecordKind
from shared.tables import alerts, articles, matches, messages, notifications, subscriptions

STATES = ("told", "gathered", "planned", "held", "suppressed", "dead")


def audit_ledger(connection: Connection) -> AuditLine:
    """Every match of a matched article has a row for each entitled subscription, and no other.

    Entitled: active, to that rule, and asked for before the article came. An article that waits to
    be matched again is no difference yet. Rows of subscriptions retired since stay in the ledger.
    """
    has_row = and_(
        notifications.c.subscription_id == subscriptions.c.id,
        notifications.c.article_id == matches.c.article_id,
    )
    entitled = and_(
        matches.c.outcome == "matched",
        articles.c.state == "matched",
        subscriptions.c.state == "active",
        subscriptions.c.active_from <= articles.c.received_at,
    )
    joined = (
        matches.join(articles, articles.c.id == matches.c.article_id)
        .join(subscriptions, subscriptions.c.rule_id == matches.c.rule_id)
        .outerjoin(notifications, has_row)
    )
    counts = connection.execute(
        select(func.coalesce(notifications.c.state, "missing"), func.count())
        .select_from(joined)
        .where(entitled)
        .group_by(notifications.c.state)
    )
    by_state = {str(state): int(count) for state, count in counts}
    missing = by_state.pop("missing", 0)
    differences = _missing(connection, joined, entitled) if missing else []
    extra, extra_count = _unfounded(connection)
    return audit_line(
        "every match is answered for everyone entitled",
        left=("matches × entitled subscriptions", missing + sum(by_state.values())),
        right=[
            (state, by_state[state])
            for state in (*STATES, *sorted(set(by_state) - set(STATES)))
            if state in by_state
        ]
        or [("rows", 0)],
        differences=differences + extra,
        total=missing + extra_count,
    )


def _missing(connection: Connection, joined: Any, entitled: Any) -> list[Difference]:
    rows = connection.execute(
        select(matches.c.article_id, matches.c.rule_id, subscriptions.c.subscriber)
        .select_from(joined)
        .where(entitled, notifications.c.id.is_(None))
        .order_by(matches.c.article_id, subscriptions.c.id)
        .limit(MAX_DIFFERENCES)
    )
    return [
        Difference(
            (RecordId(RecordKind.ARTICLE, row.article_id), RecordId(RecordKind.RULE, row.rule_id)),
            f"a{row.article_id} matches r{row.rule_id}, but {row.subscriber} has no ledger row",
            f"newswatch retry a{row.article_id}",
        )
        for row in rows
    ]


def _unfounded(connection: Connection) -> tuple[list[Difference], int]:
    """Return the ledger rows without a match of their rule and article."""
    founded = (
        select(matches.c.id)
        .where(
            matches.c.rule_id == alerts.c.rule_id,
            matches.c.article_id == notifications.c.article_id,
        )
        .exists()
    )
    query = (
        select(notifications.c.id, notifications.c.alert_id, notifications.c.article_id)
        .join(alerts, alerts.c.id == notifications.c.alert_id)
        .where(~founded)
    )
    total = connection.execute(select(func.count()).select_from(query.subquery())).scalar_one()
    rows = connection.execute(query.order_by(notifications.c.id).limit(MAX_DIFFERENCES))
    found = [
        Difference(
            (RecordId(RecordKind.NOTIFICATION, row.id), RecordId(RecordKind.ALERT, row.alert_id)),
            f"n{row.id} is for al{row.alert_id} and a{row.article_id}, which do not match",
            f"newswatch trace a{row.article_id}",
        )
        for row in rows
    ]
    return found, total


def audit_told(connection: Connection) -> AuditLine:
    """Who was told has a message that was sent; who is gathered has one that is not yet."""
    is_sent = func.coalesce(messages.c.state, "none") == "sent"
    told, gathered = notifications.c.state == "told", notifications.c.state == "gathered"
    joined = notifications.outerjoin(messages, messages.c.id == notifications.c.message_id)
    row = connection.execute(
        select(
            func.count().filter(told).label("told"),
            func.count().filter(told, is_sent).label("sent"),
        ).select_from(joined)
    ).one()
    wrong = or_(
        and_(told, ~is_sent),
        and_(gathered, or_(messages.c.id.is_(None), is_sent)),
    )
    query: Select[Any] = (
        select(notifications.c.id, notifications.c.state, messages.c.id, messages.c.state)
        .select_from(joined)
        .where(wrong)
    )
    total = connection.execute(select(func.count()).select_from(joined).where(wrong)).scalar_one()
    rows = connection.execute(query.order_by(notifications.c.id).limit(MAX_DIFFERENCES))
    return audit_line(
        "who was told has a message that was sent",
        left=("told", row.told),
        right=(("with a sent message", row.sent),),
        differences=[_untold(*each) for each in rows],
        total=total,
    )


def _untold(
    notification_id: int, state: str, message_id: int | None, message_state: str | None
) -> Difference:
    record = RecordId(RecordKind.NOTIFICATION, notification_id)
    if message_id is None:
        words, mend = f"{record} is {state} without a message", f"newswatch trace {record}"
        return Difference((record,), words, mend)
    message = RecordId(RecordKind.MESSAGE, message_id)
    words = f"{record} is {state}, but {message} is {message_state}"
    return Difference((record, message), words, f"newswatch trace {message}")
