"""The books: they balance for a sound database, and each fault is named; on both engines."""

from datetime import timedelta
from io import BytesIO

import pytest
from sqlalchemy import Connection, update

from services.console.audit import AuditLine, AuditReport, audit
from services.console.queries import RecordId, RecordKind
from shared.runtime import Runtime
from shared.tables import files, messages, stories, story_events
from tests.clocks import NOON
from tests.rows import (
    add_alert,
    add_article,
    add_channel,
    add_event,
    add_file,
    add_match,
    add_message,
    add_notification,
    add_rule,
    add_story,
    add_subscription,
)

BOOKS = {
    "files": "every dropped file has a fate",
    "containers": "every container has its members",
    "stories": "every linked article has a story",
    "ledger": "every match is answered for everyone entitled",
    "told": "who was told has a message that was sent",
    "alerts": "a rule has one alert for each story",
}


def _line(report: AuditReport, book: str) -> AuditLine:
    return next(line for line in report.lines if line.name.startswith(BOOKS.get(book, book)))


def _named(line: AuditLine) -> list[tuple[str, ...]]:
    return [tuple(str(record) for record in each.ids) for each in line.differences]


def _fill(connection: Connection) -> dict[str, int]:
    """One of everything that may be, all in order; return the ids by what they are."""
    story, rule, channel = add_story(connection), add_rule(connection), add_channel(connection)
    told, copy = (add_article(connection, story_id=story) for _ in range(2))
    add_match(connection, rule, told)
    add_match(connection, rule, copy)
    desk = add_subscription(connection, rule, channel)
    # Asked for after the articles came, and no more: neither is entitled.
    add_subscription(connection, rule, channel, "late", active_from=NOON + timedelta(seconds=1))
    add_subscription(connection, rule, channel, "gone", state="retired")
    alert = add_alert(connection, rule, story)
    message = add_message(connection, channel, story, state="sent", sent_at=NOON)
    notification = add_notification(
        connection, desk, alert, told, story, "told", message_id=message, told_at=NOON
    )
    add_notification(connection, desk, alert, copy, story, "suppressed")
    feed = add_file(connection, "feed.jsonl", outcome="container")
    for place in (1, 2):
        member = add_file(connection, "m", parent_id=feed, member=place, origin="member")
        add_article(connection, file_id=member, story_id=story)
    add_file(connection, state="received")
    add_file(connection, state="rejected", outcome="rejected:empty")
    add_file(connection, state="dead", died_in="received")
    add_article(connection, state="extracted", outcome=None)
    return {
        "story": story,
        "rule": rule,
        "desk": desk,
        "alert": alert,
        "message": message,
        "channel": channel,
        "told": told,
        "notification": notification,
        "feed": feed,
    }


@pytest.fixture
def filled(runtime: Runtime) -> dict[str, int]:
    with runtime.database.write() as connection:
        return _fill(connection)


def _audit(runtime: Runtime) -> AuditReport:
    return audit(runtime, verify_originals="none")


def test_books_of_a_sound_database_balance(runtime: Runtime, filled: dict[str, int]):
    report = _audit(runtime)
    assert [line.words for line in report.lines] == [
        "8 files without members = 5 articles + 1 rejected + 1 dead + 1 waiting",
        "1 container = 1 with all its members",
        "4 linked articles = 4 in a story",
        "2 matches × entitled subscriptions = 1 told + 1 suppressed",
        "1 told = 1 with a sent message",
        "1 alert = 1 rule with a story + 0 waiting to be folded",
    ]
    assert report.ok


def test_books_of_an_empty_database_balance(runtime: Runtime):
    report = audit(runtime)

    assert report.ok
    assert report.lines[1].words == "no containers"


def test_read_file_without_article_is_named(runtime: Runtime, filled: dict[str, int]):
    with runtime.database.write() as connection:
        lost = add_file(connection)
    line = _line(_audit(runtime), "files")
    assert not line.ok
    assert _named(line) == [(f"f{lost}",)]
    assert line.differences[0].mend == f"newswatch trace f{lost}"


def test_rejected_file_with_an_article_is_named_though_the_sums_may_agree(runtime: Runtime):
    with runtime.database.write() as connection:
        twice = add_file(connection, state="rejected", outcome="rejected:empty")
        story = add_story(connection)
        add_article(connection, file_id=twice, story_id=story)
        lost = add_file(connection)
    line = _line(_audit(runtime), "files")
    assert line.left[1] == sum(count for _, count in line.right)
    assert not line.ok
    assert _named(line) == [(f"f{twice}",), (f"f{lost}",)]


def test_container_with_a_gap_in_its_members_is_named(runtime: Runtime, filled: dict[str, int]):
    with runtime.database.write() as connection:
        add_file(connection, "m", parent_id=filled["feed"], member=4, state="received")
        empty = add_file(connection, outcome="container")
    line = _line(_audit(runtime), "containers")
    assert _named(line) == [(f"f{filled['feed']}",), (f"f{empty}",)]


