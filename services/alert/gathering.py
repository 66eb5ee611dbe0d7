"""Gather due notifications: one message per subscriber, channel and story, with all its rules.

Pure. The dataclasses here are what a message is made of; store.py fills them from the database.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from services.alert.reasons import Reason
from shared.model import Span


@dataclass(frozen=True, slots=True)
class StorySummary:
    """The root story as it stands now."""

    story_id: int
    title: str
    article_count: int
    outlet_count: int
    independent_count: int


@dataclass(frozen=True, slots=True)
class Because:
    """One thing that made the rule match: the reason in words, the words seen, their sentence.

    `more_spans` counts evidence that was found but is not in `spans`.
    """

    line: str
    spans: tuple[Span, ...] = ()
    sentence: str = ""
    more_spans: int = 0


@dataclass(frozen=True, slots=True)
class RuleMatch:
    """A rule that matched the article, and the alert it opened.

    `more_because` counts lines that were left out of `because` before it came here.
    """

    rule_id: int
    name: str
    revision: int
    alert_id: int
    because: tuple[Because, ...]
    more_because: int = 0


@dataclass(frozen=True, slots=True)
class Change:
    """A figure or sentence that changed. `what` names the figure; empty for a sentence."""

    before: str
    after: str
    what: str = ""


@dataclass(frozen=True, slots=True)
class ArticleNews:
    """One article and what it adds to its story.

    `development` is None when it adds nothing. The `more_*` counts say how much was left out of the
    tuple beside them before it came here. `changed_sentences` is what a correction changed.
    """

    article_id: int
    title: str
    outlet: str | None
    published_at: datetime | None
    received_at: datetime
    development: int | None
    url: str | None = None
    new_sentences: tuple[str, ...] = ()
    more_sentences: int = 0
    changed_figures: tuple[Change, ...] = ()
    more_figures: int = 0
    changed_sentences: tuple[Change, ...] = ()
    more_changes: int = 0


@dataclass(frozen=True, slots=True)
class PlannedNotification:
    """One planned ledger row with all that a message says of it.

    `window` keeps apart what must not share a message: empty for immediate messages.
    """

    notification_id: int
    subscriber: str
    channel_id: int
    story: StorySummary
    rule: RuleMatch
    article: ArticleNews
    reason: Reason
    due_at: datetime
    window: str = ""

    @property
    def group(self) -> tuple[str, int, int, str]:
        """What one message is for."""
        return self.subscriber, self.channel_id, self.story.story_id, self.window


@dataclass(frozen=True, slots=True)
class Gathered:
    """The notifications of one message, in the order in which it tells them."""

    subscriber: str
    channel_id: int
    story: StorySummary
    notifications: tuple[PlannedNotification, ...]

    @property
    def notification_ids(self) -> tuple[int, ...]:
        """The ledger rows this message tells, ascending."""
        return tuple(sorted(row.notification_id for row in self.notifications))


def gather(planned: Iterable[PlannedNotification], now: datetime) -> list[Gathered]:
    """Return the messages that are due, each with every planned row of its group.

    A group is due when one of its rows is. The rows that are not due yet travel along: that is the
    coalescing, and without it five rules would tell one story five times within five minutes. So
    pass all planned rows of a group, not only the due ones. Neither the order of the groups nor
    the order inside depends on the order of *planned*.
    """
    groups: dict[tuple[str, int, int, str], list[PlannedNotification]] = defaultdict(list)
    for row in planned:
        groups[row.group].append(row)
    return [
        _gathered(rows) for _, rows in sorted(groups.items()) if any(r.due_at <= now for r in rows)
    ]


def _gathered(rows: list[PlannedNotification]) -> Gathered:
    ordered = tuple(sorted(rows, key=_telling_order))
    first = ordered[0]
    return Gathered(first.subscriber, first.channel_id, first.story, ordered)


def _telling_order(row: PlannedNotification) -> tuple[bool, int, datetime, int, str, int, int]:
    article, rule = row.article, row.rule
    number = article.development
    return (
        number is None,
        number or 0,
        article.received_at,
        article.article_id,
        rule.name,
        rule.rule_id,
        row.notification_id,
    )
