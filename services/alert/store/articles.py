"""An article as matching and planning need it, read from its rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from shared.model import Readable, Span, Spans
from shared.tables import article_tags, articles, files, furniture_masks

EXACT_COPY = "exact_copy"


@dataclass(frozen=True)
class MatchedArticle:
    """An article as matching and planning need it."""

    id: int
    readable: Readable
    received_at: datetime
    published_source: str | None
    development: int | None
    novelty: Mapping[str, Any]
    repeats: int | None = None
    repeats_received_at: datetime | None = None
    recleaned: int | None = None  # the article that was read from the same original before


def load_article(connection: Connection, article_id: int) -> MatchedArticle:
    """Return a linked article with tags and furniture, and the one it repeats word for word."""
    row = connection.execute(
        select(articles, files.c.revises)
        .join(files, files.c.id == articles.c.file_id)
        .where(articles.c.id == article_id)
    ).one()
    repeats = row.refers_to if row.outcome == EXACT_COPY else None
    tags = connection.execute(
        select(article_tags.c.topic, article_tags.c.level, article_tags.c.evidence).where(
            article_tags.c.article_id == article_id
        )
    ).all()
    readable = Readable(
        title=row.title,
        text=row.text,
        outlet=row.outlet,
        language=row.language,
        authors=tuple(row.authors),
        published_at=row.published_at,
        topics={tag.topic: tag.level for tag in tags},
        topic_evidence={tag.topic: tuple(Span(**span) for span in tag.evidence) for tag in tags},
        furniture=_latest_mask(connection, article_id),
    )
    return MatchedArticle(
        row.id,
        readable,
        row.received_at,
        row.published_source,
        row.development,
        row.novelty or {},
        repeats,
        _received_at(connection, repeats) if repeats is not None else None,
        row.revises,
    )


def _latest_mask(connection: Connection, article_id: int) -> Spans:
    """Return the spans of the text that are furniture by what is known now."""
    spans = connection.execute(
        select(furniture_masks.c.spans)
        .where(furniture_masks.c.article_id == article_id)
        .order_by(furniture_masks.c.version.desc())
        .limit(1)
    ).scalar()
    return tuple((start, end) for start, end in spans or ())


def _received_at(connection: Connection, article_id: int) -> datetime:
    query = select(articles.c.received_at).where(articles.c.id == article_id)
    found: datetime = connection.execute(query).scalar_one()
    return found
