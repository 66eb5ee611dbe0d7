"""Containers in the pipeline: taken up in the middle, inside each other, never in others' way."""

import dataclasses
import io
import zipfile
from collections.abc import Generator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import func, select

from services.console.queries.ids import RecordId, RecordKind
from services.console.store import retry
from services.extract.jobs import reading, unfolding
from services.extract.outcome import Member, MembersError, ReadRequest, Reason, Rejection
from shared.archive import Archive, Stored
from shared.runtime import Runtime
from shared.steps import EXTRACT
from shared.tables import articles, files
from tests.clocks import FixedClock
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, QUARRY, QUARRY_TITLE, record, report
from tests.e2e.stepping import ReadsHere, Stepper

Members = Generator[Member, None, tuple[str, ...]]


class Killed(BaseException):
    """The worker is gone: nothing after this point happened."""


class Watched(ReadsHere):
    """Notes where each walk begins; dies with the member *killed_at* in its hands."""

    def __init__(self, *, killed_at: int = 0) -> None:
        super().__init__()
        self.begun_after: list[int] = []
        self._killed_at = killed_at

    def members(self, data: bytes, request: ReadRequest, skip: int = 0) -> Members:
        self.begun_after.append(skip)
        walk = super().members(data, request, skip)
        for place in range(skip + 1, 1_000_000):
            if place == self._killed_at:
                raise Killed
            try:
                yield next(walk)
            except StopIteration as end:
                return tuple(end.value)
        return ()


class Overtaxed(ReadsHere):
    """A machine so loaded that walks through containers are stopped after 120 members."""

    def __init__(self) -> None:
        super().__init__()
        self.is_loaded = True

    def members(self, data: bytes, request: ReadRequest, skip: int = 0) -> Members:
        for place, member in enumerate(super().members(data, request, skip), skip + 1):
            if self.is_loaded and place > 120:
                raise MembersError(Rejection(Reason.TIMED_OUT, "Reading took longer than 10 s."))
            yield member
        return ()


def feed(count: int) -> str:
    return "\n".join(record(*report(number), id=f"d-{number}") for number in range(count))


def zipped(entries: dict[str, str | bytes]) -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in entries.items():
            archive.writestr(name, content)
    return packed.getvalue()


def member_count(books: Books) -> int:
    (row,) = books.rows(select(func.count().label("n")).where(files.c.parent_id.is_not(None)))
    return int(row.n)


def row_of(books: Books, name: str):
    return next(row for row in books.files() if row.name.endswith(name))


def test_a_container_stopped_by_a_loaded_machine_goes_on_and_is_never_ended_half(
    frozen_runtime: Runtime, frozen_clock: FixedClock, tmp_path: Path
):
    overtaxed = Overtaxed()
    stepper = Stepper(frozen_runtime, tmp_path, sandbox=overtaxed)
    books = Books(frozen_runtime.database)
    file_id = stepper.drop("feed.jsonl", feed(150))

    stepper.work(EXTRACT, [file_id])

    stopped = row_of(books, "feed.jsonl")
    assert (stopped.state, stopped.outcome, stopped.attempts) == ("received", None, 1)
    assert "stopped after member 120" in stopped.last_error
    assert member_count(books) == 120

    overtaxed.is_loaded = False
    frozen_clock.advance(seconds=600)
    stepper.settle(until=EXTRACT)

    assert row_of(books, "feed.jsonl").outcome == "container"
    assert member_count(books) == 150


def test_a_takeover_goes_on_after_the_last_member_that_was_committed(
    new_runtime: NewRuntime,
    frozen_clock: FixedClock,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
):
    runtime = new_runtime(clock=frozen_clock)
    dying = Stepper(runtime, tmp_path / "dying", sandbox=Watched(killed_at=130))
    file_id = dying.drop("feed.jsonl", feed(250))
    with pytest.raises(Killed):
        dying.work(EXTRACT, [file_id])
    books = Books(runtime.database)
    committed = member_count(books)
    assert 100 <= committed < 130

    put: list[bytes] = []
    put_bytes = Archive.put_bytes

    def noting(archive: Archive, data: bytes) -> Stored:
        put.append(data)
        return put_bytes(archive, data)

    monkeypatch.setattr(Archive, "put_bytes", noting)
    survivor = Watched()
    alive = Stepper(runtime, tmp_path / "alive", sandbox=survivor)
    frozen_clock.advance(seconds=61)
    alive.settle(until=EXTRACT)

    assert survivor.begun_after[0] == committed
    assert len(put) == 250 - committed
    assert row_of(books, "feed.jsonl").outcome == "container"
    found = books.rows(select(files.c.member).where(files.c.parent_id == file_id))
    assert sorted(row.member for row in found) == list(range(1, 251))
    assert len(books.rows(select(articles.c.id))) == 250


