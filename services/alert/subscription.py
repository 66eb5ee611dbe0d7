"""Who asked for what, and what they know already. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class Mode(StrEnum):
    """Which developments a subscription asks for."""

    FIRST = "first"
    NEW = "new"
    EVERY = "every"


@dataclass(frozen=True, slots=True)
class Subscription:
    """Who asked for what.

    `active_from` is the later of the rule's and the subscription's own; None asks for the archive
    too. `rule_suspended` says why the rule is suspended, None while it works.
    """

    mode: Mode = Mode.NEW
    old_material: bool = False
    active_from: datetime | None = None
    rule_id: int | None = None
    channel_id: int | None = None
    rule_suspended: str | None = None


@dataclass(frozen=True, slots=True)
class History:
    """What the ledger held before the row being planned: neither it nor any younger row counts.

    `told_story`: this subscription was told of this story. `planned_story`: it has a row of this
    story that is planned or held. `told_article` and `planned_article`: the same for this article,
    in whatever story it was then.
    """

    told_story: bool = False
    planned_story: bool = False
    told_article: bool = False
    planned_article: bool = False

    @property
    def knows_story(self) -> bool:
        """Whether the subscriber knows this story, or will without this development."""
        return self.told_story or self.planned_story
