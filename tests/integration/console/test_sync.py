"""Rule files carried out: what is written, what stays, what is refused; on both engines."""

from datetime import timedelta

import pytest
from sqlalchemy import select

from services.console.rule_file import parse_rule_file
from services.console.store import remove_rule, set_rule, subscribe, sync_rules
from shared.errors import SettingsError
from shared.runtime import Runtime
from shared.tables import channels, messages, rule_revisions, rule_set, rules, subscriptions
from tests.clocks import NOON, FixedClock
from tests.rows import add_message, add_rule, add_story, add_subscription

TOPICS = ("law-of-the-sea", "uxo-clearance")
CHANNEL = '[[channel]]\nname = "desk-file"\nkind = "file"\npath = "desk.jsonl"\n'
MIA = '[[rule]]\nname = "mia"\nquery = "MIA"\n'
UXO = '[[rule]]\nname = "uxo"\nquery = "UXO"\n'
ASKS_MIA = '[[subscription]]\nsubscriber = "desk"\nrule = "mia"\nchannel = "desk-file"\n'
ASKS_SEA = (
    '[[subscription]]\nsubscriber = "anna"\ntopic = "law-of-the-sea"\nchannel = "desk-file"\n'
)


def _sync(runtime: Runtime, *tables: str, **options):
    text = "schema = 1\n" + "\n".join(tables)
    return sync_rules(
        runtime.database, parse_rule_file(text, "watch_rules.toml", TOPICS), **options
    )


def _rows(runtime: Runtime, table):
    with runtime.database.read() as connection:
        return connection.execute(select(table).order_by(*table.primary_key.columns)).all()


def test_new_rules_count_from_now_and_have_a_version_each(
    frozen_runtime: Runtime, frozen_clock: FixedClock
):
    report = _sync(frozen_runtime, CHANNEL, MIA, UXO, ASKS_MIA)
    assert report.rules.created == ("mia", "uxo")
    assert report.channels.created == ("desk-file",)
    assert report.subscriptions.created == ("desk to mia by desk-file",)
    found = _rows(frozen_runtime, rules)
    assert [(r.name, r.origin, r.state, r.active_from) for r in found] == [
        ("mia", "file", "active", NOON),
        ("uxo", "file", "active", NOON),
    ]
    (version,) = [row.version for row in _rows(frozen_runtime, rule_set)]
    assert version == report.version
    versions = [row.version for row in _rows(frozen_runtime, rule_revisions)]
    assert versions == list(range(1, version + 1))
    (channel,) = _rows(frozen_runtime, channels)
    assert (channel.config, channel.state) == ({"name": "desk.jsonl"}, "on")
    (told,) = _rows(frozen_runtime, subscriptions)
    assert (told.mode, told.active_from, told.old_material) == ("new", NOON, False)


def test_second_sync_of_the_same_file_changes_nothing(
    frozen_runtime: Runtime, frozen_clock: FixedClock
):
    first = _sync(frozen_runtime, CHANNEL, MIA, ASKS_MIA, ASKS_SEA)
    before = [_rows(frozen_runtime, table) for table in (rules, channels, subscriptions)]
    frozen_clock.advance(seconds=60)
    again = _sync(frozen_runtime, CHANNEL, MIA, ASKS_MIA, ASKS_SEA, prune=True)
    assert (again.is_empty, again.diff, again.version) == (True, (), first.version)
    after = [_rows(frozen_runtime, table) for table in (rules, channels, subscriptions)]
    assert after == before


def test_changed_query_is_the_next_revision_and_is_published_as_of_now(
    frozen_runtime: Runtime, frozen_clock: FixedClock
):
    _sync(frozen_runtime, MIA)
    later = frozen_clock.advance(seconds=3600)
    report = _sync(frozen_runtime, MIA.replace('"MIA"', '"MIA OR POW"'))
    assert report.rules.changed == ("mia",)
    assert report.diff == ("rules", "  ~ mia", "      -MIA", "      +MIA OR POW")
    (rule,) = _rows(frozen_runtime, rules)
    # The rule keeps its time: what arrived before the change and waits is asked the new query.
    assert (rule.query, rule.revision, rule.active_from) == ("MIA OR POW", 2, NOON)
    revisions = _rows(frozen_runtime, rule_revisions)
    assert [(r.version, r.revision, r.query, r.active_from, r.published_at) for r in revisions] == [
        (1, 1, "MIA", NOON, NOON),
        (2, 2, "MIA OR POW", later, later),
    ]


