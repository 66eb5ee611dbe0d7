"""Articles and what is known of each; written by services/extract/store/.

One exception: `rule_set_version` is written by services/alert/store/ together with the matches.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    String,
    Table,
    Text,
)

from shared.tables.columns import Json, UtcDateTime, due_index, key_column, metadata, work_columns

articles = Table(
    "articles",
    metadata,
    key_column(),
    Column("file_id", ForeignKey("files.id"), nullable=False, unique=True),
    Column("content_hash", String(64), nullable=False, index=True),
    Column("title", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("word_count", Integer, nullable=False),
    Column("outlet", Text),
    Column("language", String(16)),
    Column("url", Text),
    Column("external_id", Text),
    Column("authors", Json, nullable=False),
    Column("fields", Json, nullable=False),  # name -> {value, source, confidence}
    Column("published_at", UtcDateTime),
    Column("published_source", String(16)),
    Column("received_at", UtcDateTime, nullable=False, index=True),
    Column("extracted_at", UtcDateTime, nullable=False),
    Column("cleaner_version", String(32), nullable=False),
    Column("taxonomy_version", String(64), nullable=False),
    Column("outcome", String(16)),  # new | exact_copy | revision; set when linked
    Column("outcome_reason", Text),
    Column("refers_to", ForeignKey("articles.id")),
    Column("story_id", ForeignKey("stories.id"), index=True),
    Column("development", Integer),  # n-th time its story gained something; null = nothing new
    Column("novelty", Json),  # what it added when it was linked, with its basis; never rewritten
    Column("rule_set_version", Integer),
    *work_columns("extracted"),
    due_index("articles"),
    sqlite_autoincrement=True,
)

article_fingerprints = Table(
    "article_fingerprints",
    metadata,
    Column("fingerprint", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("day", Integer, nullable=False),  # of arrival, in days since 1970-01-01
    # An article's own rows are read once, when it is linked.
    Index("ix_article_fingerprints_article_id", "article_id"),
    sqlite_with_rowid=False,
)

# Lines are counted beside grams: most furniture is a line too short to hold 8 words.
article_lines = Table(
    "article_lines",
    metadata,
    Column("line", BigInteger, primary_key=True, autoincrement=False),
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("day", Integer, nullable=False),  # of arrival, in days since 1970-01-01
    Index("ix_article_lines_article_id", "article_id"),
    sqlite_with_rowid=False,
)

article_terms = Table(
    "article_terms",
    metadata,
    Column("term", Text, primary_key=True),
    Column("day", Integer, primary_key=True),  # days since 1970-01-01
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("weight", Float, nullable=False),
    Index("ix_article_terms_article_id", "article_id"),
    sqlite_with_rowid=False,
)

# What an article says of its event, packed: candidates are scored without reading their texts.
article_profiles = Table(
    "article_profiles",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True, autoincrement=False),
    Column("version", String(32), nullable=False),  # of another version, it is made again
    Column("mask_hash", BigInteger, nullable=False),  # of the furniture that was left out
    Column("packed", LargeBinary, nullable=False),
)

article_tags = Table(
    "article_tags",
    metadata,
    Column("article_id", ForeignKey("articles.id"), primary_key=True),
    Column("topic", String(64), primary_key=True),
    Column("level", String(8), nullable=False),  # mention | about
    Column("evidence", Json, nullable=False),
    Index("ix_article_tags_topic", "topic", "article_id"),
)

article_links = Table(
    "article_links",
    metadata,
    Column("a_id", ForeignKey("articles.id"), primary_key=True),
    Column("b_id", ForeignKey("articles.id"), primary_key=True),
    Column("relation", String(16), nullable=False),
    Column("method", String(32), nullable=False),
    Column("version", String(32), nullable=False),
    Column("score", Float, nullable=False),
    Column("coverage_a", Float),
    Column("coverage_b", Float),
    Column("passages_a", Json),
    Column("passages_b", Json),
    Column("explanation", Json, nullable=False),
    Column("linked_at", UtcDateTime, nullable=False),
    CheckConstraint("a_id < b_id", name="ordered"),
    Index("ix_article_links_b", "b_id", "a_id"),
)
