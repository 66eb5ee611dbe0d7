"""Links between two articles: what words and which event they share."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, delete, or_, select

from services.extract.reuse import RelationKind
from shared.database import insert_new
from shared.tables import article_links


def save_links(connection: Connection, rows: Sequence[Mapping[str, Any]], now: datetime) -> None:
    """Store links that are not known yet."""
    if rows:
        values = [dict(row) | {"linked_at": now} for row in rows]
        connection.execute(insert_new(connection, article_links).values(values))


def load_overlaps(connection: Connection, ids: Collection[int]) -> list[dict[str, Any]]:
    """Return the links among *ids* that say two texts share passages, and no more."""
    rows = connection.execute(
        select(article_links).where(
            article_links.c.a_id.in_(ids),
            article_links.c.b_id.in_(ids),
            article_links.c.relation == RelationKind.OVERLAP.value,
        )
    )
    return [dict(row) for row in rows.mappings()]


def replace_link(
    connection: Connection, pair: tuple[int, int], rows: Sequence[Mapping[str, Any]], now: datetime
) -> None:
    """Store *rows* (one, or none) in place of the link of *pair* (lower id first)."""
    a_id, b_id = pair
    own = and_(article_links.c.a_id == a_id, article_links.c.b_id == b_id)
    connection.execute(delete(article_links).where(own))
    save_links(connection, rows, now)


def links_of(connection: Connection, article_id: int) -> list[dict[str, Any]]:
    """Return every stored link of one article."""
    rows = connection.execute(
        select(article_links).where(
            or_(article_links.c.a_id == article_id, article_links.c.b_id == article_id)
        )
    )
    return [dict(row) for row in rows.mappings()]