@pytest.mark.parametrize("reason", ["410 Gone", None], ids=["by its receiver", "no reason"])
def test_channel_of_the_file_that_is_off_is_switched_on_and_its_messages_are_due(
    frozen_runtime: Runtime, frozen_clock: FixedClock, reason: str | None
):
    _sync(frozen_runtime, CHANNEL)
    (channel,) = _rows(frozen_runtime, channels)
    later = NOON + timedelta(hours=1)
    with frozen_runtime.database.write() as connection:
        connection.execute(channels.update().values(state="off", state_reason=reason))
        columns = {"state": "pending", "next_attempt_at": later}
        story = add_story(connection)
        add_message(connection, channel.id, story, tries_since=NOON, **columns)
        # A worker holds this one: taking it away would send it twice.
        add_message(connection, channel.id, story, lease_token="t", lease_until=later, **columns)
    now = frozen_clock.advance(seconds=60)
    report = _sync(frozen_runtime, CHANNEL)
    assert report.channels.changed == ("desk-file",)
    was_off = f"switched on; it was off: {reason or 'no reason was recorded'}"
    assert report.diff == ("channels", "  ~ desk-file", f"      {was_off}")
    assert [(c.state, c.state_reason) for c in _rows(frozen_runtime, channels)] == [("on", None)]
    waiting, held = _rows(frozen_runtime, messages)
    assert (waiting.state, waiting.next_attempt_at, waiting.tries_since) == ("pending", now, None)
    assert (held.lease_token, held.next_attempt_at) == ("t", later)
    assert _sync(frozen_runtime, CHANNEL).is_empty


def test_note_is_changed_without_a_new_revision(runtime: Runtime):
    first = _sync(runtime, MIA)
    report = _sync(runtime, MIA + 'note = "In capitals only."\n')
    assert report.rules.changed == ("mia",)
    assert report.version == first.version
    (rule,) = _rows(runtime, rules)
    assert (rule.note, rule.revision) == ("In capitals only.", 1)


def test_what_is_not_in_the_file_is_kept_and_named_without_prune(runtime: Runtime):
    first = _sync(runtime, CHANNEL, MIA, UXO, ASKS_MIA)
    report = _sync(runtime, CHANNEL, UXO)
    assert report.rules.missing == ("mia",)
    assert report.subscriptions.missing == ("desk to mia by desk-file",)
    assert report.version == first.version
    assert any("kept without --prune" in line for line in report.diff)
    assert {row.state for row in _rows(runtime, rules)} == {"active"}


def test_prune_retires_what_is_not_in_the_file(runtime: Runtime):
    first = _sync(runtime, CHANNEL, MIA, UXO, ASKS_MIA, ASKS_SEA)
    report = _sync(runtime, UXO, prune=True)
    assert report.rules.retired == ("mia", "topic:law-of-the-sea")
    assert report.channels.retired == ("desk-file",)
    assert len(report.subscriptions.retired) == 2
    assert report.version == first.version + 2
    states = {row.name: row.state for row in _rows(runtime, rules)}
    assert states == {"mia": "retired", "uxo": "active", "topic:law-of-the-sea": "retired"}
    assert {row.state for row in _rows(runtime, subscriptions)} == {"retired"}
    assert [row.state for row in _rows(runtime, channels)] == ["off"]


def test_rule_that_comes_back_counts_from_its_return(
    frozen_runtime: Runtime, frozen_clock: FixedClock
):
    _sync(frozen_runtime, CHANNEL, MIA, ASKS_MIA)
    _sync(frozen_runtime, prune=True)
    back = frozen_clock.advance(seconds=3600)
    report = _sync(frozen_runtime, CHANNEL, MIA, ASKS_MIA)
    assert report.rules.changed == ("mia",)
    (rule,), (told,) = _rows(frozen_runtime, rules), _rows(frozen_runtime, subscriptions)
    assert (rule.state, rule.active_from) == ("active", back)
    assert (told.state, told.active_from) == ("active", back)
    assert [row.state for row in _rows(frozen_runtime, channels)] == ["on"]


def test_dry_run_says_the_same_and_writes_nothing(runtime: Runtime):
    planned = _sync(runtime, CHANNEL, MIA, ASKS_MIA, dry_run=True)
    assert planned.rules.created == ("mia",)
    assert all(not _rows(runtime, t) for t in (rules, channels, subscriptions, rule_set))
    done = _sync(runtime, CHANNEL, MIA, ASKS_MIA)
    assert done.diff == planned.diff


