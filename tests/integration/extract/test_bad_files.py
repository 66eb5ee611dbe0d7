"""Bad files: each its named end, and none stops another."""

import json
import sys
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlalchemy import select

from services.extract.outcome import Reading, ReadRequest, Reason, Rejection
from services.extract.sandbox import Sandbox
from shared.steps import EXTRACT
from shared.tables import articles
from tests.clocks import FixedClock
from tests.e2e.books import Books
from tests.e2e.corpus import LANTERN, QUARRY, QUARRY_TITLE, record, report
from tests.e2e.stepping import Stepper


def _file(books: Books, name: str):
    return next(row for row in books.files() if Path(row.name).name == name)


@pytest.mark.parametrize(
    ("content", "fate"),
    [
        pytest.param(b"", "rejected:empty", id="empty"),
        pytest.param(b"   \n\t", "rejected:empty", id="only-blanks"),
        pytest.param(b"Only three words", "rejected:too_short", id="three-words"),
        pytest.param(b"\x7fELF\x02\x01\x01" + bytes(range(256)) * 8, None, id="binary"),
        pytest.param(b"\xff\xfe\x00\xd8" * 50, None, id="lone-surrogates"),
        pytest.param(b'{"title": "Nothing else"}', "rejected:no_text", id="record-without-text"),
        pytest.param(b'{"title": "Broken', None, id="broken-json"),
        pytest.param(b"%PDF-1.7\n" + b"\xe2\xe3\xcf\xd3" * 30, "rejected:malformed", id="pdf"),
        pytest.param(b"PK\x03\x04" + b"\x00" * 60, "rejected:malformed", id="zip"),
    ],
)
def test_bad_content_is_rejected_by_name_and_its_neighbour_is_read(
    stepper: Stepper, books: Books, content: bytes, fate: str | None
):
    stepper.drop("bad.txt", content)
    stepper.drop("good.txt", f"Lantern moth returns\n\n{LANTERN}")

    stepper.settle(until=EXTRACT)

    found = books.fates()
    assert found["good.txt"] == "read"
    assert (found["bad.txt"] or "").startswith("rejected:")
    assert fate is None or found["bad.txt"] == fate
    assert _file(books, "bad.txt").detail


@pytest.mark.parametrize(
    "large",
    [
        pytest.param({"text": "The mayor opened a bridge today. " * 90_000}, id="text"),
        pytest.param({"title": "T" * 3_000_000}, id="title"),
    ],
)
def test_an_article_of_three_megabytes_is_rejected_and_its_neighbour_goes_on(
    stepper: Stepper, books: Books, large: dict[str, str]
):
    stepper.drop("large.json", json.dumps({"title": QUARRY_TITLE, "text": QUARRY} | large))
    stepper.drop("good.txt", f"Lantern moth returns\n\n{LANTERN}")

    stepper.settle()

    assert books.fates() == {"large.json": "rejected:too_large", "good.txt": "read"}
    assert "Split it and drop the parts." in _file(books, "large.json").detail
    assert books.article("good.txt").state == "matched"


@pytest.mark.parametrize(
    "hostile",
    [
        pytest.param({"title": "Nul \x00 in the title"}, id="nul-in-title"),
        pytest.param({"text": QUARRY + "\x00\x00 the end"}, id="nul-in-text"),
        pytest.param({"text": QUARRY + " \ud83d alone"}, id="lone-surrogate-in-text"),
        pytest.param({"id": "\x00\udc00"}, id="nul-in-id"),
        pytest.param({"outlet": "O" * 20_000}, id="outlet-of-20000-letters"),
        pytest.param({"author": ["A" * 5000] * 100}, id="hundred-long-authors"),
        pytest.param({"language": "a language with a very long name indeed"}, id="long-language"),
        pytest.param({"published": "0001-01-01T00:00:00+14:00"}, id="date-before-time"),
        pytest.param({"published": "9999-12-31T23:59:59-14:00"}, id="date-after-time"),
        pytest.param({"published": "262143-01-01"}, id="date-beyond-calendars"),
        pytest.param({"title": "T" * 300_000}, id="title-of-300000-letters"),
        pytest.param({"text": f"{QUARRY} {'Q' * 9000} {'z' * 9000}"}, id="words-of-9000-letters"),
        pytest.param({"url": "https://example.org/" + "u" * 50_000}, id="long-address"),
    ],
)
def test_hostile_values_are_stored_or_rejected_but_never_kill_a_row(
    stepper: Stepper, books: Books, hostile: dict[str, object]
):
    fields = {"title": QUARRY_TITLE, "text": QUARRY} | hostile
    stepper.drop("hostile.json", json.dumps(fields))

    stepper.settle()

    row = _file(books, "hostile.json")
    assert row.state in {"read", "rejected"}, row.last_error
    assert {found.state for found in books.rows(select(articles))} <= {"matched"}


