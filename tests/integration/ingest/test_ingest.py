"""The inbox end to end on both engines: archived, committed, then unlinked; never lost between."""

import logging
import os
import shutil
import threading
import time
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from rq import Queue
from rq.serializers import JSONSerializer
from sqlalchemy import Row, select
from sqlalchemy.exc import DataError

import services.ingest.main as ingest_main
from services.ingest.inbox import take
from services.ingest.main import Ingest, add_paths
from services.ingest.store import known_sightings, record_files
from shared.errors import SettingsError, TransientError
from shared.migrations import upgrade
from shared.runtime import Runtime
from shared.tables import workers
from tests.integration.shared.rows import file_rows
from tests.waiting import wait_until

AT_ONCE = {"inbox": {"quiet_seconds": 0.0}}


@pytest.fixture
def runtime(new_runtime):
    return new_runtime(**AT_ONCE)


@pytest.fixture
def inbox(tmp_path):
    folder = tmp_path / "inbox"
    folder.mkdir()
    return folder


@pytest.fixture
def ingest(runtime, inbox):
    return Ingest(runtime, inbox)


def drop(inbox: Path, name: str = "a.txt", text: str = "Ministers met.") -> Path:
    path = inbox / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text)
    return path


def files_in(folder: Path) -> list[str]:
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*") if path.is_file())


def rows(runtime: Runtime) -> list[Row[Any]]:
    return file_rows(runtime.database)


def rung(runtime: Runtime) -> list[int]:
    jobs = Queue(
        "extract", connection=runtime.broker.connect(), serializer=JSONSerializer
    ).get_jobs()
    return sorted(row_id for job in jobs for row_id in job.args[0])


def test_a_dropped_file_becomes_a_row_leaves_the_inbox_and_rings(ingest, runtime, inbox):
    drop(inbox, "bbc/a.txt")
    (recorded,) = ingest.scan()
    (row,) = rows(runtime)
    assert (row.id, recorded.is_new) == (recorded.file_id, True)
    assert (row.state, row.origin, row.name, row.outlet) == (
        "received",
        "inbox",
        "bbc/a.txt",
        "bbc",
    )
    assert (row.name_bytes, row.size) == (b"bbc/a.txt", 14)
    assert runtime.archive.read(row.sha256) == b"Ministers met."
    assert files_in(inbox) == []
    assert rung(runtime) == [row.id]


def test_a_file_that_is_not_still_yet_stays(new_runtime, inbox):
    runtime = new_runtime(inbox={"quiet_seconds": 1000.0})
    ingest = Ingest(runtime, inbox)
    drop(inbox)
    assert ingest.scan() == []
    assert (rows(runtime), ingest.is_empty) == ([], False)


def test_files_are_committed_in_batches_and_all_of_them_come(new_runtime, inbox):
    runtime = new_runtime(inbox={"quiet_seconds": 0.0, "batch": 3})
    for number in range(7):
        drop(inbox, f"{number}.txt", text=f"news {number}")
    ingest = Ingest(runtime, inbox)
    assert len(ingest.scan()) == 7
    assert (len(rows(runtime)), files_in(inbox), ingest.is_empty) == (7, [], True)


def test_nothing_is_unlinked_before_its_row_is_committed(ingest, runtime, inbox, monkeypatch):
    drop(inbox)
    seen_rows = []
    monkeypatch.setattr(
        ingest_main, "unlink", lambda *_: seen_rows.append([row.name for row in rows(runtime)])
    )
    ingest.scan()
    assert seen_rows == [["a.txt"]]


class Killed(BaseException):
    """Stands in for a kill -9 at one place."""


def test_a_crash_between_commit_and_unlink_makes_one_row_not_two(
    ingest, runtime, inbox, monkeypatch
):
    drop(inbox)

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(ingest_main, "unlink", die)
        with pytest.raises(Killed):
            ingest.scan()
    assert (len(rows(runtime)), files_in(inbox)) == (1, ["a.txt"])
    (recorded,) = Ingest(runtime, inbox).scan()
    assert not recorded.is_new
    assert (len(rows(runtime)), files_in(inbox)) == (1, [])


