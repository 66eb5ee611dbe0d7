"""Files at the step of reading: each has its named end, whatever its neighbours in the batch do."""

import logging
from collections.abc import Generator
from datetime import date
from pathlib import Path

import pytest
from sqlalchemy import select

from services.console.queries.ids import RecordId, RecordKind
from services.console.store import retry
from services.extract.outcome import Member, Reading, ReadRequest
from shared.steps import EXTRACT
from shared.tables import article_fingerprints, articles, files
from tests.clocks import FixedClock
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.corpus import QUARRY, QUARRY_TITLE, record, report
from tests.e2e.stepping import ReadsHere, Stepper

Members = Generator[Member, None, tuple[str, ...]]
POISON = "this one poisons its reader "


class Killed(BaseException):
    """The worker is gone: nothing after this point happened."""


class KilledAt(ReadsHere):
    """A worker that dies with the member *place* of a container in its hands."""

    def __init__(self, place: int) -> None:
        super().__init__()
        self.place = place

    def members(self, data: bytes, request: ReadRequest, skip: int = 0) -> Members:
        for place, member in enumerate(super().members(data, request, skip), skip + 1):
            if place == self.place:
                raise Killed
            yield member
        return ()


class Poisoned(ReadsHere):
    """Has a bug that one file finds."""

    def read(self, data: bytes, request: ReadRequest) -> Reading:
        if POISON.encode() in data:
            raise ZeroDivisionError("a bug of ours")
        return super().read(data, request)


def _feed(count: int) -> str:
    return "\n".join(
        record(*report(number), outlet="Depot News", id=f"d-{number}") for number in range(count)
    )


def _file(books: Books, name: str):
    return next(row for row in books.files() if Path(row.name).name == name)


def test_a_container_becomes_one_file_and_one_article_a_record(stepper: Stepper, books: Books):
    stepper.drop("feed.jsonl", _feed(250), outlet="depot-news")

    stepper.settle(until=EXTRACT)

    fates = books.fates()
    assert fates.pop("feed.jsonl") == "container"
    assert list(fates.values()) == ["read"] * 250
    members = books.rows(select(files.c.member).where(files.c.parent_id.is_not(None)))
    assert sorted(row.member for row in members) == list(range(1, 251))
    ids = {row.external_id for row in books.rows(select(articles.c.external_id))}
    assert ids == {f"d-{number}" for number in range(250)}


def test_what_a_container_passes_over_is_said_in_its_fate(stepper: Stepper, books: Books):
    mail = (
        "From: Ann Lee <ann@example.org>\nSubject: Two papers\nMIME-Version: 1.0\n"
        "Content-Type: multipart/mixed; boundary=b\n\n"
        "--b\nContent-Type: image/png; name=map.png\n\nx\n"
        "--b\nContent-Type: text/plain\nContent-Disposition: attachment; filename=quarry.txt\n\n"
        f"{QUARRY_TITLE}\n\n{QUARRY}\n--b--\n"
    )
    stepper.drop("letter.eml", mail)

    stepper.settle(until=EXTRACT)

    assert books.fates() == {"letter.eml": "container", "letter.eml#2-quarry.txt": "read"}
    assert "map.png" in (_file(books, "letter.eml").detail or "")


def test_every_file_is_logged_in_one_short_line_with_its_end(
    stepper: Stepper, books: Books, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.INFO, "newswatch.extract")
    stepper.drop("quarry.txt", f"{QUARRY_TITLE} {'so ' * 100}\x1b[31m\n\n{QUARRY}\n")
    stepper.drop("stub.txt", "Too short")
    stepper.drop("feed.jsonl", _feed(3))

    stepper.settle(until=EXTRACT)

    lines = [record.getMessage() for record in caplog.records if record.name == "newswatch.extract"]
    number = {Path(row.name).name: row.id for row in books.files()}
    read = next(line for line in lines if "quarry.txt" in line)
    stub = next(line for line in lines if "stub.txt" in line)
    assert read.startswith(f"read f{number['quarry.txt']} quarry.txt: a")
    assert f': a{books.rows(select(articles.c.id))[0].id} "{QUARRY_TITLE}' in read
    assert len(read) < 160
    assert stub.startswith(f"rejected f{number['stub.txt']} stub.txt: too_short: ")
    assert stub.endswith(".")
    assert f"read f{number['feed.jsonl']} feed.jsonl: container of 3" in lines
    assert all(line.isprintable() for line in lines)
    assert len(lines) == 6


def test_what_was_read_before_a_container_does_not_wait_for_its_members(
    stepper: Stepper, books: Books, tmp_path: Path
):
    seen: list[str | None] = []

    class LooksAround(ReadsHere):
        def members(self, data: bytes, request: ReadRequest, skip: int = 0) -> Members:
            seen.append(books.fates()["wire.json"])
            return super().members(data, request, skip)

    batch = Stepper(stepper.runtime, tmp_path / "batch", sandbox=LooksAround())
    ids = [
        batch.drop("wire.json", record(QUARRY_TITLE, QUARRY)),
        batch.drop("feed.jsonl", _feed(2)),
    ]

    batch.work(EXTRACT, ids)

    assert seen == ["read"]


def test_fingerprints_carry_the_day_on_which_their_article_arrived(stepper: Stepper, books: Books):
    stepper.drop("wire.json", record(QUARRY_TITLE, QUARRY, published="2020-05-05"))

    stepper.settle(until=EXTRACT)

    arrived_on = books.article("wire.json").received_at.date()
    days = {row.day for row in books.rows(select(article_fingerprints.c.day))}
    assert days == {(arrived_on - date(1970, 1, 1)).days}


