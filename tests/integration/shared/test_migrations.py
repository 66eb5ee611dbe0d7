"""The schema's history makes the tables the code knows, on both engines, also when two hurry."""

import shutil
import subprocess
import sys

import pytest
from alembic import command
from alembic.autogenerate import compare_metadata
from alembic.runtime.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, select, text
from sqlalchemy.exc import IntegrityError

import shared.migrations
from shared.database import Database
from shared.errors import SettingsError
from shared.migrations import pending_migrations, upgrade
from shared.settings import Settings
from shared.tables import articles, files, metadata
from tests.rows import add_article, add_file

UPGRADE = """
import sys
from shared.database import Database
from shared.migrations import upgrade
print(len(upgrade(Database(sys.argv[1]))))
"""


@pytest.fixture
def url(empty_database_url):
    return Settings.model_validate({"database": {"url": empty_database_url}}).database_url


@pytest.fixture
def database(url):
    opened = Database(url)
    yield opened
    opened.close()


def test_a_fresh_database_lacks_every_migration_and_after_an_upgrade_none(database):
    pending = pending_migrations(database)
    assert pending[0] == "0001"
    assert upgrade(database) == pending
    assert pending_migrations(database) == []
    assert upgrade(database) == []


def test_the_migrated_schema_is_the_one_the_tables_describe(database):
    upgrade(database)
    with database.read() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_every_table_that_is_a_queue_has_its_index(database):
    upgrade(database)
    with database.read() as connection:
        inspector = inspect(connection)
        for table in ("files", "articles", "story_events", "notifications", "messages"):
            indexes = {tuple(index["column_names"]) for index in inspector.get_indexes(table)}
            assert ("state", "next_attempt_at") in indexes, table


def test_two_processes_that_upgrade_at_once_apply_each_migration_once(url, database):
    command = [sys.executable, "-c", UPGRADE, url]
    processes = [
        subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    answers = [process.communicate() for process in processes]
    assert [errors for _, errors in answers] == ["", "", ""]
    assert sorted(int(count) for count, _ in answers)[:2] == [0, 0]
    assert pending_migrations(database) == []


def test_a_failed_upgrade_leaves_nothing_half_made(database):
    with database.write() as connection:
        connection.execute(text("CREATE TABLE alerts (id INTEGER)"))
    with pytest.raises(Exception, match="alerts"):
        upgrade(database)
    with database.read() as connection:
        assert inspect(connection).get_table_names() == ["alerts"]


def test_the_history_is_found_in_a_folder_with_a_percent_sign(tmp_path):
    copy = tmp_path / "100 % here"
    shutil.copytree("shared", copy / "shared", ignore=shutil.ignore_patterns("__pycache__"))
    command = [sys.executable, "-c", UPGRADE, f"sqlite:///{tmp_path / 'x.db'}"]
    done = subprocess.run(command, cwd=copy, capture_output=True, text=True, check=False)
    assert (done.returncode, done.stderr) == (0, "")
    assert shared.migrations.__file__


def test_an_upgrade_keeps_what_an_older_schema_holds(database):
    config = shared.migrations._config()
    with database.write() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, "0001")
        old = add_article(connection, file="a.txt")

    upgrade(database)

    with database.write() as connection:
        again = add_file(connection, "b.txt", revises=old)
        assert connection.execute(select(articles.c.id)).scalars().all() == [old]
        rows = connection.execute(select(files.c.name, files.c.revises).order_by(files.c.id))
        assert rows.all() == [("a.txt", None), ("b.txt", old)]
    assert again > old
    with pytest.raises(IntegrityError), database.write() as connection:
        add_file(connection, "c.txt", revises=99)


def test_the_names_of_the_files_tell_the_history_as_alembic_does(database):
    scripts = ScriptDirectory.from_config(shared.migrations._config())
    history = [step.revision for step in scripts.iterate_revisions("head", "base")]
    assert pending_migrations(database) == history[::-1]


def test_a_schema_of_a_newer_newswatch_is_refused_in_one_line(database):
    upgrade(database)
    with database.write() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    for refused in (pending_migrations, upgrade):
        with pytest.raises(SettingsError, match="schema 9999 of a newer newswatch"):
            refused(database)


def test_asking_what_is_missing_imports_no_alembic():
    asking = "import sys, services.cli.app; print('alembic' in sys.modules)"
    done = subprocess.run(
        [sys.executable, "-c", asking], capture_output=True, text=True, check=True
    )
    assert done.stdout == "False\n"
