"""The schema's history (Alembic), and the two things done with it: ask what is missing, upgrade."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from sqlalchemy import Connection, inspect, text

from shared.database import Database
from shared.errors import SettingsError

if TYPE_CHECKING:
    from alembic.config import Config

# Any 64-bit number that no other program uses: two processes must not upgrade at once.
UPGRADE_LOCK = 7_240_113_905


def pending_migrations(database: Database) -> list[str]:
    """Return the revisions the database does not have yet, oldest first.

    Asked by every command, so without Alembic, whose import takes a third of a second.

    Raises:
        SettingsError: a newer newswatch has upgraded this database.
    """
    with database.read() as connection:
        return _pending(connection, database.address)


def _pending(connection: Connection, address: str) -> list[str]:
    known = _revisions()
    has_history = inspect(connection).has_table("alembic_version")
    asking = text("SELECT version_num FROM alembic_version")
    current = connection.scalar(asking) if has_history else None
    if current is not None and current not in known:
        raise SettingsError(
            f"database {address} has the schema {current} of a newer newswatch, and this "
            f"one knows no further than {known[-1]}; run the newer one"
        )
    return [revision for revision in known if current is None or revision > current]


def _revisions() -> list[str]:
    """Return the history, which is a single line: files are named by four digits in its order."""
    files = Path(__file__).parent.joinpath("versions").glob("[0-9][0-9][0-9][0-9]_*.py")
    return sorted(file.name[:4] for file in files)


def upgrade(database: Database) -> list[str]:
    """Bring the schema up to date; return the revisions applied. Safe for several at once.

    Raises:
        SettingsError: a newer newswatch has upgraded this database.
    """
    from alembic import command

    config = _config()
    with database.write() as connection:
        if not database.is_sqlite:
            connection.execute(text("SELECT pg_advisory_xact_lock(:key)"), {"key": UPGRADE_LOCK})
        config.attributes["connection"] = connection
        applied = _pending(connection, database.address)
        command.upgrade(config, "head")
    return applied


def _config() -> Config:
    from alembic.config import Config

    config = Config()
    # The option is interpolated: a folder may have a % in its name.
    config.set_main_option("script_location", str(Path(__file__).parent).replace("%", "%%"))
    return config
