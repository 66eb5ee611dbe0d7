"""a file may hold an article cleaned again: which one it revises."""

from alembic import op

from shared.tables.columns import BigKey

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None


def upgrade() -> None:
    # As a statement: SQLite adds a column with its reference in place, while Alembic would copy
    # the table, and dropping the old one breaks the references of every article to it.
    kind = BigKey.compile(dialect=op.get_bind().dialect)
    reference = "CONSTRAINT fk_files_revises_articles REFERENCES articles (id)"
    op.execute(f"ALTER TABLE files ADD COLUMN revises {kind} {reference}")
    op.create_index(op.f("ix_files_revises"), "files", ["revises"], unique=False)