def test_name_taken_by_another_origin_is_refused_and_nothing_is_changed(runtime: Runtime):
    with runtime.database.write() as connection:
        add_rule(connection, "mia", origin="console")
    with pytest.raises(SettingsError, match='line 9: rule "mia" belongs to the console'):
        _sync(runtime, UXO, CHANNEL[:0], "", "", MIA)
    assert [row.name for row in _rows(runtime, rules)] == ["mia"]


def test_rules_of_another_origin_are_never_pruned(runtime: Runtime):
    with runtime.database.write() as connection:
        add_rule(connection, "by-hand", origin="console")
    report = _sync(runtime, MIA, prune=True)
    assert report.rules.retired == ()
    assert {row.state for row in _rows(runtime, rules)} == {"active"}


def test_channel_in_use_by_another_origin_stays_on(runtime: Runtime):
    _sync(runtime, CHANNEL, MIA)
    (channel,), (rule,) = _rows(runtime, channels), _rows(runtime, rules)
    with runtime.database.write() as connection:
        add_subscription(connection, rule.id, channel.id, origin="console")
    report = _sync(runtime, MIA, prune=True)
    assert report.channels.missing == ("desk-file",)
    assert [row.state for row in _rows(runtime, channels)] == ["on"]


def test_suspended_rule_stays_suspended_until_its_query_changes(runtime: Runtime):
    _sync(runtime, MIA)
    with runtime.database.write() as connection:
        connection.execute(rules.update().values(state="suspended", state_reason="too slow"))
    _sync(runtime, MIA)
    assert [row.state for row in _rows(runtime, rules)] == ["suspended"]
    _sync(runtime, MIA.replace('"MIA"', '"POW"'))
    assert [(r.state, r.state_reason) for r in _rows(runtime, rules)] == [("active", None)]


@pytest.mark.parametrize(
    ("secret", "config"),
    [
        pytest.param(
            'secret_env = "HOOK_SECRET"',
            {"url": "https://hooks.example/T0/abcdef", "secret_env": "HOOK_SECRET"},
            id="secret in the environment",
        ),
        pytest.param(
            'secret = "whsec_aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8="',
            {
                "url": "https://hooks.example/T0/abcdef",
                "secrets": ["whsec_aGVsbG8gaGVsbG8gaGVsbG8gaGVsbG8="],
            },
            id="secret in the file",
        ),
    ],
)
def test_webhook_is_stored_and_never_printed_with_its_secret(runtime: Runtime, secret, config):
    hook = f'[[channel]]\nname = "hook"\nkind = "webhook"\nurl = "{config["url"]}"\n{secret}\n'
    report = _sync(runtime, hook)
    (channel,) = _rows(runtime, channels)
    assert (channel.kind, channel.config) == ("webhook", config)
    moved = _sync(runtime, hook.replace("abcdef", "ghijkl"))
    printed = "\n".join((*report.diff, *moved.diff))
    assert moved.channels.changed == ("hook",)
    assert "whsec" not in printed
    assert "abcdef" not in printed
    assert "hooks.example" in printed


def test_prune_ends_the_subscriptions_of_the_rules_it_retires_and_says_so(runtime: Runtime):
    _sync(runtime, CHANNEL, MIA, UXO)
    for rule in ("mia", "uxo"):
        subscribe(runtime.database, "anna", rule=rule, channel="desk-file")

    assert _sync(runtime, CHANNEL, UXO).subscriptions.retired == ()
    tried = _sync(runtime, CHANNEL, UXO, prune=True, dry_run=True)
    report = _sync(runtime, CHANNEL, UXO, prune=True)

    assert tried.diff == report.diff
    assert report.subscriptions.retired == ("anna to mia by desk-file",)
    assert "      ended: anna (rule mia)" in report.diff
    assert [row.state for row in _rows(runtime, subscriptions)] == ["retired", "active"]


def test_rule_removed_by_hand_may_come_back_in_a_file(runtime: Runtime):
    set_rule(runtime.database, "mia", "MIA")
    with pytest.raises(SettingsError, match="belongs to the console"):
        _sync(runtime, MIA)
    remove_rule(runtime.database, "mia")

    assert _sync(runtime, MIA).rules.changed == ("mia",)

    (rule,) = _rows(runtime, rules)
    assert (rule.origin, rule.state) == ("file", "active")
