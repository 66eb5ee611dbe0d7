"""lines are counted, furniture has hashes and masks, profiles are packed, people rule on stories."""

import sqlalchemy as sa
from alembic import op

from shared.tables.columns import BigKey, Json, UtcDateTime

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    _create_sightings()
    _create_profiles()
    _create_rulings()


def _create_sightings() -> None:
    op.create_table(
        "article_lines",
        sa.Column("line", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("article_id", BigKey, nullable=False),
        sa.Column("day", sa.Integer(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_lines_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("line", "article_id", name=op.f("pk_article_lines")),
        sqlite_with_rowid=False,
    )
    op.create_index("ix_article_lines_article_id", "article_lines", ["article_id"], unique=False)
    op.create_table(
        "furniture",
        sa.Column("kind", sa.String(length=8), nullable=False),
        sa.Column("hash", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("reason", sa.String(length=16), nullable=False),
        sa.Column("article_count", sa.Integer(), nullable=False),
        sa.Column("first_day", sa.Integer(), nullable=True),
        sa.Column("last_day", sa.Integer(), nullable=True),
        sa.Column("outlet", sa.Text(), nullable=True),
        sa.Column("judged_at", UtcDateTime(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "hash", name=op.f("pk_furniture")),
        sqlite_with_rowid=False,
    )
    op.create_table(
        "furniture_masks",
        sa.Column("article_id", BigKey, nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("method", sa.String(length=16), nullable=False),
        sa.Column("spans", Json, nullable=False),
        sa.Column("judged_at", UtcDateTime(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_furniture_masks_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", "version", name=op.f("pk_furniture_masks")),
        sqlite_with_rowid=False,
    )


def _create_profiles() -> None:
    op.create_table(
        "article_profiles",
        sa.Column("article_id", BigKey, autoincrement=False, nullable=False),
        sa.Column("version", sa.String(length=32), nullable=False),
        sa.Column("mask_hash", sa.BigInteger(), nullable=False),
        sa.Column("packed", sa.LargeBinary(), nullable=False),
        sa.ForeignKeyConstraint(
            ["article_id"], ["articles.id"], name=op.f("fk_article_profiles_article_id_articles")
        ),
        sa.PrimaryKeyConstraint("article_id", name=op.f("pk_article_profiles")),
    )


def _create_rulings() -> None:
    op.add_column("stories", sa.Column("link_floor", sa.Float(), nullable=True))
    op.create_table(
        "story_rulings",
        sa.Column("id", BigKey, autoincrement=True, nullable=False),
        sa.Column("kind", sa.String(length=16), nullable=False),
        sa.Column("story_id", BigKey, nullable=False),
        sa.Column("other_story_id", BigKey, nullable=True),
        sa.Column("made_by", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("made_at", UtcDateTime(), nullable=False),
        sa.Column("undone_by", sa.Text(), nullable=True),
        sa.Column("undone_at", UtcDateTime(), nullable=True),
        sa.ForeignKeyConstraint(
            ["story_id"], ["stories.id"], name=op.f("fk_story_rulings_story_id_stories")
        ),
        sa.ForeignKeyConstraint(
            ["other_story_id"],
            ["stories.id"],
            name=op.f("fk_story_rulings_other_story_id_stories"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pk_story_rulings")),
        sqlite_autoincrement=True,
    )
    for column in ("story_id", "other_story_id"):
        name = op.f(f"ix_story_rulings_{column}")
        op.create_index(name, "story_rulings", [column], unique=False)
    op.create_table(
        "story_ruling_articles",
        sa.Column("ruling_id", BigKey, nullable=False),
        sa.Column("article_id", BigKey, nullable=False),
        sa.Column("side", sa.String(length=8), nullable=False),
        sa.ForeignKeyConstraint(
            ["ruling_id"],
            ["story_rulings.id"],
            name=op.f("fk_story_ruling_articles_ruling_id_story_rulings"),
        ),
        sa.ForeignKeyConstraint(
            ["article_id"],
            ["articles.id"],
            name=op.f("fk_story_ruling_articles_article_id_articles"),
        ),
        sa.PrimaryKeyConstraint("ruling_id", "article_id", name=op.f("pk_story_ruling_articles")),
    )
    op.create_index(
        "ix_story_ruling_articles_article_id", "story_ruling_articles", ["article_id"], unique=False
    )