@pytest.mark.parametrize("place", [1, 130])
def test_a_worker_killed_in_a_container_leaves_no_member_doubled_or_missing(
    new_runtime: NewRuntime, frozen_clock: FixedClock, tmp_path: Path, place: int
):
    runtime = new_runtime(clock=frozen_clock)
    dying = Stepper(runtime, tmp_path / "dying", sandbox=KilledAt(place))
    file_id = dying.drop("feed.jsonl", _feed(250))
    with pytest.raises(Killed):
        dying.work(EXTRACT, [file_id])
    books = Books(runtime.database)
    assert _file(books, "feed.jsonl").state == "received"

    alive = Stepper(runtime, tmp_path / "alive")
    alive.work(EXTRACT, [file_id])
    assert _file(books, "feed.jsonl").state == "received"
    frozen_clock.advance(seconds=61)
    alive.settle(until=EXTRACT)

    assert _file(books, "feed.jsonl").outcome == "container"
    members = books.rows(select(files).where(files.c.parent_id.is_not(None)))
    assert sorted(row.member for row in members) == list(range(1, 251))
    assert len({row.sha256 for row in members}) == 250


def test_a_container_taken_over_in_the_middle_is_ended_by_its_new_holder_alone(
    stepper: Stepper, books: Books, frozen_clock: FixedClock, tmp_path: Path
):
    class SlowerThanItsLease(ReadsHere):
        def members(self, data: bytes, request: ReadRequest, skip: int = 0) -> Members:
            for place, member in enumerate(super().members(data, request, skip), skip + 1):
                if place == 150:
                    frozen_clock.advance(seconds=61)
                    stepper.settle(until=EXTRACT)
                yield member
            return ()

    slow = Stepper(stepper.runtime, tmp_path / "slow", sandbox=SlowerThanItsLease())
    file_id = slow.drop("feed.jsonl", _feed(250))

    slow.work(EXTRACT, [file_id])

    assert _file(books, "feed.jsonl").outcome == "container"
    assert len(books.rows(select(articles.c.id))) == 250


def test_a_late_orphan_writes_nothing(
    stepper: Stepper, books: Books, frozen_clock: FixedClock, tmp_path: Path
):
    class SlowerThanItsLease(ReadsHere):
        def read(self, data: bytes, request: ReadRequest) -> Reading:
            frozen_clock.advance(seconds=61)
            stepper.settle(until=EXTRACT)
            return super().read(data, request)

    slow = Stepper(stepper.runtime, tmp_path / "slow", sandbox=SlowerThanItsLease())
    file_id = slow.drop("wire.json", record(QUARRY_TITLE, QUARRY))

    slow.work(EXTRACT, [file_id])

    assert len(books.rows(select(articles.c.id))) == 1
    assert _file(books, "wire.json").attempts == 0


def test_one_row_lost_from_a_batch_costs_its_neighbours_nothing(
    stepper: Stepper, books: Books, frozen_clock: FixedClock, tmp_path: Path
):
    """Another worker finishes the second of three files while we hold the batch."""
    ids: list[int] = []

    class LosesTheSecond(ReadsHere):
        def read(self, data: bytes, request: ReadRequest) -> Reading:
            if request.name.endswith("2.json"):
                with stepper.runtime.database.write() as connection:
                    stepper.runtime.work.move(
                        connection, files, ids[1:2], states=["received"], to="received"
                    )
                stepper.work(EXTRACT, ids[1:2])
            return super().read(data, request)

    batch = Stepper(stepper.runtime, tmp_path / "batch", sandbox=LosesTheSecond())
    ids += [batch.drop(f"{n}.json", record(*report(n))) for n in (1, 2, 3)]

    batch.work(EXTRACT, ids)

    assert books.fates() == {"1.json": "read", "2.json": "read", "3.json": "read"}
    assert len(books.rows(select(articles.c.id))) == 3


def test_a_file_that_finds_a_bug_dies_alone_with_its_traceback_and_can_be_retried(
    new_runtime: NewRuntime, frozen_clock: FixedClock, tmp_path: Path
):
    runtime = new_runtime(clock=frozen_clock)
    stepper = Stepper(runtime, tmp_path, sandbox=Poisoned())
    for number in (1, 2, 3):
        stepper.drop(f"{number}.json", record(*report(number)))
    stepper.drop("poison.txt", POISON * 20)

    for _ in range(5):
        stepper.settle(until=EXTRACT)
        frozen_clock.advance(seconds=301)
    stepper.settle(until=EXTRACT)

    books = Books(runtime.database)
    assert books.fates() == {
        "1.json": "read",
        "2.json": "read",
        "3.json": "read",
        "poison.txt": "dead",
    }
    dead = _file(books, "poison.txt")
    assert (dead.attempts, dead.died_in) == (5, "received")
    assert "ZeroDivisionError: a bug of ours" in dead.last_error
    assert "Traceback" in dead.last_error

    with runtime.database.write() as connection:
        back = retry(runtime.work, connection, [RecordId(RecordKind.FILE, dead.id)])
    assert len(back.done) == 1
    mended = Stepper(runtime, tmp_path / "mended")
    mended.settle(until=EXTRACT)
    assert books.fates()["poison.txt"] == "read"
