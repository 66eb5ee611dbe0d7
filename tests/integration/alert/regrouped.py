"""Regrouping decided by a test, written by the code that writes every regrouping."""

from collections.abc import Mapping

from sqlalchemy import Connection, select

from services.extract.events import Member, Regrouping, StoryId
from services.extract.events.regrouping import Fresh, Merge, Move, Split
from services.extract.store.stories import apply_regrouping, lock_stories
from shared.runtime import Runtime
from shared.tables import articles


def merge_stories(connection: Connection, runtime: Runtime, *, loser: int, winner: int) -> None:
    """Make *loser* part of *winner* in the caller's transaction."""
    members = _members(connection, [loser, winner])
    assignments: dict[int, StoryId] = {member.article_id: winner for member in members}
    _write(connection, runtime, members, assignments, merged=(Merge(loser, winner),))


def move_out(connection: Connection, runtime: Runtime, article_id: int) -> None:
    """Move one article out of its story into a new one, in the caller's transaction."""
    lock_stories(connection)
    story_id = connection.execute(
        select(articles.c.story_id).where(articles.c.id == article_id)
    ).scalar_one()
    members = _members(connection, [story_id])
    assignments: dict[int, StoryId] = {member.article_id: story_id for member in members}
    fresh = Fresh(0)
    assignments[article_id] = fresh
    _write(
        connection,
        runtime,
        members,
        assignments,
        created=(fresh,),
        split=(Split(fresh, story_id),),
        moved=(Move(article_id, story_id, fresh),),
    )


def _members(connection: Connection, story_ids: list[int]) -> list[Member]:
    rows = connection.execute(select(articles).where(articles.c.story_id.in_(story_ids)))
    return [Member(row.id, row.content_hash, row.file_id, row.story_id) for row in rows]


def _write(
    connection: Connection,
    runtime: Runtime,
    members: list[Member],
    assignments: Mapping[int, StoryId],
    *,
    created: tuple[Fresh, ...] = (),
    merged: tuple[Merge, ...] = (),
    split: tuple[Split, ...] = (),
    moved: tuple[Move, ...] = (),
) -> None:
    lock_stories(connection)
    regrouping = Regrouping(assignments, created, merged, split, moved, {})
    apply_regrouping(connection, members, regrouping, runtime.database.now(connection))
