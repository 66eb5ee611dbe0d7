"""Transactions, times and errors on both engines."""

import sqlite3
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta, timezone

import pytest
from sqlalchemy import make_url, select, text
from sqlalchemy.exc import DBAPIError, IntegrityError, OperationalError, StatementError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

from shared.database import Database, insert_new, is_transient
from shared.errors import ServiceUnreachableError, SettingsError, TransientError
from shared.tables import files
from tests.integration.shared.rows import add_files, file_row

COUNT_UP = """
import sys
from sqlalchemy import text
from shared.database import Database
database = Database(sys.argv[1])
for _ in range(100):
    with database.write() as connection:
        read = text("SELECT size FROM files WHERE id = 1 " + sys.argv[2])
        size = connection.execute(read).scalar_one()
        connection.execute(text("UPDATE files SET size = :size WHERE id = 1"), {"size": size + 1})
"""


def test_four_processes_that_read_and_then_write_never_meet_a_busy_database(runtime):
    add_files(runtime.database, 1, id=1, size=0)
    lock = "" if runtime.database.is_sqlite else "FOR UPDATE"
    command = [sys.executable, "-c", COUNT_UP, runtime.settings.database_url, lock]
    processes = [subprocess.Popen(command, stderr=subprocess.PIPE, text=True) for _ in range(4)]
    errors = [process.communicate()[1] for process in processes]
    assert errors == ["", "", "", ""]
    assert file_row(runtime.database, 1).size == 400