def test_a_container_is_unfolded_in_turns_and_a_file_dropped_meanwhile_is_read_between(
    stepper: Stepper, books: Books, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(unfolding, "turn_seconds", lambda **_: 0.0)
    watched = Watched()
    slow = Stepper(stepper.runtime, tmp_path / "slow", sandbox=watched)
    container = slow.drop("feed.jsonl", feed(250))
    slow.work(EXTRACT, [container])
    first_turn = member_count(books)
    assert 0 < first_turn < 250
    waiting = row_of(books, "feed.jsonl")
    assert (waiting.state, waiting.attempts, waiting.lease_token) == ("received", 0, None)

    single = slow.drop("lone.json", record(QUARRY_TITLE, QUARRY))
    slow.work(EXTRACT, [single])
    assert books.fates()["lone.json"] == "read"

    slow.settle(until=EXTRACT)

    done = row_of(books, "feed.jsonl")
    assert (done.outcome, done.last_error, done.detail) == ("container", None, None)
    assert watched.begun_after[:2] == [0, first_turn]
    assert member_count(books) == 250


def test_archives_inside_each_other_unfold_and_every_leaf_has_a_fate(
    stepper: Stepper, books: Books
):
    inner = zipped({"harbour-post/lone.json": record(QUARRY_TITLE, QUARRY), "short.txt": "no"})
    outer = zipped({"depot/feed.jsonl": feed(3), "inner.zip": inner, ".DS_Store": "x"})
    stepper.drop("day.zip", outer)

    stepper.settle()

    assert {row.name: row.outcome for row in books.files()} == {
        "day.zip": "container",
        "day.zip#depot/feed.jsonl": "container",
        **{f"day.zip#depot/feed.jsonl#{n}.json": "read" for n in (1, 2, 3)},
        "day.zip#inner.zip": "container",
        "day.zip#inner.zip#harbour-post/lone.json": "read",
        "day.zip#inner.zip#short.txt": "rejected:too_short",
    }
    outlets = {row.name: row.outlet for row in books.files()}
    assert outlets["day.zip#depot/feed.jsonl#1.json"] == "depot"
    assert outlets["day.zip#inner.zip#harbour-post/lone.json"] == "harbour-post"
    assert "Skipped 1 files" in row_of(books, "day.zip").detail


def test_the_folder_an_archive_was_dropped_in_names_the_outlet_of_all_in_it(
    stepper: Stepper, books: Books
):
    stepper.drop("day.zip", zipped({"inside/moth.txt": LANTERN}), outlet="harbour-post")

    stepper.settle(until=EXTRACT)

    assert row_of(books, "moth.txt").outlet == "harbour-post"


def test_a_container_inside_three_others_is_refused_by_name(stepper: Stepper, books: Books):
    nested = zipped({"deep.txt": LANTERN})
    for number in (3, 2, 1):
        nested = zipped({f"{number}.zip": nested, f"{number}.txt": LANTERN})
    stepper.drop("0.zip", nested)

    stepper.settle(until=EXTRACT)

    fates = {row.name.rpartition("#")[2]: row.outcome for row in books.files()}
    assert fates == {
        "0.zip": "container",
        "1.txt": "read",
        "1.zip": "container",
        "2.txt": "read",
        "2.zip": "container",
        "3.txt": "read",
        "3.zip": "rejected:nested_too_deeply",
    }
    assert "inside 3 others" in row_of(books, "3.zip").detail


@pytest.fixture
def narrow(monkeypatch: pytest.MonkeyPatch):
    """Let only a few members and bytes come out of one dropped file."""
    usual = reading.request_for

    def set_to(**limits: Any) -> None:
        monkeypatch.setattr(
            reading,
            "request_for",
            lambda file, runtime: dataclasses.replace(usual(file, runtime), **limits),
        )

    return set_to


def test_all_that_comes_out_of_one_dropped_file_counts_together(
    stepper: Stepper, books: Books, narrow
):
    narrow(max_members=5)
    feeds: dict[str, str | bytes] = {f"{n}.jsonl": feed(4) for n in (1, 2)}
    stepper.drop("day.zip", zipped(feeds))

    stepper.settle(until=EXTRACT)

    assert member_count(books) == 5
    second = row_of(books, "day.zip#2.jsonl")
    assert second.outcome == "rejected:too_large"
    assert "already gave 5 other members" in second.detail
    first = row_of(books, "day.zip#1.jsonl")
    assert first.outcome == "container"
    assert "broke off after 3 members" in first.detail


def test_bytes_that_come_out_of_one_dropped_file_count_together(
    stepper: Stepper, books: Books, narrow
):
    inner = [zipped({f"{n}.txt": LANTERN + str(n)}) for n in (1, 2, 3)]
    narrow(max_unpacked_bytes=sum(map(len, inner)) + 2 * len(LANTERN.encode()))
    stepper.drop("day.zip", zipped({f"{n}.zip": data for n, data in enumerate(inner, 1)}))

    stepper.settle(until=EXTRACT)

    outcomes = [row_of(books, f"{n}.zip").outcome for n in (1, 2, 3)]
    assert outcomes == ["container", "rejected:too_large", "rejected:too_large"]


def test_a_bomb_keeps_what_came_before_it_and_says_where_it_stopped(stepper: Stepper, books: Books):
    zeros = b"\x00" * 15_000_000
    stepper.drop("bomb.zip", zipped({"moth.txt": LANTERN, "a": zeros, "b": zeros, "c": zeros}))

    stepper.settle(until=EXTRACT)

    bomb = row_of(books, "bomb.zip")
    assert bomb.outcome == "container"
    assert "broke off after 2 members: The archive unpacks to more than" in bomb.detail
    assert row_of(books, "moth.txt").outcome == "read"


def test_a_locked_member_has_a_row_of_its_own_with_the_reason_and_nothing_to_retry(
    stepper: Stepper, books: Books
):
    data = bytearray(zipped({"locked.txt": LANTERN, "open.txt": LANTERN + " Again."}))
    data[data.index(b"PK\x01\x02") + 8] |= 1
    stepper.drop("day.zip", bytes(data))

    stepper.settle(until=EXTRACT)

    locked = row_of(books, "locked.txt")
    assert (locked.state, locked.outcome, locked.sha256) == ("rejected", "rejected:unsupported", "")
    assert "password" in locked.detail
    assert row_of(books, "open.txt").outcome == "read"
    runtime = stepper.runtime
    with runtime.database.write() as connection:
        back = retry(runtime.work, connection, [RecordId(RecordKind.FILE, locked.id)])
    assert back.done == ()