def test_a_crash_between_commit_and_unlink_leaves_nothing_beside_a_file_too_large(
    new_runtime, inbox, monkeypatch
):
    runtime = new_runtime(inbox={"quiet_seconds": 0.0, "max_bytes": 20})
    drop(inbox)
    drop(inbox, "large.txt", text="x" * 21)

    def die(*_):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(ingest_main, "unlink", die)
        with pytest.raises(Killed):
            Ingest(runtime, inbox).scan()
    Ingest(runtime, inbox).scan()
    assert (len(rows(runtime)), files_in(inbox)) == (2, ["large.txt"])


def test_a_file_set_aside_by_a_crash_is_seen_by_the_first_scan(ingest, runtime, inbox):
    drop(inbox, ".newswatch-0123abcd-a.txt")
    ingest.scan()
    assert [row.name for row in rows(runtime)] == ["a.txt"]
    assert files_in(inbox) == []


def test_a_row_the_database_refuses_stops_no_neighbour_and_is_named_once(
    ingest, runtime, inbox, monkeypatch, caplog
):
    for name in ("a.txt", "bad.txt", "c.txt"):
        drop(inbox, name)

    def refuse(database, taken, **options):
        if any(item.name == "bad.txt" for item in taken):
            raise DataError("INSERT", None, ValueError("a value out of range"))
        return record_files(database, taken, **options)

    monkeypatch.setattr(ingest_main, "record_files", refuse)
    with caplog.at_level(logging.WARNING, "newswatch.ingest"):
        for _ in range(2):
            ingest.scan()
    assert sorted(row.name for row in rows(runtime)) == ["a.txt", "c.txt"]
    assert (files_in(inbox), ingest.is_empty) == (["bad.txt"], True)
    (said,) = [record.getMessage() for record in caplog.records]
    assert said.startswith("left in the inbox: bad.txt: the database refuses its row: ")
    assert "a value out of range" in said


def test_a_crash_between_archive_and_commit_loses_nothing(ingest, runtime, inbox, monkeypatch):
    drop(inbox)

    def die(*_, **__):
        raise Killed

    with monkeypatch.context() as patched:
        patched.setattr(ingest_main, "record_files", die)
        with pytest.raises(Killed):
            ingest.scan()
    assert (rows(runtime), files_in(inbox)) == ([], ["a.txt"])
    assert len(Ingest(runtime, inbox).scan()) == 1


def test_a_file_that_cannot_be_removed_is_one_row_said_once(
    ingest, runtime, inbox, monkeypatch, caplog
):
    drop(inbox)

    def refuse(*_):
        raise PermissionError(1, "Operation not permitted")

    monkeypatch.setattr(ingest_main, "unlink", refuse)
    with caplog.at_level(logging.WARNING, "newswatch.ingest"):
        for _ in range(3):
            ingest.scan()
    assert len(rows(runtime)) == 1
    assert [record.getMessage() for record in caplog.records] == [
        "left in the inbox: a.txt: stored, but cannot be removed: Operation not permitted"
    ]
    assert ingest.is_empty


def test_the_same_bytes_dropped_later_are_a_second_row_of_one_original(ingest, runtime, inbox):
    drop(inbox)
    ingest.scan()
    drop(inbox)
    ingest.scan()
    first, second = rows(runtime)
    assert first.sha256 == second.sha256
    assert first.take_key != second.take_key


def test_the_same_bytes_under_two_names_are_two_rows(ingest, runtime, inbox):
    drop(inbox, "a.txt")
    drop(inbox, "b.txt")
    ingest.scan()
    assert sorted(row.name for row in rows(runtime)) == ["a.txt", "b.txt"]


LEAVE = {"inbox": {"quiet_seconds": 0.0, "take": "leave"}}


def test_files_left_in_place_are_remembered_over_a_restart(new_runtime, inbox):
    drop(inbox)
    runtime = new_runtime(**LEAVE)
    first = Ingest(runtime, inbox)
    assert [len(first.scan()), len(first.scan())] == [1, 0]
    assert Ingest(new_runtime(**LEAVE), inbox).scan() == []
    assert (len(rows(runtime)), files_in(inbox)) == (1, ["a.txt"])
    assert first.is_empty