def test_article_without_a_story_or_in_a_circle_of_them_is_named(
    runtime: Runtime, filled: dict[str, int]
):
    with runtime.database.write() as connection:
        first = add_story(connection)
        second = add_story(connection, merged_into=first)
        connection.execute(update(stories).where(stories.c.id == first).values(merged_into=second))
        alone = add_article(connection)
        circling = add_article(connection, story_id=first)
    line = _line(_audit(runtime), "stories")
    assert _named(line) == [(f"a{alone}",), (f"a{circling}", f"s{first}")]


def test_match_without_a_ledger_row_is_named_with_what_mends_it(
    runtime: Runtime, filled: dict[str, int]
):
    with runtime.database.write() as connection:
        other = add_rule(connection, "other")
        add_subscription(connection, other, filled["channel"])
        add_match(connection, other, filled["told"])
    line = _line(_audit(runtime), "ledger")
    assert _named(line) == [(f"a{filled['told']}", f"r{other}")]
    assert line.differences[0].mend == f"newswatch retry a{filled['told']}"
    assert line.difference_count == 1


def test_match_that_could_not_be_decided_or_waits_needs_no_row(
    runtime: Runtime, filled: dict[str, int]
):
    with runtime.database.write() as connection:
        waiting = add_article(connection, story_id=filled["story"], state="linked")
        undecided = add_article(connection, story_id=filled["story"])
        add_match(connection, filled["rule"], waiting)
        add_match(connection, filled["rule"], undecided, outcome="undecided")
    assert _audit(runtime).ok


def test_ledger_row_without_a_match_is_named(runtime: Runtime, filled: dict[str, int]):
    with runtime.database.write() as connection:
        article = add_article(connection, story_id=filled["story"])
        row = add_notification(
            connection, filled["desk"], filled["alert"], article, filled["story"], "suppressed"
        )
    assert _named(_line(_audit(runtime), "ledger")) == [(f"n{row}", f"al{filled['alert']}")]


@pytest.mark.parametrize("state", ["pending", "dead"])
def test_told_row_whose_message_was_not_sent_is_named(
    runtime: Runtime, filled: dict[str, int], state: str
):
    with runtime.database.write() as connection:
        connection.execute(update(messages).values(state=state))
    line = _line(_audit(runtime), "told")
    assert _named(line) == [(f"n{filled['notification']}", f"m{filled['message']}")]


def test_gathered_row_without_a_message_is_named(runtime: Runtime, filled: dict[str, int]):
    with runtime.database.write() as connection:
        article = add_article(connection, story_id=filled["story"])
        add_match(connection, filled["rule"], article)
        row = add_notification(
            connection, filled["desk"], filled["alert"], article, filled["story"], "gathered"
        )
    assert _named(_line(_audit(runtime), "told")) == [(f"n{row}",)]


def test_second_alert_for_one_root_is_named_unless_its_merge_still_waits(
    runtime: Runtime, filled: dict[str, int]
):
    with runtime.database.write() as connection:
        merged = add_story(connection, merged_into=filled["story"])
        second = add_alert(connection, filled["rule"], merged)
        event = add_event(connection, "merged", filled["story"], merged, state="pending")
    line = _line(_audit(runtime), "alerts")
    assert line.ok
    assert line.right[1] == ("waiting to be folded", 1)
    with runtime.database.write() as connection:
        connection.execute(
            update(story_events).where(story_events.c.id == event).values(state="applied")
        )
    line = _line(_audit(runtime), "alerts")
    assert _named(line) == [(f"al{filled['alert']}", f"al{second}")]


def test_folded_alert_does_not_count(runtime: Runtime, filled: dict[str, int]):
    with runtime.database.write() as connection:
        merged = add_story(connection, merged_into=filled["story"])
        add_alert(connection, filled["rule"], merged, folded_into=filled["alert"])
    assert _audit(runtime).ok


@pytest.mark.parametrize("verify", ["sample", "all"])
def test_missing_and_changed_originals_are_named(runtime: Runtime, verify):
    with runtime.database.write() as connection:
        ids = []
        for content in (b"sound", b"changed", b"gone"):
            stored = runtime.archive.put(BytesIO(content))
            ids.append(add_file(connection, state="received", sha256=stored.sha256))
        rows = dict(
            connection.execute(files.select().with_only_columns(files.c.id, files.c.sha256)).all()
        )
        # One that was too large was never taken: nothing of it is missing.
        add_file(connection, state="rejected", outcome="rejected:too_large", sha256="")
    runtime.archive.path(rows[ids[1]]).write_bytes(b"other")
    runtime.archive.path(rows[ids[2]]).unlink()
    report = audit(runtime, verify_originals=verify)
    line = report.lines[-1]
    assert line.left[1] == 3
    assert {record for each in line.differences for record in each.ids} == {
        RecordId(RecordKind.FILE, ids[1]),
        RecordId(RecordKind.FILE, ids[2]),
    }
    assert {each.words.rpartition(" ")[2] for each in line.differences} == {"changed", "missing"}