def test_threads_of_one_process_write_one_after_another(sqlite_runtime):
    database = sqlite_runtime.database
    add_files(database, 1, id=1, size=0)

    def count_up():
        for _ in range(50):
            with database.write() as connection:
                size = connection.execute(select(files.c.size)).scalar_one()
                connection.execute(files.update().values(size=size + 1))

    threads = [threading.Thread(target=count_up) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert file_row(database, 1).size == 200


def test_a_reader_is_not_held_up_by_a_writer_and_sees_only_what_was_committed(runtime):
    (row_id,) = add_files(runtime.database, 1)
    with runtime.database.write() as connection:
        connection.execute(files.update().values(name="new"))
        assert file_row(runtime.database, row_id).name == "a.txt"
    assert file_row(runtime.database, row_id).name == "new"


def test_an_error_rolls_the_whole_transaction_back_and_frees_the_writer(runtime):
    (row_id,) = add_files(runtime.database, 1)

    def write_and_fail() -> None:
        with runtime.database.write() as connection:
            connection.execute(files.update().values(name="half"))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        write_and_fail()
    assert file_row(runtime.database, row_id).name == "a.txt"
    add_files(runtime.database, 1)


def test_sqlite_keeps_every_commit_through_power_loss_and_checks_references(sqlite_runtime):
    with sqlite_runtime.database.read() as connection:
        pragmas = [
            connection.exec_driver_sql(f"PRAGMA {name}").scalar_one()
            for name in ("journal_mode", "synchronous", "foreign_keys")
        ]
    assert pragmas == ["wal", 2, 1]


@pytest.mark.parametrize(
    "written",
    [
        pytest.param(datetime(2026, 3, 1, 23, 30, 15, 123456, tzinfo=UTC), id="utc"),
        pytest.param(
            datetime(2026, 3, 2, 6, 30, 15, 123456, tzinfo=timezone(timedelta(hours=7))), id="hanoi"
        ),
        pytest.param(datetime(1969, 7, 20, 20, 17, tzinfo=UTC), id="before 1970"),
    ],
)
def test_an_aware_time_comes_back_as_the_same_moment_in_utc(runtime, written):
    (row_id,) = add_files(runtime.database, 1, received_at=written)
    found = file_row(runtime.database, row_id).received_at
    assert found == written
    assert found.tzinfo is UTC


def test_times_sort_as_moments_whatever_zone_they_were_written_in(runtime):
    eastern = timezone(timedelta(hours=7))
    add_files(runtime.database, 1, name="later", received_at=datetime(2026, 3, 2, 1, tzinfo=UTC))
    add_files(
        runtime.database, 1, name="earlier", received_at=datetime(2026, 3, 2, 7, 30, tzinfo=eastern)
    )
    with runtime.database.read() as connection:
        names = list(
            connection.execute(select(files.c.name).order_by(files.c.received_at)).scalars()
        )
    assert names == ["earlier", "later"]


def test_a_naive_time_is_refused(runtime):
    with pytest.raises(StatementError, match="naive datetime"):
        add_files(runtime.database, 1, received_at=datetime(2026, 3, 2))  # noqa: DTZ001 - the point


def test_the_database_clock_tells_aware_utc_and_moves_within_a_transaction(runtime):
    with runtime.database.read() as connection:
        first, second = runtime.database.now(connection), runtime.database.now(connection)
    assert first.tzinfo is UTC
    assert first < second
    assert abs(datetime.now(UTC) - first) < timedelta(minutes=5)


def test_inserting_what_is_there_already_changes_nothing(runtime):
    add_files(runtime.database, 1, take_key="one")
    with runtime.database.write() as connection:
        row = dict(connection.execute(select(files)).one()._mapping) | {"id": 7, "name": "other"}
        returned = connection.execute(
            insert_new(connection, files).values([row]).returning(files.c.id)
        ).all()
    assert returned == []


@pytest.mark.parametrize(
    ("url", "words"),
    [
        pytest.param("nonsense", "not an address", id="no address"),
        pytest.param("mysql://host/db", "mysql is not supported", id="another engine"),
        pytest.param("postgresql+nodriver://host/db", "no driver", id="another driver"),
        pytest.param("postgresql+asyncpg://host/db", "no driver", id="driver not installed"),
        pytest.param("postgresql://host:port/db", "not an address", id="port in letters"),
        pytest.param("sqlite://", "needs a file", id="sqlite in memory"),
        pytest.param("sqlite:///:memory:", "needs a file", id="sqlite in memory by name"),
    ],
)
def test_an_address_that_cannot_work_is_a_wrong_setting(url, words):
    with pytest.raises(SettingsError, match=words) as error:
        Database(url)
    assert error.value.exit_code == 2


@pytest.mark.parametrize(
    "url",
    [
        "postgresql+psycopg://nobody:hunter2@127.0.0.1:1/db",
        "postgresql+psycopg://127.0.0.1:1/db?user=nobody&password=hunter2",
    ],
    ids=["password before @", "password as a parameter"],
)
def test_an_unreachable_server_is_named_without_its_password(url):
    database = Database(url)
    with pytest.raises(ServiceUnreachableError, match=r"127\.0\.0\.1") as error:
        database.check()
    assert "hunter2" not in str(error.value)
    assert "\n" not in str(error.value)
    assert error.value.exit_code == 3


def test_a_sqlite_file_in_a_folder_that_is_not_there_is_unreachable(tmp_path):
    with pytest.raises(ServiceUnreachableError, match="unable to open"):
        Database(f"sqlite:///{tmp_path / 'nowhere' / 'x.db'}").check()


def error_of(act) -> Exception:
    with pytest.raises(DBAPIError) as caught:
        act()
    return caught.value


def test_a_locked_sqlite_file_is_transient(tmp_path):
    path = tmp_path / "x.db"
    holder = sqlite3.connect(path)
    holder.execute("CREATE TABLE t (x)")
    holder.execute("BEGIN EXCLUSIVE")
    other = sqlite3.connect(path, timeout=0)
    with pytest.raises(sqlite3.OperationalError) as locked:
        other.execute("INSERT INTO t VALUES (1)")
    assert is_transient(OperationalError("INSERT", None, locked.value))
    holder.close()
    other.close()


def test_a_server_that_is_not_there_is_transient():
    database = Database("postgresql+psycopg://127.0.0.1:1/db")
    assert is_transient(error_of(lambda: database.read().__enter__()))


def test_a_session_killed_by_the_operator_is_transient(postgres_runtime):
    database = postgres_runtime.database

    def killed():
        with database.read() as connection:
            connection.execute(text("SELECT pg_terminate_backend(pg_backend_pid())"))

    assert is_transient(error_of(killed))
    database.check()


def test_a_wrong_statement_is_never_transient(runtime):
    def wrong():
        with runtime.database.read() as connection:
            connection.execute(text("SELECT 1 FROM no_such_table"))

    assert not is_transient(error_of(wrong))


@pytest.mark.parametrize(
    ("url", "advice"),
    [
        pytest.param("sqlite:////nowhere/x.db", "check that the folder exists", id="no-folder"),
        pytest.param(f"sqlite:///{__file__}", "no SQLite database", id="not-a-database"),
        pytest.param("postgresql+psycopg://a@127.0.0.1:1/x", "start the server", id="no-server"),
    ],
)
def test_trouble_with_the_database_says_what_to_do(url, advice):
    with pytest.raises(ServiceUnreachableError, match=advice):
        Database(url).check()


def test_a_name_that_the_server_does_not_know_is_to_be_corrected(postgres_runtime):
    url = make_url(postgres_runtime.settings.database_url)
    for wrong, advice in ((url.set(database="x"), "database"), (url.set(username="x"), "user")):
        with pytest.raises(ServiceUnreachableError, match=f"{advice}.* database.url"):
            Database(wrong.render_as_string(hide_password=False)).check()


def test_a_broken_constraint_is_never_transient(runtime):
    add_files(runtime.database, 1, take_key="one")
    with pytest.raises(IntegrityError) as error:
        add_files(runtime.database, 1, take_key="one")
    assert not is_transient(error.value)


def test_a_reference_to_nothing_is_refused(runtime):
    with pytest.raises(IntegrityError):
        add_files(runtime.database, 1, parent_id=999)


@pytest.mark.parametrize(
    ("error", "transient"),
    [
        pytest.param(OSError(28, "No space left on device"), True, id="disk full"),
        pytest.param(TransientError("archive: away"), True, id="archive trouble"),
        pytest.param(PoolTimeoutError("no connection free"), True, id="every connection in use"),
        pytest.param(ValueError("bad text"), False, id="a bug"),
    ],
)
def test_other_errors_are_transient_when_time_may_heal_them(error, transient):
    assert is_transient(error) is transient


def test_a_server_that_comes_back_is_used_again_without_a_restart(postgres_server, open_at):
    url = postgres_server.create("again")
    runtime = open_at(url)
    runtime.database.check()
    postgres_server.stop()
    with pytest.raises(ServiceUnreachableError):
        runtime.database.check()
    postgres_server.start()
    runtime.database.check()
