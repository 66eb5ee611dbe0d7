"""Every check of the doctor, sound and sick."""

import os
from datetime import UTC, datetime, timedelta

import pytest

from services.console.doctor import ROLE_CHECKS, Check, checks
from services.console.store.sync_plan import REMOVED_FROM_FILE
from shared.runtime import Runtime
from tests.clocks import NOON, FixedClock
from tests.conftest import NewRuntime
from tests.rows import add_channel, add_file, add_worker


def _check(runtime: Runtime, name: str, role: str | None = None) -> Check:
    return next(check for check in checks(runtime, role) if check.name == name)


@pytest.fixture
def sound(sqlite_runtime: Runtime) -> Runtime:
    sqlite_runtime.settings.inbox.dir.mkdir()
    return sqlite_runtime


def test_sound_installation_passes_every_check(runtime: Runtime):
    runtime.settings.inbox.dir.mkdir()
    found = checks(runtime)
    assert [check for check in found if not check.ok] == []
    assert [check.name for check in found] == [
        "database",
        "schema",
        "queue",
        "inbox",
        "left behind",
        "archive",
        "disk",
        "clock",
        "workers",
        "channels",
        "dead letters",
        "stories",
    ]


def test_unreachable_database_is_said_once(open_at: NewRuntime):
    runtime = open_at("postgresql://nobody:secret@127.0.0.1:1/none")
    runtime.settings.inbox.dir.mkdir()
    found = checks(runtime)
    assert [check.name for check in found if not check.ok] == ["database"]
    assert "secret" not in found[0].words
    assert "clock" not in [check.name for check in found]


def test_missing_migrations_are_named_with_the_command(
    open_at: NewRuntime, empty_database_url: str
):
    runtime = open_at(empty_database_url)
    runtime.database.check()  # it makes an empty SQLite file
    found = _check(runtime, "schema")
    assert not found.ok
    assert (found.what_to_do, "0001" in found.words) == ("newswatch db upgrade", True)
    assert "1 migrations" not in found.words
    assert "workers" not in [check.name for check in checks(runtime)]


def test_unreachable_redis_is_named(open_at: NewRuntime, sqlite_url: str):
    runtime = open_at(sqlite_url, redis_url="redis://:secret@127.0.0.1:1/0")
    found = _check(runtime, "queue")
    assert not found.ok
    assert "secret" not in found.words


def test_inbox_that_does_not_exist_is_named(sqlite_runtime: Runtime):
    found = _check(sqlite_runtime, "inbox")
    assert not found.ok
    assert found.what_to_do.startswith("mkdir -p ")


def test_links_and_pipes_left_in_the_inbox_are_named(sound: Runtime):
    inbox = sound.settings.inbox.dir
    (inbox / "post").mkdir()
    (inbox / "post" / "link.txt").symlink_to("/etc/hostname")
    os.mkfifo(inbox / "pipe")
    (inbox / "fine.txt").write_text("fine")
    found = _check(sound, "left behind")
    assert not found.ok
    assert found.words == "pipe: not a regular file; post/link.txt: a symbolic link"


def test_archive_that_cannot_be_written_is_named(sound: Runtime):
    sound.archive.folder.parent.mkdir(exist_ok=True)
    sound.archive.folder.write_text("a file in its place")
    assert not _check(sound, "archive").ok


def test_full_disk_is_named(open_at: NewRuntime, sqlite_url: str):
    runtime = open_at(sqlite_url, inbox={"min_free_bytes": 10**18})
    found = _check(runtime, "disk")
    assert not found.ok
    assert "files stay in the inbox" in found.what_to_do


def test_clock_far_from_the_database_is_named(open_at: NewRuntime, sqlite_url: str):
    clock = FixedClock(datetime.now(UTC) + timedelta(hours=1))
    found = _check(open_at(sqlite_url, clock=clock), "clock")
    assert not found.ok
    assert "behind the database" in found.words


def test_queue_with_work_and_no_live_worker_is_named(frozen_runtime: Runtime):
    with frozen_runtime.database.write() as connection:
        add_file(connection, state="received")
        add_worker(connection, "link")
    found = _check(frozen_runtime, "workers")
    assert (found.ok, found.what_to_do) == (False, "newswatch run extract")
    with frozen_runtime.database.write() as connection:
        add_worker(connection, "extract", seen_at=NOON)
    assert _check(frozen_runtime, "workers").ok


def test_files_that_nobody_takes_are_counted(frozen_runtime: Runtime):
    inbox = frozen_runtime.settings.inbox.dir
    inbox.mkdir()
    idle = _check(frozen_runtime, "workers")
    assert (idle.ok, idle.words) == (True, "No worker is live. Nothing waits.")
    (inbox / "one.txt").write_text("A bridge is opened.")
    (inbox / ".two.txt").write_text("A bridge is ")
    lying = f"1 file lies in {inbox} and nobody takes it."
    found = _check(frozen_runtime, "workers")
    assert (found.ok, found.what_to_do) == (False, "newswatch run")
    assert found.words == f"No worker is live. Nothing waits. {lying}"
    with frozen_runtime.database.write() as connection:
        add_worker(connection, "extract", seen_at=NOON)
    found = _check(frozen_runtime, "workers")
    assert (found.ok, found.what_to_do) == (False, "newswatch run ingest")
    assert found.words == f"1 live. Keeping up. Nothing waits. {lying}"
    with frozen_runtime.database.write() as connection:
        add_worker(connection, "ingest", seen_at=NOON)
    assert _check(frozen_runtime, "workers").ok


def test_files_that_stay_in_the_inbox_are_not_counted(open_at: NewRuntime, sqlite_url: str):
    runtime = open_at(sqlite_url, inbox={"take": "leave"})
    runtime.settings.inbox.dir.mkdir()
    (runtime.settings.inbox.dir / "one.txt").write_text("A bridge is opened.")
    assert _check(runtime, "workers").ok


def test_dead_letters_are_counted_with_their_most_frequent_cause(sound: Runtime):
    with sound.database.write() as connection:
        add_file(connection, state="dead", died_in="received", last_error="ValueError: 7")
    found = _check(sound, "dead letters")
    assert not found.ok
    assert found.words == "1 gave up, most of them (1): ValueError: N"


def test_channel_that_its_receiver_ended_is_named_and_one_taken_out_of_the_file_is_not(
    sound: Runtime,
):
    with sound.database.write() as connection:
        add_channel(connection, "pruned", state="off", state_reason=REMOVED_FROM_FILE)
    assert _check(sound, "channels").ok
    with sound.database.write() as connection:
        add_channel(connection, "hook", state="off", state_reason="410 Gone")
    found = _check(sound, "channels")
    assert (found.ok, found.words) == (False, "hook is off: 410 Gone")
    assert "newswatch rules sync FILE" in found.what_to_do


@pytest.mark.parametrize("role", sorted(ROLE_CHECKS))
def test_role_is_asked_only_for_what_it_cannot_do_without(sqlite_runtime: Runtime, role: str):
    with sqlite_runtime.database.write() as connection:
        add_file(connection, state="received")
        add_file(connection, state="dead", died_in="received")
    sqlite_runtime.settings.inbox.dir.mkdir()
    found = checks(sqlite_runtime, role)
    assert {check.name for check in found} == ROLE_CHECKS[role]
    assert all(check.ok for check in found)
