"""What people ruled on stories: which articles belong together, and which do not."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, select

from shared.tables import story_ruling_articles, story_rulings

TOGETHER = "together"


@dataclass(frozen=True, slots=True)
class Ruling:
    """A person's word that holds: every article on the left with every one on the right, or not."""

    id: int
    is_together: bool
    made_by: str
    reason: str | None
    made_at: datetime
    left: frozenset[int]
    right: frozenset[int]


def load_rulings(connection: Connection) -> list[Ruling]:
    """Return the rulings that were not undone, the latest first."""
    holding = story_rulings.c.undone_at.is_(None)
    sides: dict[tuple[int, str], set[int]] = defaultdict(set)
    for row in connection.execute(
        select(story_ruling_articles)
        .join(story_rulings, story_rulings.c.id == story_ruling_articles.c.ruling_id)
        .where(holding)
    ):
        sides[row.ruling_id, row.side].add(row.article_id)
    rows = connection.execute(
        select(story_rulings).where(holding).order_by(story_rulings.c.id.desc())
    )
    return [
        Ruling(
            id=row.id,
            is_together=row.kind == TOGETHER,
            made_by=row.made_by,
            reason=row.reason,
            made_at=row.made_at,
            left=frozenset(sides[row.id, "left"]),
            right=frozenset(sides[row.id, "right"]),
        )
        for row in rows
    ]


def rulings_between(rulings: Sequence[Ruling], one: int, other: int) -> list[Ruling]:
    """Return those of *rulings* that have the two articles on different sides."""
    return [
        each
        for each in rulings
        if (one in each.left and other in each.right) or (other in each.left and one in each.right)
    ]


def ruling_in_words(ruling: Ruling) -> str:
    """Say who ruled what, when, and for which reason."""
    what = "belong together" if ruling.is_together else "do not belong together"
    why = f" ({ruling.reason})" if ruling.reason else ""
    return f"{ruling.made_by} ruled on {ruling.made_at:%Y-%m-%d} that they {what}{why}"
