"""What people ruled on stories: stored, read back as constraints, inherited, undone."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, insert, literal, or_, select, update

from services.extract.events import Ruling, RulingKind
from shared.database import insert_new
from shared.tables import articles, files, stories, story_ruling_articles, story_rulings

LEFT, RIGHT = "left", "right"


def load_standing(connection: Connection, ids: Collection[int] | None = None) -> list[Ruling]:
    """Return the rulings that were not undone, lowest id first, whole.

    With *ids*, only those that name one of these articles.
    """
    query = (
        select(story_rulings.c.id, story_rulings.c.kind, story_ruling_articles)
        .join(story_ruling_articles, story_ruling_articles.c.ruling_id == story_rulings.c.id)
        .where(story_rulings.c.undone_at.is_(None))
        .order_by(story_rulings.c.id)
    )
    if ids is not None:
        named = story_ruling_articles.alias("named")
        touched = select(named.c.ruling_id).where(named.c.article_id.in_(ids))
        query = query.where(story_rulings.c.id.in_(touched))
    sides: dict[int, tuple[RulingKind, dict[str, set[int]]]] = {}
    for row in connection.execute(query):
        kind_and_sides = RulingKind(row.kind), {LEFT: set[int](), RIGHT: set[int]()}
        sides.setdefault(row.id, kind_and_sides)[1][row.side].add(row.article_id)
    return [
        Ruling(ruling_id, kind, frozenset(own[LEFT]), frozenset(own[RIGHT]))
        for ruling_id, (kind, own) in sides.items()
    ]


def save_ruling(connection: Connection, ruling: Ruling, values: Mapping[str, Any]) -> int:
    """Store *ruling* (its id is not used) with the other *values* of its row; return its id."""
    made = connection.execute(
        insert(story_rulings).values(kind=ruling.kind.value, **values).returning(story_rulings.c.id)
    )
    ruling_id = int(made.scalar_one())
    connection.execute(
        insert(story_ruling_articles),
        [
            {"ruling_id": ruling_id, "article_id": article, "side": side}
            for side, own in ((LEFT, ruling.left), (RIGHT, ruling.right))
            for article in sorted(own)
        ],
    )
    return ruling_id


def load_ruling(connection: Connection, ruling_id: int) -> Row[Any] | None:
    """Return the row of one ruling, undone or not; None if there is none."""
    query = select(story_rulings).where(story_rulings.c.id == ruling_id)
    return connection.execute(query).one_or_none()


def articles_of_ruling(connection: Connection, ruling_id: int) -> set[int]:
    """Return the articles that a ruling names, on either side."""
    own = select(story_ruling_articles.c.article_id).where(
        story_ruling_articles.c.ruling_id == ruling_id
    )
    return set(connection.execute(own).scalars())


def mark_undone(connection: Connection, ruling_id: int, undone_by: str, now: datetime) -> None:
    """Let a ruling bind nothing any more."""
    connection.execute(
        update(story_rulings)
        .where(story_rulings.c.id == ruling_id)
        .values(undone_by=undone_by, undone_at=now)
    )


def inherit_rulings(connection: Connection, article_id: int, older_id: int) -> None:
    """Let what was ruled on *older_id* bind the article that a newer cleaner made of it."""
    columns = story_ruling_articles.c
    own = select(columns.ruling_id, literal(article_id), columns.side).where(
        columns.article_id == older_id
    )
    connection.execute(
        insert_new(connection, story_ruling_articles).from_select(
            ["ruling_id", "article_id", "side"], own
        )
    )


def with_other_cleanings(connection: Connection, ids: Collection[int]) -> set[int]:
    """Return *ids* and every article that is one of them, cleaned again or before."""
    found, frontier = set(ids), set(ids)
    pair = select(articles.c.id, files.c.revises).join(files, files.c.id == articles.c.file_id)
    while frontier:
        either = or_(articles.c.id.in_(frontier), files.c.revises.in_(frontier))
        rows = connection.execute(pair.where(and_(files.c.revises.is_not(None), either)))
        frontier = {each for row in rows for each in row} - found
        found |= frontier
    return found


def load_stories(connection: Connection, ids: Collection[int]) -> dict[int, int | None]:
    """Return, for those of *ids* that are stories, what each was merged into."""
    rows = connection.execute(
        select(stories.c.id, stories.c.merged_into).where(stories.c.id.in_(ids))
    )
    return {row.id: row.merged_into for row in rows}


def story_of_each(connection: Connection, ids: Collection[int]) -> dict[int, int | None]:
    """Return, for those of *ids* that are articles, the story each is in (None: not linked)."""
    rows = connection.execute(
        select(articles.c.id, articles.c.story_id).where(articles.c.id.in_(ids))
    )
    return {row.id: row.story_id for row in rows}


def articles_in(connection: Connection, story_id: int) -> set[int]:
    """Return the articles of a story that lives."""
    own = select(articles.c.id).where(articles.c.story_id == story_id)
    return set(connection.execute(own).scalars())
