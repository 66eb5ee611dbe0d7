"""Links between two articles: what words and which event they share."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, delete, insert, or_, select

from shared.tables import article_links


def replace_links(
    connection: Connection, article_id: int, rows: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Store *rows* in place of every link that *article_id* had."""
    connection.execute(delete(article_links).where(_is_of(article_id)))
    if rows:
        connection.execute(insert(article_links), [dict(row) | {"linked_at": now} for row in rows])


def linked_to(connection: Connection, article_id: int) -> frozenset[int]:
    """Return the articles that have a link with *article_id*."""
    found = connection.execute(
        select(article_links.c.a_id, article_links.c.b_id).where(_is_of(article_id))
    )
    return frozenset(row.b_id if row.a_id == article_id else row.a_id for row in found)


def links_of(connection: Connection, article_id: int) -> list[dict[str, Any]]:
    """Return every stored link of one article."""
    rows = connection.execute(select(article_links).where(_is_of(article_id)))
    return [dict(row) for row in rows.mappings()]


def _is_of(article_id: int) -> ColumnElement[bool]:
    return or_(article_links.c.a_id == article_id, article_links.c.b_id == article_id)
