"""Subscriptions, acknowledgements and retries by hand, on both engines."""

import pytest
from sqlalchemy import select

from services.console.queries import RecordId, RecordKind, parse_id
from services.console.store import ack, remove_rule, retry, set_rule, subscribe, unsubscribe
from shared.broker import DELIVER_MESSAGES, EXTRACT_FILES, LINK_ARTICLES, MATCH_ARTICLES
from shared.errors import NewswatchError, SettingsError
from shared.runtime import Runtime
from shared.tables import (
    alerts,
    articles,
    channels,
    files,
    messages,
    rule_revisions,
    rules,
    subscriptions,
)
from tests.clocks import NOON, FixedClock
from tests.rows import (
    add_alert,
    add_article,
    add_channel,
    add_file,
    add_message,
    add_notification,
    add_rule,
    add_story,
    add_subscription,
)

TOPICS = ("law-of-the-sea",)


def _rows(runtime: Runtime, table):
    with runtime.database.read() as connection:
        return connection.execute(select(table).order_by(*table.primary_key.columns)).all()


def test_subscribing_to_a_topic_makes_its_rule_and_a_file_channel(
    frozen_runtime: Runtime, frozen_clock: FixedClock
):
    made = subscribe(
        frozen_runtime.database,
        "anna",
        topic="law-of-the-sea",
        channel="anna",
        make_file_channel=True,
        topics=TOPICS,
    )
    (rule,), (channel,) = _rows(frozen_runtime, rules), _rows(frozen_runtime, channels)
    (told,) = _rows(frozen_runtime, subscriptions)
    assert (rule.name, rule.query, rule.origin) == (
        "topic:law-of-the-sea",
        "topic:law-of-the-sea",
        "topic",
    )
    assert (channel.kind, channel.config) == ("file", {"name": "anna.jsonl"})
    assert (told.id, told.origin, told.active_from) == (made.subscription_id, "console", NOON)
    assert made.is_new


def test_new_subscription_raises_the_version_so_that_articles_in_flight_are_looked_at_again(
    frozen_runtime: Runtime, frozen_clock: FixedClock
):
    with frozen_runtime.database.write() as connection:
        add_rule(connection)
        add_channel(connection)
    now = frozen_clock.advance(seconds=60)
    subscribe(frozen_runtime.database, "desk", rule="bridges", channel="desk-file")
    (revision,) = _rows(frozen_runtime, rule_revisions)
    assert (revision.revision, revision.active_from) == (1, now)


def test_subscribing_again_changes_the_mode_and_keeps_the_time(
    frozen_runtime: Runtime, frozen_clock: FixedClock
):
    with frozen_runtime.database.write() as connection:
        add_rule(connection)
        add_channel(connection)
    subscribe(frozen_runtime.database, "desk", rule="bridges", channel="desk-file")
    frozen_clock.advance(seconds=60)
    again = subscribe(
        frozen_runtime.database, "desk", rule="bridges", channel="desk-file", mode="every"
    )
    assert not again.is_new
    (told,) = _rows(frozen_runtime, subscriptions)
    assert (told.mode, told.active_from) == ("every", NOON)


@pytest.mark.parametrize(
    ("options", "said"),
    [
        pytest.param({"rule": "bridge", "channel": "desk-file"}, "mean bridges", id="rule"),
        pytest.param({"rule": "bridges", "channel": "desk-fil"}, "mean desk-file", id="channel"),
        pytest.param({"topic": "law-of-sea", "channel": "desk-file"}, "law-of-the-sea", id="topic"),
        pytest.param({"channel": "desk-file"}, "a rule or a topic", id="neither"),
        pytest.param(
            {"rule": "bridges", "channel": "desk-file", "mode": "all"}, "mode 'all'", id="mode"
        ),
        pytest.param(
            {"rule": "bridges", "channel": "../x", "make_file_channel": True},
            "small letters",
            id="channel name",
        ),
    ],
)
def test_what_is_not_known_is_refused_and_nothing_is_written(runtime: Runtime, options, said: str):
    with runtime.database.write() as connection:
        add_rule(connection)
        add_channel(connection)
    with pytest.raises(SettingsError, match=said):
        subscribe(runtime.database, "desk", topics=TOPICS, **options)
    assert _rows(runtime, subscriptions) == []
    assert len(_rows(runtime, channels)) == 1


