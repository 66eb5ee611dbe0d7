"""What a story gained last, for the list of stories. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from services.console.queries import ChangedFigure, Member, StoryDetail


@dataclass(frozen=True, slots=True)
class News:
    """The last development of a story: which article brought it, and what it was, in words."""

    article_id: int
    outlet: str | None
    at: datetime
    development: int
    words: str
    figures: tuple[ChangedFigure, ...]


def latest_news(story: StoryDetail) -> News | None:
    """Return the last development of *story*; None for one that gained nothing since its first."""
    latest = _latest(story.members.rows)
    if latest is None or latest.development is None:
        return None
    return News(
        article_id=latest.article_id,
        outlet=latest.outlet,
        at=latest.at,
        development=latest.development,
        words=str((latest.novelty or {}).get("reason", "")),
        figures=latest.changed_figures,
    )


def _latest(members: Sequence[Member]) -> Member | None:
    later = [member for member in members if (member.development or 0) > 1]
    return max(later, key=lambda member: member.development or 0, default=None)