def test_a_file_left_in_place_and_then_rewritten_is_taken_again(new_runtime, inbox):
    runtime = new_runtime(**LEAVE)
    ingest = Ingest(runtime, inbox)
    drop(inbox)
    ingest.scan()
    drop(inbox, text="Ministers met again.")
    ingest.scan()
    assert [row.size for row in rows(runtime)] == [14, 20]


def test_a_file_left_in_place_and_then_removed_by_its_owner_is_forgotten(new_runtime, inbox):
    ingest = Ingest(new_runtime(**LEAVE), inbox)
    drop(inbox, "a.txt")
    path = drop(inbox, "b.txt")
    ingest.scan()
    assert len(ingest.remembered) == 2
    path.unlink()
    ingest.scan()
    assert len(ingest.remembered) == 1


def test_more_files_left_in_place_than_a_statement_has_room_for_are_looked_up(
    ingest, runtime, inbox
):
    drop(inbox)
    (recorded,) = ingest.scan()
    asked = [f"{number:064x}" for number in range(70_000)] + [recorded.taken.sighting]
    with runtime.database.read() as connection:
        assert known_sightings(connection, asked) == {recorded.taken.sighting}


def test_a_file_too_large_is_left_in_place_with_a_row_that_says_so(new_runtime, inbox):
    runtime = new_runtime(inbox={"quiet_seconds": 0.0, "max_bytes": 10})
    drop(inbox, "large.txt", text="x" * 11)
    drop(inbox, "small.txt", text="x" * 10)
    ingest = Ingest(runtime, inbox)
    ingest.scan()
    ingest.scan()
    assert [(row.name, row.state, row.outcome) for row in rows(runtime)] == [
        ("large.txt", "rejected", "rejected:too_large"),
        ("small.txt", "received", None),
    ]
    assert files_in(inbox) == ["large.txt"]
    assert ingest.is_empty
    assert Ingest(runtime, inbox).scan() == []
    assert rung(runtime) == [row.id for row in rows(runtime) if row.name == "small.txt"]


def test_a_giant_does_not_count_as_room_needed_on_the_disk(ingest, runtime, inbox):
    with open(inbox / "giant", "wb") as file:
        file.truncate(1 << 42)
    drop(inbox)
    assert len(ingest.scan()) == 2
    assert {row.state for row in rows(runtime)} == {"received", "rejected"}


class Usage(NamedTuple):
    """What shutil.disk_usage returns, in bytes."""

    total: int
    used: int
    free: int


def test_with_too_little_room_on_the_disk_files_stay_and_are_taken_later(
    new_runtime, inbox, monkeypatch
):
    runtime = new_runtime(inbox={"quiet_seconds": 0.0, "min_free_bytes": 1000})
    ingest = Ingest(runtime, inbox)
    drop(inbox)
    with monkeypatch.context() as patched:
        patched.setattr(shutil, "disk_usage", lambda _path: Usage(2000, 1000, 1000))
        with pytest.raises(TransientError, match=r"inbox\.min_free_bytes"):
            ingest.scan()
    assert files_in(inbox) == ["a.txt"]
    assert len(ingest.scan()) == 1


def test_with_the_database_gone_files_stay_and_are_taken_when_it_is_back(
    open_at, postgres_server, inbox
):
    runtime = open_at(postgres_server.create("news"), **AT_ONCE)
    upgrade(runtime.database)
    stop = threading.Event()
    ingest = Ingest(runtime, inbox)
    thread = threading.Thread(target=ingest.run, args=(stop,))
    postgres_server.stop()
    drop(inbox)
    thread.start()
    try:
        wait_until(lambda: list(runtime.archive.folder.rglob("??/??/*")), "archived, not committed")
        assert files_in(inbox) == ["a.txt"]
        postgres_server.start()
        wait_until(lambda: files_in(inbox) == [], "taken when the database is back")
    finally:
        stop.set()
        thread.join()
    assert [row.name for row in rows(runtime)] == ["a.txt"]


