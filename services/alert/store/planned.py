"""Reads planned ledger rows with all that a message says of them."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, select

from services.alert.gathering import (
    ArticleNews,
    Because,
    Change,
    PlannedNotification,
    RuleMatch,
    StorySummary,
)
from services.alert.reasons import Reason
from services.alert.store.stories import family_of, root_of
from shared.model import Readable, Span, deciding_date
from shared.query import sentence_of
from shared.stories import summarise_stories
from shared.tables import (
    alerts,
    articles,
    matches,
    notifications,
    rules,
    subscriptions,
)

SENTENCES = 5


def group_mates(connection: Connection, ids: Collection[int]) -> list[int]:
    """Return every planned row that belongs in a message with one of *ids*, these included."""
    found: set[int] = set()
    for row in connection.execute(
        select(notifications.c.story_id, subscriptions.c.subscriber, subscriptions.c.channel_id)
        .distinct()
        .join(subscriptions, subscriptions.c.id == notifications.c.subscription_id)
        .where(notifications.c.id.in_(ids))
    ).all():
        family = family_of(connection, root_of(connection, row.story_id))
        found.update(
            connection.execute(
                select(notifications.c.id)
                .join(subscriptions, subscriptions.c.id == notifications.c.subscription_id)
                .where(
                    notifications.c.state == "planned",
                    notifications.c.story_id.in_(family),
                    subscriptions.c.subscriber == row.subscriber,
                    subscriptions.c.channel_id == row.channel_id,
                )
            ).scalars()
        )
    return sorted(found)


def load_planned(
    connection: Connection, ids: Collection[int], now: datetime
) -> list[PlannedNotification]:
    """Return claimed ledger rows with all that a message says of them.

    They are due, or ride with one that is; a claim overwrote when each became so.
    """
    rows = connection.execute(
        select(
            notifications,
            subscriptions.c.subscriber,
            subscriptions.c.channel_id,
            subscriptions.c.rule_id,
            rules.c.name.label("rule_name"),
            matches.c.revision,
            matches.c.evidence,
            matches.c.evidence_total,
            matches.c.because,
        )
        .join(subscriptions, subscriptions.c.id == notifications.c.subscription_id)
        .join(rules, rules.c.id == subscriptions.c.rule_id)
        .join(
            matches,
            and_(
                matches.c.rule_id == subscriptions.c.rule_id,
                matches.c.article_id == notifications.c.article_id,
            ),
        )
        .where(notifications.c.id.in_(ids))
        .order_by(notifications.c.id)
    ).all()
    return [_planned(connection, row, now) for row in rows]


def _planned(connection: Connection, row: Row[Any], now: datetime) -> PlannedNotification:
    article = connection.execute(select(articles).where(articles.c.id == row.article_id)).one()
    return PlannedNotification(
        notification_id=row.id,
        subscriber=row.subscriber,
        channel_id=row.channel_id,
        story=summarise_story(connection, root_of(connection, row.story_id)),
        rule=RuleMatch(
            row.rule_id,
            row.rule_name,
            row.revision,
            _live_alert(connection, row.alert_id),
            _because(row, Readable(title=article.title, text=article.text)),
        ),
        article=_news(article),
        reason=Reason(row.reason),
        due_at=now,
    )


def _live_alert(connection: Connection, alert_id: int) -> int:
    """Follow folded alerts to the one that lives."""
    into = connection.execute(
        select(alerts.c.folded_into).where(alerts.c.id == alert_id)
    ).scalar_one()
    return alert_id if into is None else _live_alert(connection, into)


def _because(row: Row[Any], article: Readable) -> tuple[Because, ...]:
    """Return the lines of reasons; the first carries the evidence and its first sentence."""
    spans = tuple(Span(**span) for span in row.evidence)
    lines = row.because or ["matched"]
    sentence = sentence_of(spans[0], article).text if spans else ""
    more = max(0, row.evidence_total - len(spans))
    first = Because(lines[0], spans, sentence, more)
    return (first, *(Because(line) for line in lines[1:]))


def _news(article: Row[Any]) -> ArticleNews:
    novelty: Mapping[str, Any] = article.novelty or {}
    spans = novelty.get("sentences", [])
    changed = [figure for figure in novelty.get("figures", []) if figure["kind"] == "changed"]
    # Every revision has its changes; only a correction takes something back.
    is_correction = novelty.get("kind") == "correction"
    return ArticleNews(
        article_id=article.id,
        title=article.title,
        outlet=article.outlet,
        published_at=deciding_date(
            article.published_at, article.published_source, article.received_at
        ),
        received_at=article.received_at,
        development=article.development,
        url=article.url,
        new_sentences=tuple(article.text[start:end] for start, end in spans[:SENTENCES]),
        more_sentences=max(0, len(spans) - SENTENCES) + novelty.get("sentences_more", 0),
        changed_figures=tuple(
            Change(figure["before"], figure["after"], " ".join(figure["subject"]))
            for figure in changed
        ),
        more_figures=novelty.get("figures_more", 0),
        changed_sentences=tuple(
            Change("", article.text[change["after"][0] : change["after"][1]])
            for change in (novelty.get("changes", []) if is_correction else [])
            if change["after"]
        ),
        more_changes=novelty.get("changes_more", 0) if is_correction else 0,
    )


def summarise_story(connection: Connection, root: int) -> StorySummary:
    """Return what a message says of a story as it stands now."""
    found = summarise_stories(connection, [root])[0]
    return StorySummary(
        story_id=root,
        title=found.title,
        article_count=found.article_count,
        outlet_count=found.outlet_count,
        independent_count=found.independent_count,
    )
