"""The first job of alert: an article meets the rules; all it leads to is one transaction."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import timedelta

from sqlalchemy import Connection

from services.alert.planning import PlanSettings
from services.alert.store.articles import MatchedArticle, load_article
from services.alert.store.ledger import (
    Occasion,
    carry_over,
    entitled_again,
    plan_notifications,
    save_match,
)
from services.alert.store.merging import tell_merged_once
from services.alert.store.rules import (
    REOPENED_AT_ONCE,
    ActiveRules,
    load_rules,
    outdated_articles,
    rule_set_version,
)
from services.alert.store.stories import (
    apply_events,
    events_of,
    family_of,
    live_alerts,
    lock_root,
    lock_story_of,
    open_alert,
)
from shared.attempts import attempt
from shared.broker import GATHER_NOTIFICATIONS, MATCH_ARTICLES
from shared.query import Outcome, Verdict, analyse
from shared.runtime import Runtime
from shared.steps import APPLY, MATCH
from shared.tables import articles, notifications
from shared.work import Claimed

Verdicts = list[tuple[int, Verdict]]

# A job that began with an older rule set has ended, or lost its lease, after so long.
SETTLED_SECONDS = 900.0
# The first look of a process covers the time in which no alert worker may have looked: a rule was
# published and all workers ended within a quarter of an hour of it. They are back within a day, or
# somebody has noticed; and no watermark need be kept.
FIRST_LOOK_SECONDS = 86_400.0


@dataclass
class AlertContext:
    """What one alert worker holds: the rule set it knows, and whether its first look is done."""

    runtime: Runtime
    rules: ActiveRules | None = None
    has_caught_up: bool = False

    @property
    def plan_settings(self) -> PlanSettings:
        """What planning asks of the settings."""
        alert = self.runtime.settings.alert
        return PlanSettings(alert.coalesce_minutes * 60, alert.max_age_days)

    def current_rules(self) -> ActiveRules:
        """Return the rule set, loaded anew when its version has changed."""
        with self.runtime.database.read() as connection:
            version = rule_set_version(connection)
        if self.rules is None or self.rules.version != version:
            self.rules = load_rules(self.runtime.database)
        return self.rules


def match_articles(context: AlertContext, ids: Sequence[int]) -> None:
    """Match each of *ids* that is due against the whole rule set."""
    runtime = context.runtime
    claimed = runtime.work.claim(MATCH, ids)
    for row in claimed:
        with attempt(runtime.work, MATCH, [row]):
            planned = _match(context, row)
            runtime.broker.ring(GATHER_NOTIFICATIONS, planned)


def _match(context: AlertContext, claimed: Claimed) -> list[int]:
    rules = context.current_rules()
    with context.runtime.database.read() as connection:
        article = load_article(connection, claimed.id)
    subject_to = [
        rule.id for rule in rules.by_id.values() if rule.active_from <= article.received_at
    ]
    verdicts = rules.compiled.match(analyse(article.readable), subject_to)
    with context.runtime.database.write() as connection:
        return _record(context, connection, claimed, article, (rules, verdicts))


def _record(
    context: AlertContext,
    connection: Connection,
    claimed: Claimed,
    article: MatchedArticle,
    found: tuple[ActiveRules, Verdicts],
) -> list[int]:
    """Write everything a match leads to; the locked story makes planning serial."""
    runtime, (rules, verdicts) = context.runtime, found
    now = runtime.database.now(connection)
    family = family_of(connection, lock_story_of(connection, article.id))
    occasion = Occasion(family, context.plan_settings, now)
    planned = _apply(runtime, connection, occasion)
    for rule_id, verdict in verdicts:
        save_match(
            connection,
            article,
            verdict,
            rule_id=rule_id,
            revision=rules.by_id[rule_id].revision,
            rule_set_version=rules.version,
            now=now,
        )
    alerts_by_rule = {
        rule_id: open_alert(connection, rule_id, family[0], now)
        for rule_id, verdict in verdicts
        if verdict.outcome is Outcome.MATCHED
    }
    planned += plan_notifications(connection, article, alerts_by_rule, occasion)
    values = {"rule_set_version": rules.version}
    runtime.work.finish(connection, MATCH, claimed, "matched", values)
    return planned


def apply_story_events(context: AlertContext, ids: Sequence[int]) -> None:
    """Apply what happened to stories; with each event, everything before it at the same story."""
    runtime = context.runtime
    for row in runtime.work.claim(APPLY, ids):
        with attempt(runtime.work, APPLY, [row]):
            with runtime.database.write() as connection:
                now = runtime.database.now(connection)
                story_id = events_of(connection, [row.id])[row.id]
                family = family_of(connection, lock_root(connection, story_id))
                occasion = Occasion(family, context.plan_settings, now)
                planned = _apply(runtime, connection, occasion)
            runtime.broker.ring(GATHER_NOTIFICATIONS, planned)


def _apply(runtime: Runtime, connection: Connection, occasion: Occasion) -> list[int]:
    """Apply pending events; return ledger rows that became news by them."""
    work, family = runtime.work, occasion.family
    planned: list[int] = []
    events = apply_events(connection, work, family, occasion.now)
    if any(event.kind == "merged" for event in events):
        tell_merged_once(connection, work, family)
    for event in (event for event in events if event.kind == "moved"):
        article = load_article(connection, event.article_id)
        known = {rule_id: row.id for rule_id, row in live_alerts(connection, family[0]).items()}
        carry_over(connection, article.id, known, family[0])
        again = entitled_again(connection, article, occasion)
        for row_id, plan in again.items():
            planned += work.move(
                connection,
                notifications,
                [row_id],
                states=["suppressed"],
                to="planned",
                values={"reason": plan.reason.value, "detail": plan.detail},
                due_at=plan.due_at,
            )
    return planned


def reopen_for_newer_rules(context: AlertContext) -> int:
    """Match again what was matched by a worker that did not know the newest rules yet."""
    runtime = context.runtime
    window = SETTLED_SECONDS if context.has_caught_up else FIRST_LOOK_SECONDS
    with runtime.database.read() as connection:
        since = runtime.database.now(connection) - timedelta(seconds=window)
        outdated = outdated_articles(connection, published_since=since)
    if outdated:
        with runtime.database.write() as connection:
            runtime.work.move(connection, articles, outdated, states=["matched"], to=MATCH.state)
        runtime.broker.ring(MATCH_ARTICLES, outdated)
    # A full batch may not be all: the next look is as wide as this one.
    context.has_caught_up = context.has_caught_up or len(outdated) < REOPENED_AT_ONCE
    return len(outdated)