def test_two_copies_of_a_very_long_text_are_related_not_refused(stepper: Stepper, books: Books):
    book = "\n\n".join(report(number)[1] for number in range(100))
    stepper.drop("book.txt", f"A very long book\n\n{book}")
    stepper.drop("copy.txt", f"A very long book\n\n{book}", outlet="other")

    stepper.settle()

    assert {found.last_error for found in books.rows(select(articles))} == {None}
    assert books.relations() == {frozenset({"book.txt", "copy.txt"}): "exact"}


CRASH = b"this one brings its reader down "


class CrashesOn(Sandbox):
    """Answers as the sandbox does when its child ends on a file."""

    def read(self, data: bytes, request: ReadRequest) -> Reading:
        if CRASH in data:
            why = Rejection(Reason.CRASHED, "The reading process ended on this file (signal 11).")
            return Reading("unknown", rejection=why)
        return super().read(data, request)


@pytest.fixture
def new_batch(stepper: Stepper, tmp_path: Path) -> Iterator[Callable[..., Stepper]]:
    """Make a stepper that reads in a child with limits: `new_batch(time_seconds=0.5)`."""
    made: list[Sandbox] = []

    def make(**limits: Any) -> Stepper:
        made.append(CrashesOn(**limits))
        return Stepper(stepper.runtime, tmp_path / "batch", sandbox=made[-1])

    yield make
    for sandbox in made:
        sandbox.close()


def test_a_page_that_hangs_its_parser_or_crashes_the_child_costs_its_neighbours_nothing(
    books: Books, new_batch: Callable[..., Stepper]
):
    paragraphs = "".join(f"<p>Paragraph {n} has some words in it.</p>" for n in range(80_000))
    batch = new_batch(time_seconds=0.75)
    batch.drop("1.txt", f"Lantern moth returns\n\n{LANTERN}")
    batch.drop("hangs.html", f"<html><body>{paragraphs}</body></html>")
    batch.drop("2.json", record(QUARRY_TITLE, QUARRY))
    batch.drop("crashes.txt", CRASH * 10)
    batch.drop("3.json", record(*report(3)))

    batch.settle(until=EXTRACT)

    assert books.fates() == {
        "1.txt": "read",
        "hangs.html": "rejected:timed_out",
        "2.json": "read",
        "crashes.txt": "rejected:crashed",
        "3.json": "read",
    }


@pytest.mark.skipif(sys.platform != "linux", reason="only Linux holds the limit of address space")
def test_a_file_that_bloats_its_reader_costs_its_neighbours_nothing(
    books: Books, new_batch: Callable[..., Stepper]
):
    batch = new_batch(memory_bytes=330_000_000)
    batch.drop("1.txt", f"Lantern moth returns\n\n{LANTERN}")
    batch.drop("bloats.txt", "The mayor opened a bridge over the harbour. " * 400_000)
    batch.drop("2.json", record(QUARRY_TITLE, QUARRY))

    batch.settle(until=EXTRACT)

    assert books.fates() == {
        "1.txt": "read",
        "bloats.txt": "rejected:out_of_memory",
        "2.json": "read",
    }


def test_an_original_that_is_gone_postpones_its_file_without_an_attempt(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    stepper.drop("wire.json", record(QUARRY_TITLE, QUARRY))
    stepper.drop("moth.txt", f"Lantern moth returns\n\n{LANTERN}")
    archive = stepper.runtime.settings.archive_dir
    (original,) = (
        path for path in archive.rglob(_file(books, "wire.json").sha256) if path.is_file()
    )
    original.rename(tmp := original.with_name("elsewhere"))
    for _ in range(7):
        stepper.settle(until=EXTRACT)
        frozen_clock.advance(seconds=6)

    assert books.fates() == {"wire.json": "received", "moth.txt": "read"}
    assert _file(books, "wire.json").attempts == 0

    tmp.rename(original)
    frozen_clock.advance(seconds=6)
    stepper.settle(until=EXTRACT)
    assert books.fates() == {"wire.json": "read", "moth.txt": "read"}