def test_a_folder_dropped_whole_is_taken_whole_and_names_its_outlet(
    ingest, runtime, inbox, tmp_path
):
    for name in ("one.txt", "deep/two.txt"):
        drop(tmp_path / "vna", name)
    (tmp_path / "vna").rename(inbox / "vna")
    ingest.scan()
    assert sorted((row.name, row.outlet) for row in rows(runtime)) == [
        ("vna/deep/two.txt", "vna"),
        ("vna/one.txt", "vna"),
    ]


def test_what_cannot_be_taken_is_said_once_and_stops_no_neighbour(ingest, runtime, inbox, caplog):
    os.mkfifo(inbox / "pipe")
    (inbox / "link").symlink_to("/etc/hostname")
    drop(inbox)
    with caplog.at_level(logging.WARNING, "newswatch.ingest"):
        for _ in range(3):
            ingest.scan()
    assert sorted(record.getMessage().split(": ")[1] for record in caplog.records) == [
        "link",
        "pipe",
    ]
    assert [row.name for row in rows(runtime)] == ["a.txt"]
    assert ingest.is_empty


def test_a_file_we_may_not_read_does_not_keep_a_drain_waiting(ingest, runtime, inbox, monkeypatch):
    drop(inbox, "mine.txt")
    drop(inbox, "not mine.txt")
    real = os.open

    def refuse(path, *arguments, **options):
        if path == b"not mine.txt":
            raise PermissionError(13, "Permission denied")
        return real(path, *arguments, **options)

    monkeypatch.setattr(os, "open", refuse)
    ingest.scan()
    assert ingest.left == {b"not mine.txt": "permission denied"}
    assert ingest.is_empty
    monkeypatch.undo()
    ingest.scan()
    assert {row.name for row in rows(runtime)} == {"mine.txt", "not mine.txt"}


def test_a_drain_waits_for_a_file_that_changed_while_it_was_read(ingest, inbox, monkeypatch):
    path, real = drop(inbox), take

    def change_and_take(*arguments, **options):
        path.write_text("Ministers met, and more.")
        return real(*arguments, **options)

    with monkeypatch.context() as patched:
        patched.setattr(ingest_main, "take", change_and_take)
        assert ingest.scan() == []
    assert not ingest.is_empty
    assert len(ingest.scan()) == 1


def test_an_inbox_that_cannot_be_made_is_a_wrong_setting(runtime, tmp_path):
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(SettingsError, match=r"inbox\.dir"):
        Ingest(runtime, tmp_path / "file" / "inbox")


@pytest.fixture
def running(runtime, inbox):
    """An ingest that runs, with a quiet time no test waits for."""
    runtimes = []

    def start(given):
        stop = threading.Event()
        ingest = Ingest(given, inbox)
        thread = threading.Thread(target=ingest.run, args=(stop,))
        thread.start()
        runtimes.append((stop, thread))
        return ingest

    yield start
    for stop, thread in runtimes:
        stop.set()
        started = time.monotonic()
        thread.join()
        assert time.monotonic() - started < 2


def test_a_file_moved_in_is_taken_long_before_any_quiet_time(new_runtime, running, inbox, tmp_path):
    runtime = new_runtime(inbox={"quiet_seconds": 1000.0, "scan_seconds": 0.05})
    running(runtime)
    drop(inbox, "being written.txt")
    number = 0

    # The watch begins a moment after the thread: the first moves may come before it.
    def moved_in():
        nonlocal number
        number += 1
        drop(tmp_path, f"{number}.txt").rename(inbox / f"{number}.txt")
        return rows(runtime)

    wait_until(moved_in, "a file moved in is taken")
    started = time.monotonic()
    drop(tmp_path, "last.txt").rename(inbox / "last.txt")
    wait_until(lambda: not (inbox / "last.txt").exists(), "the last file moved in is taken")
    assert time.monotonic() - started < 5
    folder = drop(tmp_path, "bbc/in a folder.txt").parent
    folder.rename(inbox / "bbc")
    wait_until(lambda: not files_in(inbox / "bbc"), "a folder moved in is taken")
    drop(inbox, "finished.part").rename(inbox / "finished.txt")
    wait_until(lambda: not (inbox / "finished.txt").exists(), "a file renamed when done is taken")
    assert (inbox / "being written.txt").exists()


