"""Alerts, their ledger, files and traces as the console reads them, on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import Connection

from services.console.queries import (
    LedgerCounts,
    RecordKind,
    count_fates,
    get_alert,
    get_file,
    list_alerts,
    list_files,
    parse_id,
    trace,
)
from shared.errors import SettingsError
from shared.runtime import Runtime
from tests.clocks import NOON
from tests.rows import (
    add_alert,
    add_article,
    add_attempt,
    add_channel,
    add_file,
    add_link,
    add_match,
    add_message,
    add_notification,
    add_rule,
    add_story,
    add_subscription,
)

HOUR = timedelta(hours=1)


def _told_alert(connection: Connection) -> tuple[int, int, list[int], int]:
    """One article told to desk, a copy suppressed, a third planned; return the ids."""
    story, rule, channel = add_story(connection), add_rule(connection), add_channel(connection)
    desk = add_subscription(connection, rule, channel)
    alert = add_alert(connection, rule, story)
    ids = [
        add_article(connection, file=f"desk/{n}.txt", story_id=story, received_at=NOON + n * HOUR)
        for n in range(3)
    ]
    for article in ids:
        add_match(connection, rule, article)
    message = add_message(
        connection, channel, story, state="sent", sent_at=NOON, receipt="appended to desk-file"
    )
    add_attempt(connection, message, 1, outcome="timed_out", detail="no answer in 10 s")
    add_attempt(connection, message, 2, attempted_at=NOON + HOUR)
    add_notification(
        connection, desk, alert, ids[0], story, "told", message_id=message, told_at=NOON
    )
    add_notification(connection, desk, alert, ids[1], story, "suppressed")
    add_notification(connection, desk, alert, ids[2], story, "planned")
    return alert, story, ids, message


def test_alert_says_why_and_where_its_ledger_stands(runtime: Runtime):
    with runtime.database.write() as connection:
        alert, story, _, _ = _told_alert(connection)
        found = list_alerts(connection).rows[0]
    assert (found.id, found.rule, found.story_id) == (alert, "bridges", story)
    assert found.because == ('"bridge" (title)',)
    assert (found.story_title, found.article_count) == ("A bridge is opened", 3)
    assert found.ledger == LedgerCounts(told=1, planned=1, held=0, suppressed=1)


def test_open_alerts_leave_out_acknowledged_and_folded_ones(runtime: Runtime):
    with runtime.database.write() as connection:
        rule, other = add_rule(connection), add_rule(connection, "other")
        story, merged = add_story(connection), add_story(connection)
        alert = add_alert(connection, rule, story)
        add_alert(connection, other, story, acked_at=NOON, acked_by="anna")
        folded = add_alert(connection, rule, merged, folded_into=alert)
        assert [each.id for each in list_alerts(connection, open_only=True)] == [alert]
        assert list_alerts(connection).total == 2
        assert list_alerts(connection, rule="other").total == 1
        assert list_alerts(connection, story_id=story).total == 2
        detail = get_alert(connection, folded)
    assert detail is not None
    assert (detail.asked_id, detail.summary.id, detail.folded) == (folded, alert, (folded,))


def test_alert_tells_for_each_subscription_what_was_sent_when_and_why(runtime: Runtime):
    with runtime.database.write() as connection:
        alert, _, _, message = _told_alert(connection)
        found = get_alert(connection, alert)
    assert found is not None
    (desk,) = found.subscriptions
    told, suppressed, planned = desk.notifications
    assert (desk.subscriber, desk.channel, desk.mode) == ("desk", "desk-file", "new")
    assert told.message is not None
    assert (told.message.id, told.message.state) == (message, "sent")
    assert [each.outcome for each in told.message.attempts] == ["timed_out", "sent"]
    assert (suppressed.reason, suppressed.due_at) == ("copy_of_known", None)
    assert planned.due_at == NOON
    assert len(found.matches) == 3


@pytest.mark.parametrize(
    ("columns", "article", "fate"),
    [
        pytest.param({"state": "received"}, None, "waiting", id="not read yet"),
        pytest.param(
            {"state": "rejected", "outcome": "rejected:empty"}, None, "rejected:empty", id="empty"
        ),
        pytest.param(
            {"state": "dead", "died_in": "received"}, None, "dead", id="killed its reader"
        ),
        pytest.param({"outcome": "container"}, None, "container", id="container"),
        pytest.param({}, {"outcome": "revision"}, "revision", id="article"),
        pytest.param({}, {"outcome": None, "state": "extracted"}, "waiting", id="not linked yet"),
        pytest.param({}, {"state": "dead", "died_in": "linked"}, "dead", id="dead article"),
    ],
)
def test_every_file_has_a_fate(runtime: Runtime, columns, article, fate: str):
    with runtime.database.write() as connection:
        file = add_file(connection, **columns)
        if article is not None:
            add_article(connection, file_id=file, **article)
        (found,) = list_files(connection)
        assert found.fate == fate
        assert list_files(connection, fate=fate).total == 1
        assert list_files(connection, fate="exact_copy").total == 0
        assert count_fates(connection) == {fate: 1}


def test_container_shows_its_members_in_their_order(runtime: Runtime):
    with runtime.database.write() as connection:
        parent = add_file(connection, "feed.jsonl", outcome="container")
        members = [
            add_file(connection, f"feed.jsonl#{n}", parent_id=parent, member=n, origin="member")
            for n in (2, 1)
        ]
        found = get_file(connection, parent)
    assert found is not None
    assert [member.id for member in found.members] == members[::-1]


def test_files_are_found_by_a_part_of_their_name_taken_literally(runtime: Runtime):
    with runtime.database.write() as connection:
        add_file(connection, "100%.txt")
        add_file(connection, "1000.txt")
        assert [f.name for f in list_files(connection, name_contains="0%")] == ["100%.txt"]


@pytest.mark.parametrize("asked", ["0.txt", "desk/0.txt", "file", "article", "message"])
def test_trace_tells_the_whole_way_of_a_file(runtime: Runtime, asked: str):
    with runtime.database.write() as connection:
        _, _, ids, message = _told_alert(connection)
        names = {"article": f"a{ids[0]}", "message": f"m{message}"}
        file = list_files(connection, name_contains="0.txt").rows[0]
        page = trace(connection, names.get(asked, asked.replace("file", f"f{file.id}")))
    assert page.total == 1
    steps = page.rows[0].steps
    assert [step.step for step in steps] == [
        "taken",
        "read",
        "linked",
        "matched",
        "alert",
        "notification",
        "message",
        "attempt",
        "attempt",
        "sent",
    ]
    assert all(step.at is not None for step in steps)


@pytest.mark.parametrize("asked", ["story", "alert"])
def test_trace_of_a_story_or_alert_follows_every_file_behind_it(runtime: Runtime, asked: str):
    with runtime.database.write() as connection:
        alert, story, _, _ = _told_alert(connection)
        page = trace(connection, f"s{story}" if asked == "story" else f"al{alert}", limit=2)
    assert (page.total, page.cut) == (3, 1)


def test_trace_of_a_rejected_file_ends_with_the_reason(runtime: Runtime):
    with runtime.database.write() as connection:
        detail = "3 words; at least 5 are needed"
        add_file(connection, "x.txt", state="rejected", outcome="rejected:too_short", detail=detail)
        (found,) = trace(connection, "x.txt")
        assert trace(connection, "unknown.txt").total == 0
    assert found.steps[-1].words == f"rejected:too_short: {detail}"
    assert found.steps[-1].at == NOON


def test_trace_of_a_container_lists_its_members_with_their_fates(runtime: Runtime):
    with runtime.database.write() as connection:
        parent = add_file(connection, "feed.jsonl", outcome="container")
        member = {"parent_id": parent, "origin": "member"}
        short = add_file(
            connection,
            "feed.jsonl#2",
            member=2,
            state="rejected",
            outcome="rejected:too_short",
            detail="3 words",
            **member,
        )
        read = add_file(connection, "feed.jsonl#1", member=1, **member)
        article = add_article(connection, file_id=read)
        (found,) = trace(connection, f"f{parent}")
    assert [(step.step, str(step.id), step.words) for step in found.steps[1:]] == [
        ("container", f"f{parent}", "container"),
        ("member", f"f{read}", f"1, new as a{article}: A bridge is opened"),
        ("member", f"f{short}", "2, rejected:too_short: 3 words"),
    ]
    assert all(step.at == NOON for step in found.steps)


def test_trace_names_no_more_members_than_a_page_holds(
    runtime: Runtime, monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr("services.console.queries.files.MAX_MEMBERS", 2)
    with runtime.database.write() as connection:
        parent = add_file(connection, "feed.jsonl", outcome="container")
        for number in range(1, 6):
            add_file(connection, f"feed.jsonl#{number}", parent_id=parent, member=number)
        (found,) = trace(connection, f"f{parent}")
    assert len(found.steps) == 5
    assert found.steps[-1].words == "and 3 more members"


def test_trace_says_when_an_article_began_its_story_though_its_links_came_later(runtime: Runtime):
    later = NOON + timedelta(hours=1)
    with runtime.database.write() as connection:
        story = add_story(connection)
        first = add_article(connection, file="1.txt", story_id=story, development=1)
        second = add_article(connection, file="2.txt", story_id=story, development=2)
        add_link(connection, first, second, linked_at=later)
        lone = add_article(connection, file="3.txt", story_id=add_story(connection))
        at = {
            number: next(
                step.at
                for step in trace(connection, f"a{number}").rows[0].steps
                if step.step == "linked"
            )
            for number in (first, second, lone)
        }
    assert at == {first: NOON, second: later, lone: NOON}


@pytest.mark.parametrize(
    ("text", "kind", "number"),
    [
        ("f12", RecordKind.FILE, 12),
        ("a17", RecordKind.ARTICLE, 17),
        ("s3", RecordKind.STORY, 3),
        ("r4", RecordKind.RULE, 4),
        (" AL5 ", RecordKind.ALERT, 5),
        ("m6", RecordKind.MESSAGE, 6),
    ],
)
def test_ids_are_read_as_people_write_them(text: str, kind: RecordKind, number: int):
    found = parse_id(text)
    assert (found.kind, found.number) == (kind, number)
    assert str(found) == text.strip().lower()


@pytest.mark.parametrize("text", ["", "12", "f", "x3", "f-1", "f١٢", "a1a", "f" + "9" * 30])
def test_what_is_no_id_is_refused_with_an_example(text: str):
    with pytest.raises(SettingsError, match="f12"):
        parse_id(text)
