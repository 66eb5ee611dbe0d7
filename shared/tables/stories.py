"""Stories and what happened to them; written by services/extract/store/."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text

from shared.tables.columns import Json, UtcDateTime, due_index, key_column, metadata, work_columns

stories = Table(
    "stories",
    metadata,
    key_column(),
    Column("merged_into", ForeignKey("stories.id"), index=True),
    Column("developments", Integer, nullable=False, default=0),
    # Of a theme too large to be grouped whole: weaker links did not count. 1: it is frozen.
    Column("link_floor", Float),
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

# A person's word on what belongs together; regrouping obeys it until it is undone.
# together: all these articles are of one story. apart: none on the left is with any on the right.
# story_id is the story ruled on, other_story_id the one that was to be one with it.
story_rulings = Table(
    "story_rulings",
    metadata,
    key_column(),
    Column("kind", String(16), nullable=False),
    Column("story_id", ForeignKey("stories.id"), nullable=False, index=True),
    Column("other_story_id", ForeignKey("stories.id"), index=True),
    Column("made_by", Text, nullable=False),
    Column("reason", Text),
    Column("made_at", UtcDateTime, nullable=False),
    Column("undone_by", Text),
    Column("undone_at", UtcDateTime),
    sqlite_autoincrement=True,
)

story_ruling_articles = Table(
    "story_ruling_articles",
    metadata,
    Column("ruling_id", ForeignKey("story_rulings.id"), primary_key=True),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("side", String(8), nullable=False),  # left | right
    Index("ix_story_ruling_articles_article_id", "article_id"),
)
