"""The schema's history (Alembic), and the two things done with it: ask what is missing, upgrade."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import text

from shared.database import Database

# Any 64-bit number that no other program uses: two processes must not upgrade at once.
UPGRADE_LOCK = 7_240_113_905


def pending_migrations(database: Database) -> list[str]:
    """Return the revisions the database does not have yet, oldest first."""
    scripts = ScriptDirectory.from_config(_config())
    with database.read() as connection:
        current = MigrationContext.configure(connection).get_current_revision()
    steps = scripts.iterate_revisions("head", current or "base")
    return [step.revision for step in reversed(list(steps)) if step.revision != current]


def upgrade(database: Database) -> list[str]:
    """Bring the schema up to date; return the revisions applied. Safe for several at once."""
    config = _config()
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        before = MigrationContext.configure(connection).get_current_revision()
        config.attributes["connection"] = connection
        command.upgrade(config, "head")
    scripts = ScriptDirectory.from_config(config)
    steps = scripts.iterate_revisions("head", before or "base")
    return [step.revision for step in reversed(list(steps)) if step.revision != before]


def _config() -> Config:
    config = Config()
    # The option is interpolated: a folder may have a % in its name.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