def test_subscription_of_the_rule_file_is_changed_only_there(runtime: Runtime):
    with runtime.database.write() as connection:
        add_subscription(connection, add_rule(connection), add_channel(connection))
    with pytest.raises(SettingsError, match="rule file"):
        subscribe(runtime.database, "desk", rule="bridges", channel="desk-file", mode="first")
    with pytest.raises(SettingsError, match="rule file"):
        unsubscribe(runtime.database, "desk", rule="bridges")
    assert [row.state for row in _rows(runtime, subscriptions)] == ["active"]


def test_unsubscribing_retires_and_subscribing_again_counts_from_then(
    frozen_runtime: Runtime, frozen_clock: FixedClock
):
    with frozen_runtime.database.write() as connection:
        add_rule(connection)
        add_channel(connection)
    subscribe(frozen_runtime.database, "desk", rule="bridges", channel="desk-file")
    (ended,) = unsubscribe(frozen_runtime.database, "desk", rule="bridges")
    assert (ended.rule, ended.channel, ended.still_told) == ("bridges", "desk-file", 0)
    assert [row.state for row in _rows(frozen_runtime, subscriptions)] == ["retired"]
    back = frozen_clock.advance(seconds=60)
    assert subscribe(frozen_runtime.database, "desk", rule="bridges", channel="desk-file").is_new
    assert [row.active_from for row in _rows(frozen_runtime, subscriptions)] == [back]


def _ask(runtime: Runtime, subscriber: str = "desk", channel: str = "desk-file", **what) -> int:
    made = subscribe(
        runtime.database,
        subscriber,
        channel=channel,
        make_file_channel=True,
        topics=TOPICS,
        **what,
    )
    return made.subscription_id


def test_unsubscribing_ends_one_channel_or_all_and_counts_what_is_still_told(runtime: Runtime):
    set_rule(runtime.database, "bridges", "bridge")
    first, _ = (
        _ask(runtime, rule="bridges"),
        _ask(runtime, rule="bridges", channel="other"),
    )
    with runtime.database.write() as connection:
        story, article = add_story(connection), add_article(connection)
        rule = connection.execute(select(rules.c.id)).scalar_one()
        add_notification(connection, first, add_alert(connection, rule, story), article, story)
    with pytest.raises(NewswatchError, match="by desk-file, other, not by paper"):
        unsubscribe(runtime.database, "desk", rule="bridges", channel="paper")

    (ended,) = unsubscribe(runtime.database, "desk", rule="bridges", channel="desk-file")
    assert (ended.subscription_id, ended.still_told) == (first, 1)
    (last,) = unsubscribe(runtime.database, "desk", rule="bridges")
    assert last.channel == "other"
    with pytest.raises(NewswatchError, match="is not subscribed to bridges, and has none"):
        unsubscribe(runtime.database, "desk", rule="bridges")


def test_rule_of_a_topic_goes_with_the_last_who_asked_for_it(runtime: Runtime):
    for subscriber in ("anna", "desk"):
        _ask(runtime, subscriber, topic="law-of-the-sea")

    unsubscribe(runtime.database, "anna", topic="law-of-the-sea")
    assert [row.state for row in _rows(runtime, rules)] == ["active"]
    unsubscribe(runtime.database, "desk", topic="law-of-the-sea")
    assert [row.state for row in _rows(runtime, rules)] == ["retired"]
    assert _rows(runtime, rule_revisions)[-1].state == "retired"
    _ask(runtime, "anna", topic="law-of-the-sea")
    assert [row.state for row in _rows(runtime, rules)] == ["active"]


def test_removing_a_rule_retires_it_and_ends_its_subscriptions(runtime: Runtime):
    set_rule(runtime.database, "bridges", "bridge")
    set_rule(runtime.database, "ferries", "ferry")
    _ask(runtime, rule="bridges")
    _ask(runtime, rule="ferries")

    gone = remove_rule(runtime.database, "bridges")

    assert [(each.subscriber, each.rule) for each in gone.ended] == [("desk", "bridges")]
    assert {row.name: row.state for row in _rows(runtime, rules)} == {
        "bridges": "retired",
        "ferries": "active",
    }
    assert [row.state for row in _rows(runtime, subscriptions)] == ["retired", "active"]
    assert _rows(runtime, rule_revisions)[-1].state == "retired"
    with pytest.raises(SettingsError, match="known: ferries"):
        remove_rule(runtime.database, "bridges")


