"""Writes matches and the notification ledger: one row for every entitled subscription."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, select, update

from services.alert.planning import (
    Development,
    DevelopmentKind,
    Plan,
    PlanSettings,
    plan_notification,
)
from services.alert.reasons import PlanState
from services.alert.store.articles import MatchedArticle
from services.alert.store.knowledge import COMING_STATES, known_copy, read_history
from services.alert.subscription import Mode, Subscription
from shared.database import insert_new
from shared.model import deciding_date
from shared.query import ANALYSER_VERSION, Verdict, because
from shared.tables import (
    matches,
    notifications,
    rules,
    subscriptions,
)

NO_NEWS = ("nothing_new", "copy_of_known", "only_first_asked", "merged_into")


@dataclass(frozen=True)
class Occasion:
    """When and for which locked story something is planned: its root first, then merged ones."""

    family: Sequence[int]
    settings: PlanSettings
    now: datetime


def save_match(
    connection: Connection,
    article: MatchedArticle,
    verdict: Verdict,
    *,
    rule_id: int,
    revision: int,
    rule_set_version: int,
    now: datetime,
) -> None:
    """Store that a rule matched (or could not be decided), with its evidence; once."""
    connection.execute(
        insert_new(connection, matches).values(
            rule_id=rule_id,
            article_id=article.id,
            revision=revision,
            outcome=verdict.outcome.value,
            evidence=[dataclasses.asdict(span) for span in verdict.evidence],
            evidence_total=verdict.evidence_total,
            because=list(because(verdict, article.readable)),
            analyser_version=ANALYSER_VERSION,
            rule_set_version=rule_set_version,
            matched_at=now,
        )
    )


def plan_notifications(
    connection: Connection,
    article: MatchedArticle,
    alerts_by_rule: Mapping[int, int],
    occasion: Occasion,
) -> list[int]:
    """Write one ledger row for every subscription entitled to one of the matched rules.

    Returns the ids of new rows that are planned. A row that is already there stays as it is.
    """
    planned = []
    for row in _entitled(connection, alerts_by_rule, article.received_at):
        plan = _plan(connection, row, article, occasion)
        made = connection.execute(
            insert_new(connection, notifications)
            .values(
                subscription_id=row.id,
                alert_id=alerts_by_rule[row.rule_id],
                article_id=article.id,
                story_id=occasion.family[0],
                development=_told_number(connection, row.id, article, plan, occasion),
                reason=plan.reason.value,
                detail=plan.detail,
                planned_at=occasion.now,
                state=plan.state.value,
                next_attempt_at=plan.due_at or plan.held_until or occasion.now,
                attempts=0,
            )
            .returning(notifications.c.id)
        ).scalar_one_or_none()
        if made is not None and plan.state is PlanState.PLANNED:
            planned.append(int(made))
    return planned


def _told_number(
    connection: Connection,
    subscription_id: int,
    article: MatchedArticle,
    plan: Plan,
    occasion: Occasion,
) -> int | None:
    """Return which development the row tells, None when it tells none or another row has it.

    Each story counts from 1: after a merge or a move two articles may carry the same number, and
    the second of them must not lose its row to the first.
    """
    if plan.state is not PlanState.PLANNED or article.development is None:
        return None
    taken = connection.execute(
        select(notifications.c.id).where(
            notifications.c.subscription_id == subscription_id,
            notifications.c.story_id == occasion.family[0],
            notifications.c.development == article.development,
        )
    ).first()
    return article.development if taken is None else None


def _entitled(
    connection: Connection, rule_ids: Collection[int], received_at: datetime
) -> Sequence[Row[Any]]:
    return connection.execute(
        select(subscriptions, rules.c.active_from.label("rule_active_from"))
        .join(rules, rules.c.id == subscriptions.c.rule_id)
        .where(
            subscriptions.c.rule_id.in_(list(rule_ids)),
            subscriptions.c.state == "active",
            subscriptions.c.active_from <= received_at,
        )
        .order_by(subscriptions.c.id)
    ).all()


def _plan(
    connection: Connection,
    row: Row[Any],
    article: MatchedArticle,
    occasion: Occasion,
) -> Plan:
    return plan_notification(
        subscription=Subscription(
            mode=Mode(row.mode),
            old_material=row.old_material,
            active_from=max(row.active_from, row.rule_active_from),
            rule_id=row.rule_id,
            channel_id=row.channel_id,
        ),
        development=_development(connection, row.id, article, occasion.family),
        history=read_history(connection, row.id, article.id, occasion.family),
        mutes=(),
        now=occasion.now,
        settings=occasion.settings,
    )


def _development(
    connection: Connection, subscription_id: int, article: MatchedArticle, family: Sequence[int]
) -> Development:
    readable = article.readable
    development = Development(
        story_id=family[0],
        number=article.development,
        kind=DevelopmentKind(article.novelty.get("kind", "first")),
        article_id=article.id,
        outlet=readable.outlet,
        published_at=deciding_date(
            readable.published_at, article.published_source, article.received_at
        ),
        received_at=article.received_at,
        copy_of=article.novelty.get("copy_of"),
        recleaned=article.recleaned,
        topics=frozenset(readable.topics),
        repeats=article.repeats,
        repeats_received_at=article.repeats_received_at,
    )
    if development.kind not in (DevelopmentKind.FIRST, DevelopmentKind.ADDS_NEW):
        return development
    copy = known_copy(
        connection, subscription_id, article.id, article.novelty.get("basis", []), family
    )
    if copy is None:
        return development
    nothing_new = DevelopmentKind.NOTHING_NEW
    return dataclasses.replace(development, kind=nothing_new, number=None, copy_of=copy)


def carry_over(
    connection: Connection, article_id: int, alerts_by_rule: Mapping[int, int], story_id: int
) -> None:
    """Let the rows of a moved article that were not told yet follow it to *story_id*.

    They lose their development: that number was one of the story it left.
    """
    rows = connection.execute(
        select(notifications.c.id, subscriptions.c.rule_id)
        .join(subscriptions, subscriptions.c.id == notifications.c.subscription_id)
        .where(
            notifications.c.article_id == article_id,
            notifications.c.state.in_((*COMING_STATES, PlanState.SUPPRESSED.value)),
            subscriptions.c.rule_id.in_(list(alerts_by_rule)),
        )
    ).all()
    for row in rows:
        connection.execute(
            update(notifications)
            .where(notifications.c.id == row.id)
            .values(story_id=story_id, alert_id=alerts_by_rule[row.rule_id], development=None)
        )


def entitled_again(
    connection: Connection, article: MatchedArticle, occasion: Occasion
) -> dict[int, Plan]:
    """Return ledger rows of a moved article that were suppressed as no news, and now are news.

    In its new story the article may be the first that a subscription hears of.
    """
    rows = connection.execute(
        select(
            notifications.c.id.label("row_id"),
            subscriptions,
            rules.c.active_from.label("rule_active_from"),
        )
        .join(subscriptions, subscriptions.c.id == notifications.c.subscription_id)
        .join(rules, rules.c.id == subscriptions.c.rule_id)
        .where(
            notifications.c.article_id == article.id,
            notifications.c.state == PlanState.SUPPRESSED.value,
            notifications.c.reason.in_(NO_NEWS),
        )
    ).all()
    plans = {row.row_id: _plan(connection, row, article, occasion) for row in rows}
    return {key: plan for key, plan in plans.items() if plan.state is PlanState.PLANNED}
