"""Which parts of a stored text are furniture: its latest mask."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection, func, select

from services.console.queries.relations import Spans
from shared.tables import furniture_masks


@dataclass(frozen=True, slots=True)
class Mask:
    """The spans of a text, in code points, that are furniture, as judged in this *version*."""

    version: int
    method: str
    spans: Spans
    judged_at: datetime


def load_masks(connection: Connection, article_ids: Collection[int]) -> dict[int, Mask]:
    """Return the latest mask of each article that has one; none means no furniture is known."""
    latest = (
        select(furniture_masks.c.article_id, func.max(furniture_masks.c.version).label("version"))
        .where(furniture_masks.c.article_id.in_(article_ids))
        .group_by(furniture_masks.c.article_id)
        .subquery()
    )
    rows = connection.execute(
        select(furniture_masks).join(
            latest,
            (latest.c.article_id == furniture_masks.c.article_id)
            & (latest.c.version == furniture_masks.c.version),
        )
    )
    return {
        row.article_id: Mask(
            version=row.version,
            method=row.method,
            spans=tuple((start, end) for start, end in row.spans),
            judged_at=row.judged_at,
        )
        for row in rows
    }


def words_outside(text: str, span: tuple[int, int], furniture: Spans) -> Spans:
    """Return the pieces of *span* outside *furniture* that hold words; a full stop is none."""
    return tuple(
        (start, end)
        for start, end in _without(span, furniture)
        if any(character.isalnum() for character in text[start:end])
    )


def _without(span: tuple[int, int], furniture: Spans) -> Spans:
    left, at = [], span[0]
    for start, end in sorted(furniture):
        if end <= at or start >= span[1]:
            continue
        if start > at:
            left.append((at, start))
        at = max(at, end)
    if at < span[1]:
        left.append((at, span[1]))
    return tuple(left)
