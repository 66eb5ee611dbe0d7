"""Writes which topics articles have: when they are read, and again when furniture is known."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
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


def tag_again(
    connection: Connection, taxonomy: Taxonomy, masks: Mapping[int, Spans]
) -> dict[int, tuple[Tag, ...]]:
    """Return the topics of the articles of *masks* without that furniture; nothing is written.

    About 4 ms an article, so this belongs before the lock that linking takes.
    """
    rows = connection.execute(select(articles).where(articles.c.id.in_(masks)))
    return {
        row["id"]: tag_article(taxonomy, analyse(readable(row, masks[row["id"]])))
        for row in rows.mappings()
    }


def replace_tags(
    connection: Connection, taxonomy_version: str, tags: Mapping[int, tuple[Tag, ...]]
) -> None:
    """Store what `tag_again` found, with the mask that it rests on in the same transaction.

    Matches that rest on a topic which is gone stay: what was told is never taken back.
    """
    if not tags:
        return
    connection.execute(delete(article_tags).where(article_tags.c.article_id.in_(tags)))
    rows = [row for article_id, found in tags.items() for row in tag_rows(article_id, found)]
    if rows:
        connection.execute(insert(article_tags), rows)
    connection.execute(
        update(articles)
        .where(articles.c.id.in_(tags), articles.c.taxonomy_version != taxonomy_version)
        .values(taxonomy_version=taxonomy_version)
    )