@pytest.mark.parametrize(
    ("name", "origin", "said"),
    [("bridges", "file", "edit the file"), ("topic:sea", "topic", "unsubscribe SUBSCRIBER --to")],
)
def test_rule_of_a_file_or_topic_is_removed_where_it_comes_from(
    runtime: Runtime, name: str, origin: str, said: str
):
    with runtime.database.write() as connection:
        add_rule(connection, name, origin=origin)
    with pytest.raises(SettingsError, match=said):
        remove_rule(runtime.database, name)
    assert [row.state for row in _rows(runtime, rules)] == ["active"]


def test_first_channel_of_all_is_made_and_said(runtime: Runtime):
    set_rule(runtime.database, "bridges", "bridge")
    made = subscribe(runtime.database, "desk", rule="bridges", channel="paper")
    again = subscribe(runtime.database, "anna", rule="bridges", channel="paper")
    assert (made.made_channel, again.made_channel) == (True, False)
    assert made.channel.config == {"name": "paper.jsonl"}


def test_acknowledging_keeps_who_was_first_and_follows_folded_alerts(runtime: Runtime):
    with runtime.database.write() as connection:
        rule, other = add_rule(connection), add_rule(connection, "other")
        story, merged = add_story(connection), add_story(connection)
        alert = add_alert(connection, rule, story)
        folded = add_alert(connection, rule, merged, folded_into=alert)
        old = add_alert(connection, other, story, acked_at=NOON, acked_by="anna")
    found = ack(runtime.database, [folded, old, 999], "desk", "seen")
    assert (found.done, found.already, found.unknown) == ((alert,), (old,), (999,))
    by = {row.id: (row.acked_by, row.acked_note) for row in _rows(runtime, alerts)}
    assert by == {alert: ("desk", "seen"), folded: (None, None), old: ("anna", None)}


def test_retry_puts_dead_and_rejected_rows_back_and_says_what_to_ring(runtime: Runtime):
    with runtime.database.write() as connection:
        dead = add_file(connection, state="dead", died_in="received", last_error="x")
        empty = add_file(connection, state="rejected", outcome="rejected:empty", detail="0 bytes")
        article = add_article(connection, state="dead", died_in="extracted")
        matched = add_article(connection)
        message = add_message(
            connection,
            add_channel(connection),
            add_story(connection),
            state="dead",
            died_in="pending",
            tries_since=NOON,
        )
        wanted = [parse_id(f"f{dead}"), parse_id(f"f{empty}"), parse_id(f"m{message}")]
        wanted += [parse_id(f"a{article}"), parse_id(f"a{matched}")]
        report = retry(runtime.work, connection, wanted)
    assert (report.matched, set(report.done), report.refused) == (5, set(wanted), ())
    assert dict(report.rings) == {
        EXTRACT_FILES: (dead, empty),
        LINK_ARTICLES: (article,),
        MATCH_ARTICLES: (matched,),
        DELIVER_MESSAGES: (message,),
    }
    again = {row.id: row for row in _rows(runtime, files)}
    assert (again[empty].state, again[empty].outcome, again[empty].detail) == (
        "received",
        None,
        None,
    )
    assert [row.state for row in _rows(runtime, articles)] == ["extracted", "linked"]
    assert [row.tries_since for row in _rows(runtime, messages)] == [None]


def test_retry_says_why_an_id_was_left_alone(runtime: Runtime):
    with runtime.database.write() as connection:
        huge = add_file(connection, state="rejected", outcome="rejected:too_large", sha256="")
        fine = add_file(connection)
        ids = [
            RecordId(RecordKind.FILE, huge),
            RecordId(RecordKind.FILE, fine),
            RecordId(RecordKind.FILE, 999),
            RecordId(RecordKind.STORY, 1),
        ]
        report = retry(runtime.work, connection, ids)
    assert (report.matched, report.done, report.rings) == (2, (), ())
    whys = {refusal.id: refusal.why for refusal in report.refused}
    assert "too large" in whys[ids[0]]
    assert "state is read" in whys[ids[1]]
    assert whys[ids[2]] == "there is none"
    assert "are retried" in whys[ids[3]]
