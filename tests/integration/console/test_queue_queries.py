"""What waits and what gave up, in words, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy.exc import IntegrityError

from services.console.queries import dead, queues
from services.console.queries.queues import MAX_IDS, all_dead, error_signature
from shared.attempts import in_words
from shared.runtime import Runtime
from tests.clocks import NOON
from tests.rows import add_article, add_channel, add_file, add_message, add_story, add_worker


def _headline(runtime: Runtime, now=NOON) -> str:
    with runtime.database.read() as connection:
        return queues(connection, now).headline


def test_quiet_system_says_so(runtime: Runtime):
    with runtime.database.write() as connection:
        add_worker(connection, "extract")
    assert _headline(runtime) == "Keeping up. Nothing waits."


def test_headline_names_the_oldest_wait_while_it_is_short(runtime: Runtime):
    with runtime.database.write() as connection:
        add_file(connection, state="received", next_attempt_at=NOON - timedelta(seconds=1.2))
        add_worker(connection, "extract")
    assert _headline(runtime) == "Keeping up. Oldest waiting 1.2 s."


def test_headline_names_the_step_that_is_behind_and_its_live_workers(runtime: Runtime):
    with runtime.database.write() as connection:
        add_file(connection, state="received", next_attempt_at=NOON - timedelta(minutes=14))
        add_article(connection, state="extracted", next_attempt_at=NOON - timedelta(seconds=30))
        add_worker(connection, "extract", seen_at=NOON - timedelta(seconds=21))
        add_worker(connection, "link", seen_at=NOON - timedelta(seconds=19))
    assert (
        _headline(runtime) == "extract is 14 min behind: 0 workers; link is 30 s behind: 1 worker"
    )


def test_nobody_running_is_not_keeping_up(runtime: Runtime):
    with runtime.database.write() as connection:
        add_worker(connection, "console")
        report = queues(connection, NOON)
        add_file(connection, state="received", next_attempt_at=NOON - timedelta(seconds=30))
        behind = queues(connection, NOON)
    assert (report.headline, report.is_keeping_up) == ("No worker is live. Nothing waits.", False)
    assert behind.headline == "No worker is live. extract is 30 s behind: 0 workers"


def test_every_step_is_counted_with_the_workers_of_its_queue(runtime: Runtime):
    with runtime.database.write() as connection:
        add_worker(connection, "alert")
        report = queues(connection, NOON)
    assert [(each.backlog.step, each.live_workers) for each in report.steps] == [
        ("extract", 0),
        ("link", 0),
        ("match", 1),
        ("apply", 1),
        ("gather", 0),
        ("deliver", 0),
    ]
    assert report.is_keeping_up
    assert [worker.role for worker in report.workers] == ["alert"]


def test_dead_rows_are_grouped_by_what_killed_them(runtime: Runtime):
    with runtime.database.write() as connection:
        columns = {"state": "dead", "died_in": "received"}
        ids = [
            add_file(connection, last_error=f"ValueError: byte {n}\nTraceback\n  x", **columns)
            for n in range(3)
        ]
        channel, story = add_channel(connection), add_story(connection)
        add_message(
            connection, channel, story, state="dead", died_in="pending", last_error="gone (410)"
        )
        first, second = dead(connection)
    assert (first.kind, first.died_in, first.count) == ("f", "received", 3)
    assert first.signature == "ValueError: byte N"
    assert [record.number for record in first.ids] == ids[::-1]
    assert first.example.startswith("ValueError: byte 2\n")
    assert (second.kind, second.signature) == ("m", "gone (N)")


def test_all_that_is_dead_is_named_beyond_what_is_shown(runtime: Runtime):
    with runtime.database.write() as connection:
        ids = [add_file(connection, state="dead", died_in="received") for _ in range(MAX_IDS + 1)]
        add_file(connection)
        (shown,) = dead(connection)
        found = list(all_dead(connection))
    assert (shown.count, len(shown.ids)) == (MAX_IDS + 1, MAX_IDS)
    assert {(record.kind, record.number) for record in found} == {("f", each) for each in ids}


@pytest.mark.parametrize(
    ("error", "signature"),
    [
        pytest.param("OSError: 'a.txt' missing", "OSError: '…' missing", id="quoted"),
        pytest.param("at 0x7f3a in 12 tries", "at N in N tries", id="numbers"),
        pytest.param("first\nlast\n", "first", id="first line"),
        pytest.param("short … (99 more characters)", "short", id="cut"),
        pytest.param("short … (99 more characters)\nlast", "short", id="cut first line"),
        pytest.param("", "", id="empty"),
    ],
)
def test_signature_leaves_out_what_differs_from_case_to_case(error: str, signature: str):
    assert error_signature(error) == signature


def test_error_of_the_database_says_nothing_of_what_was_written(runtime: Runtime):
    with runtime.database.write() as connection:
        channel = add_channel(connection, "twice")
    with runtime.database.read() as connection, pytest.raises(IntegrityError) as raised:
        add_channel(connection, "other", id=channel, config={"secrets": ["whsec_open"]})
    said = in_words(raised.value)
    assert said.startswith("IntegrityError: ")
    assert "whsec_open" not in said
