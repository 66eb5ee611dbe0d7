"""Writes which topics articles have: when they are read, and again when furniture is known."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from sqlalchemy import Connection, delete, insert, select, update

from services.extract.drafts import readable, spans_json
from services.extract.reuse import Spans
from shared.model import Tag
from shared.query import analyse
from shared.tables import article_tags, articles
from shared.topics import Taxonomy, tag_article


def tag_rows(article_id: int, tags: Iterable[Tag]) -> list[dict[str, Any]]:
    """Return the rows of *tags*."""
    return [
        {
            "article_id": article_id,
            "topic": tag.topic,
            "level": tag.level,
            "evidence": spans_json(tag.evidence),
        }
        for tag in tags
    ]


def retag(connection: Connection, taxonomy: Taxonomy, article_id: int, furniture: Spans) -> None:
    """Find the topics of an article again without *furniture*, and store them instead.

    For the transaction that stores its mask. About 4 ms for 500 words. Matches that rest on a topic
    which is gone stay: what was told is never taken back.
    """
    own = select(articles).where(articles.c.id == article_id)
    columns = connection.execute(own).mappings().one()
    tags = tag_article(taxonomy, analyse(readable(columns, furniture)))
    connection.execute(delete(article_tags).where(article_tags.c.article_id == article_id))
    if tags:
        connection.execute(insert(article_tags), tag_rows(article_id, tags))
    if columns["taxonomy_version"] != taxonomy.version:
        connection.execute(
            update(articles)
            .where(articles.c.id == article_id)
            .values(taxonomy_version=taxonomy.version)
        )
