"""Builds planned notifications for the tests of gathering and messages."""

from datetime import UTC, datetime, timedelta
from typing import Any

from services.alert.gathering import (
    ArticleNews,
    Because,
    PlannedNotification,
    RuleMatch,
    StorySummary,
)
from services.alert.reasons import Reason
from shared.model import Span

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
STORY = StorySummary(3, "Ministers meet, agree on clean-up", 6, 5, 3)
BECAUSE = Because(
    line='"additional US$130 million" is 9 words from "Bien Hoa"',
    spans=(Span("text", 40, 48, "Bien Hoa"), Span("text", 90, 115, "additional US$130 million")),
    sentence="Work at Bien Hoa gets an additional US$130 million.",
)


def article(
    number: int = 17,
    *,
    development: int | None = 1,
    title: str = "Aid for the clean-up grows",
    **more: Any,
) -> ArticleNews:
    return ArticleNews(
        article_id=number,
        title=title,
        outlet="Harbour Post",
        published_at=NOW - timedelta(hours=1),
        received_at=NOW - timedelta(minutes=1),
        development=development,
        **more,
    )


def rule(
    number: int = 4,
    *,
    name: str = "dioxin-money",
    because: tuple[Because, ...] = (BECAUSE,),
    more_because: int = 0,
) -> RuleMatch:
    return RuleMatch(number, name, 2, 100 + number, because, more_because)


def notification(number: int = 1, **more: Any) -> PlannedNotification:
    given: dict[str, Any] = {
        "subscriber": "desk",
        "channel_id": 2,
        "story": STORY,
        "rule": rule(),
        "article": article(),
        "reason": Reason.FIRST_IN_STORY,
        "due_at": NOW,
    }
    return PlannedNotification(number, **{**given, **more})
