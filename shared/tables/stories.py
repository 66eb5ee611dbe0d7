"""Stories and what happened to them; written by services/extract/store/."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table

from shared.tables.columns import Json, UtcDateTime, due_index, key_column, metadata, work_columns

stories = Table(
    "stories",
    metadata,
    key_column(),
    Column("merged_into", ForeignKey("stories.id"), index=True),
    Column("developments", Integer, nullable=False, default=0),
    Column("created_at", UtcDateTime, nullable=False),
    Column("changed_at", UtcDateTime, nullable=False, index=True),
    sqlite_autoincrement=True,
)

# merged: story_id took over other_story_id. split: story_id came out of other_story_id.
# moved: article_id went from other_story_id to story_id.
story_events = Table(
    "story_events",
    metadata,
    key_column(),
    Column("kind", String(16), nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("other_story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("article_id", ForeignKey("articles.id")),
    Column("data", Json, nullable=False),
    Column("happened_at", UtcDateTime, nullable=False),
    *work_columns("pending"),
    due_index("story_events"),
    sqlite_autoincrement=True,
)