def test_a_copied_file_is_taken_after_its_quiet_time_by_the_running_loop(
    new_runtime, running, inbox
):
    runtime = new_runtime(inbox={"quiet_seconds": 0.2, "scan_seconds": 0.05})
    running(runtime)
    drop(inbox)
    wait_until(lambda: files_in(inbox) == [], "taken")
    assert [row.name for row in rows(runtime)] == ["a.txt"]


def test_two_thousand_files_moved_in_while_nobody_watches_are_all_found(
    ingest, runtime, inbox, tmp_path
):
    outside = tmp_path / "outside"
    outside.mkdir()
    for number in range(2000):
        (outside / f"{number}.txt").write_bytes(b"news %d" % (number % 7))
    for path in outside.iterdir():
        path.rename(inbox / path.name)
    assert len(ingest.scan()) == 2000
    assert len({row.name for row in rows(runtime)}) == 2000
    assert files_in(inbox) == []
    assert ingest.is_empty


def test_an_inbox_removed_and_made_again_is_watched_again(new_runtime, running, inbox, caplog):
    runtime = new_runtime(inbox={"quiet_seconds": 0.0, "scan_seconds": 0.05})
    with caplog.at_level(logging.WARNING, "newswatch.ingest"):
        running(runtime)
        inbox.rmdir()
        wait_until(lambda: "files stay in the inbox" in caplog.text, "the loss is said")
        inbox.mkdir()
        drop(inbox)
        wait_until(lambda: rows(runtime), "taken from the new folder")


def test_a_running_ingest_is_seen_in_the_database_and_gone_after(new_runtime, inbox):
    runtime = new_runtime()

    def seen() -> list[str]:
        with runtime.database.read() as connection:
            return list(connection.execute(select(workers.c.role)).scalars())

    stop = threading.Event()
    thread = threading.Thread(target=Ingest(runtime, inbox).run, args=(stop,))
    thread.start()
    wait_until(seen, "the heartbeat")
    assert seen() == ["ingest"]
    stop.set()
    thread.join()
    assert seen() == []


def test_a_stop_ends_a_scan_after_the_batch_in_hand(new_runtime, inbox, monkeypatch):
    runtime = new_runtime(inbox={"quiet_seconds": 0.0, "batch": 1})
    for number in range(5):
        drop(inbox, f"{number}.txt")
    stop, real = threading.Event(), record_files

    def stop_after(*arguments, **options):
        stop.set()
        return real(*arguments, **options)

    monkeypatch.setattr(ingest_main, "record_files", stop_after)
    Ingest(runtime, inbox).run(stop)
    assert (len(rows(runtime)), len(files_in(inbox))) == (1, 4)


def test_added_files_are_stored_as_dropped_ones_are_and_stay_where_they_are(runtime, tmp_path):
    one = drop(tmp_path, "one.txt")
    drop(tmp_path / "folder", "bbc/two.txt")
    recorded, left = add_paths(runtime, [one, tmp_path / "folder", tmp_path / "missing.txt"])
    assert [row.taken.name for row in recorded] == ["one.txt", "bbc/two.txt"]
    assert [item.reason for item in left] == ["no such file or directory"]
    assert [(row.origin, row.outlet) for row in rows(runtime)] == [("add", None), ("add", "bbc")]
    assert one.exists()
    assert rung(runtime) == [row.id for row in rows(runtime)]


def test_adding_the_same_file_twice_tells_us_twice(runtime, tmp_path):
    one = drop(tmp_path, "one.txt")
    for _ in range(2):
        add_paths(runtime, [one])
    assert len(rows(runtime)) == 2


def test_an_added_file_too_large_is_a_row_that_says_so(new_runtime, tmp_path):
    runtime = new_runtime(inbox={"max_bytes": 3})
    add_paths(runtime, [drop(tmp_path, "one.txt")])
    assert [row.outcome for row in rows(runtime)] == ["rejected:too_large"]
