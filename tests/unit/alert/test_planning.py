"""Who is told, who is not, and why."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alert.mutes import Mute, MuteKind
from services.alert.planning import (
    Development,
    DevelopmentKind,
    Plan,
    PlanSettings,
    plan_notification,
)
from services.alert.reasons import PlanState, Reason
from services.alert.subscription import History, Mode, Subscription

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
HOUR = timedelta(hours=1)
DAY = timedelta(days=1)
SETTINGS = PlanSettings(coalesce_seconds=300, max_age_days=7)
FIRST = Development(
    story_id=3,
    number=1,
    kind=DevelopmentKind.FIRST,
    article_id=17,
    outlet="Harbour Post",
    published_at=NOW - HOUR,
    received_at=NOW,
    topics=frozenset({"dioxin", "war-legacies"}),
    outlet_aliases=("HP",),
)
ADDS = replace(FIRST, number=2, kind=DevelopmentKind.ADDS_NEW)
NOTHING = replace(FIRST, number=None, kind=DevelopmentKind.NOTHING_NEW)
COPY = replace(NOTHING, copy_of=16)
REPEATS = replace(COPY, repeats=16, repeats_received_at=NOW - 30 * DAY, published_at=NOW - 2 * DAY)
CORRECTS = replace(FIRST, number=3, kind=DevelopmentKind.CORRECTION)
NEW = Subscription(mode=Mode.NEW, active_from=NOW - DAY, rule_id=4, channel_id=2)
ONLY_FIRST = replace(NEW, mode=Mode.FIRST)
EVERY = replace(NEW, mode=Mode.EVERY)
NOBODY_TOLD = History()
TOLD = History(told_story=True)
WAITING = History(planned_story=True)


def plan(
    subscription: Subscription, development: Development, history: History, *mutes: Mute
) -> Plan:
    return plan_notification(
        subscription=subscription,
        development=development,
        history=history,
        mutes=mutes,
        now=NOW,
        settings=SETTINGS,
    )


def mute(
    kind: MuteKind, target: int | str, *, until: datetime = NOW + DAY, number: int = 1
) -> Mute:
    return Mute(kind, target, until=until, owner="anna", reason="on holiday", id=number)


TOLD_CASES = {
    "first article of a story": (NEW, FIRST, NOBODY_TOLD, Reason.FIRST_IN_STORY, 0),
    "first article that matches, though a later one": (
        NEW,
        ADDS,
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "a copy, when nothing of the story was told": (
        NEW,
        COPY,
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "a copy by the same outlet, when the first was asked for too": (
        NEW,
        replace(REPEATS, repeats_received_at=NOW - DAY),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "the words of the archive, published anew since the rule": (
        NEW,
        replace(REPEATS, published_at=NOW - HOUR),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "the words of the archive, published at the moment of the rule": (
        NEW,
        replace(REPEATS, published_at=NOW - DAY),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "a copy of the archive, when the archive was asked for": (
        replace(NEW, active_from=None),
        REPEATS,
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "a copy of the archive in a known story, every article asked for": (
        EVERY,
        REPEATS,
        TOLD,
        Reason.EVERY_ARTICLE,
        300,
    ),
    "a correction, when nothing was told": (NEW, CORRECTS, NOBODY_TOLD, Reason.FIRST_IN_STORY, 0),
    "adds something new": (NEW, ADDS, TOLD, Reason.ADDS_NEW, 300),
    "adds something new while the first still waits": (NEW, ADDS, WAITING, Reason.ADDS_NEW, 300),
    "a story's first, once merged into a told story": (NEW, FIRST, TOLD, Reason.ADDS_NEW, 300),
    "every article asked for": (EVERY, NOTHING, TOLD, Reason.EVERY_ARTICLE, 300),
    "every article asked for, even a copy": (EVERY, COPY, TOLD, Reason.EVERY_ARTICLE, 300),
    "correction of what was told": (NEW, CORRECTS, TOLD, Reason.CORRECTION, 300),
    "correction, though only the first was asked for": (
        ONLY_FIRST,
        CORRECTS,
        TOLD,
        Reason.CORRECTION,
        300,
    ),
    "late correction of a page that keeps its old date": (
        NEW,
        replace(CORRECTS, published_at=NOW - 30 * DAY),
        TOLD,
        Reason.CORRECTION,
        300,
    ),
    "old material that was asked for": (
        replace(NEW, old_material=True),
        replace(FIRST, published_at=NOW - 30 * DAY),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "import that was asked for": (
        replace(NEW, old_material=True),
        replace(FIRST, imported=True),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "exactly as old as allowed": (
        NEW,
        replace(FIRST, published_at=NOW - 7 * DAY),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "date unknown": (NEW, replace(FIRST, published_at=None), NOBODY_TOLD, Reason.FIRST_IN_STORY, 0),
    "dated in the future": (
        NEW,
        replace(FIRST, published_at=NOW + DAY),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "archive asked for": (
        replace(NEW, active_from=None),
        replace(FIRST, received_at=NOW - 90 * DAY, published_at=None),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
    "merged into itself is no merge": (
        NEW,
        replace(FIRST, merged_into=3),
        NOBODY_TOLD,
        Reason.FIRST_IN_STORY,
        0,
    ),
}

SUPPRESSED_CASES = {
    "copy of a known text": (NEW, COPY, TOLD, Reason.COPY_OF_KNOWN, "a16"),
    "copy, while the original still waits": (NEW, COPY, WAITING, Reason.COPY_OF_KNOWN, "a16"),
    "own words, nothing new": (NEW, NOTHING, TOLD, Reason.NOTHING_NEW, "s3"),
    "adds, but only the first asked for": (
        ONLY_FIRST,
        ADDS,
        TOLD,
        Reason.ONLY_FIRST_ASKED,
        "only the first",
    ),
    "copy, only the first asked for": (ONLY_FIRST, COPY, TOLD, Reason.COPY_OF_KNOWN, "a16"),
    "old material": (
        NEW,
        replace(FIRST, published_at=NOW - 8 * DAY),
        NOBODY_TOLD,
        Reason.OLD_MATERIAL,
        "more than 7 days",
    ),
    "old material, late to a told story": (
        NEW,
        replace(ADDS, published_at=NOW - 8 * DAY),
        TOLD,
        Reason.OLD_MATERIAL,
        "published",
    ),
    "old correction of what nobody was told": (
        NEW,
        replace(CORRECTS, published_at=NOW - 8 * DAY),
        NOBODY_TOLD,
        Reason.OLD_MATERIAL,
        "published",
    ),
    "imported": (NEW, replace(FIRST, imported=True), NOBODY_TOLD, Reason.OLD_MATERIAL, "imported"),
    "imported, asked for every article": (
        EVERY,
        replace(FIRST, imported=True),
        NOBODY_TOLD,
        Reason.OLD_MATERIAL,
        "imported",
    ),
    "article told before": (
        EVERY,
        ADDS,
        History(told_story=True, told_article=True),
        Reason.ALREADY_TOLD,
        "a17",
    ),
    "article waits in another row": (
        NEW,
        ADDS,
        History(planned_article=True),
        Reason.ALREADY_TOLD,
        "another row",
    ),
    "story merged": (NEW, replace(FIRST, merged_into=2), NOBODY_TOLD, Reason.MERGED_INTO, "s2"),
    "rule suspended": (
        replace(NEW, rule_suspended="too slow"),
        FIRST,
        NOBODY_TOLD,
        Reason.RULE_SUSPENDED,
        "too slow",
    ),
    "a known article cleaned again, though nobody was told": (
        EVERY,
        replace(FIRST, recleaned=12),
        NOBODY_TOLD,
        Reason.RECLEANED,
        "a12",
    ),
    "a known article cleaned again, which corrects itself": (
        EVERY,
        replace(CORRECTS, recleaned=12),
        TOLD,
        Reason.RECLEANED,
        "cleaned again",
    ),
    "copy of what was there before the rule": (
        NEW,
        REPEATS,
        NOBODY_TOLD,
        Reason.COPY_OF_ARCHIVE,
        "the same text by the same outlet as article a16",
    ),
    "copy of what was there before the rule, date unknown": (
        NEW,
        replace(REPEATS, published_at=None),
        NOBODY_TOLD,
        Reason.COPY_OF_ARCHIVE,
        "before it was asked for",
    ),
    "copy of what was there before the rule, outlet unknown": (
        NEW,
        replace(REPEATS, outlet=None),
        NOBODY_TOLD,
        Reason.COPY_OF_ARCHIVE,
        "the same text, outlet unknown, as article a16",
    ),
    "copy of what was there before the rule, every article asked for": (
        EVERY,
        REPEATS,
        NOBODY_TOLD,
        Reason.COPY_OF_ARCHIVE,
        "before it was asked for",
    ),
    "copy of the archive in a known story": (NEW, REPEATS, TOLD, Reason.COPY_OF_KNOWN, "a16"),
    "received before the rule": (
        NEW,
        replace(FIRST, received_at=NOW - 2 * DAY),
        NOBODY_TOLD,
        Reason.ARCHIVE,
        "before it was asked for",
    ),
}

HELD_CASES = {
    "rule": mute(MuteKind.RULE, 4),
    "story": mute(MuteKind.STORY, 3),
    "topic": mute(MuteKind.TOPIC, "dioxin"),
    "outlet": mute(MuteKind.OUTLET, "harbour post"),
    "outlet by its alias": mute(MuteKind.OUTLET, "hp"),
    "channel": mute(MuteKind.CHANNEL, 2),
}

NOT_HELD_CASES = {
    "another rule": mute(MuteKind.RULE, 5),
    "a rule with the story's number": mute(MuteKind.RULE, 3),
    "another topic": mute(MuteKind.TOPIC, "war"),
    "another outlet": mute(MuteKind.OUTLET, "post"),
    "over": mute(MuteKind.RULE, 4, until=NOW - HOUR),
    "over this very moment": mute(MuteKind.RULE, 4, until=NOW),
}


@pytest.mark.parametrize(
    ("subscription", "development", "history", "reason", "wait_seconds"),
    TOLD_CASES.values(),
    ids=TOLD_CASES,
)
def test_development_is_planned(subscription, development, history, reason, wait_seconds):
    planned = plan(subscription, development, history)

    assert (planned.state, planned.reason) == (PlanState.PLANNED, reason)
    assert planned.due_at == NOW + timedelta(seconds=wait_seconds)
    assert planned.detail


@pytest.mark.parametrize(
    ("subscription", "development", "history", "reason", "words"),
    SUPPRESSED_CASES.values(),
    ids=SUPPRESSED_CASES,
)
def test_development_is_suppressed(subscription, development, history, reason, words):
    suppressed = plan(subscription, development, history)

    assert (suppressed.state, suppressed.reason) == (PlanState.SUPPRESSED, reason)
    assert words in suppressed.detail
    assert suppressed.due_at is None


@pytest.mark.parametrize("given_mute", HELD_CASES.values(), ids=HELD_CASES)
def test_mute_holds_what_would_be_told(given_mute):
    held = plan(NEW, FIRST, NOBODY_TOLD, given_mute)

    assert (held.state, held.reason) == (PlanState.HELD, Reason.MUTED_BY)
    assert held.held_until == NOW + DAY
    assert held.due_at is None
    assert held.muted_by == (1,)
    assert "anna" in held.detail
    assert "on holiday" in held.detail


@pytest.mark.parametrize("given_mute", NOT_HELD_CASES.values(), ids=NOT_HELD_CASES)
def test_mute_of_something_else_holds_nothing(given_mute):
    assert plan(NEW, FIRST, NOBODY_TOLD, given_mute).state is PlanState.PLANNED


def test_mute_takes_nothing_that_would_not_be_told():
    assert plan(NEW, COPY, TOLD, mute(MuteKind.RULE, 4)).reason is Reason.COPY_OF_KNOWN


def test_held_until_the_last_mute_ends_and_all_of_them_are_named():
    mutes = [
        mute(MuteKind.RULE, 4, number=1),
        mute(MuteKind.STORY, 3, until=NOW + 2 * DAY, number=2),
    ]

    held = plan(NEW, FIRST, NOBODY_TOLD, *mutes)

    assert held.held_until == NOW + 2 * DAY
    assert held.muted_by == (1, 2)
    assert "and 1 more" in held.detail


def test_every_reason_is_reachable():
    cases = [*TOLD_CASES.values(), *SUPPRESSED_CASES.values()]
    reached = {plan(*case[:3]).reason for case in cases}
    reached.add(plan(NEW, FIRST, NOBODY_TOLD, mute(MuteKind.RULE, 4)).reason)

    assert reached == set(Reason)


def test_reasons_fit_their_column():
    assert max(len(reason) for reason in Reason) <= 32


developments = st.builds(
    Development,
    story_id=st.integers(1, 3),
    number=st.none() | st.integers(1, 5),
    kind=st.sampled_from(DevelopmentKind),
    article_id=st.integers(1, 5),
    outlet=st.none() | st.sampled_from(["Harbour Post", "Delta Weekly"]),
    published_at=st.none() | st.just(NOW - HOUR) | st.just(NOW - 30 * DAY),
    received_at=st.sampled_from([NOW, NOW - 2 * DAY]),
    imported=st.booleans(),
    copy_of=st.none() | st.integers(1, 5),
    recleaned=st.none() | st.integers(1, 5),
    repeats=st.just(4),
    repeats_received_at=st.none() | st.sampled_from([NOW, NOW - 2 * DAY]),
    merged_into=st.none() | st.integers(1, 3),
)
subscriptions = st.builds(
    Subscription,
    mode=st.sampled_from(Mode),
    old_material=st.booleans(),
    active_from=st.none() | st.just(NOW - DAY),
    rule_id=st.just(4),
    rule_suspended=st.none() | st.just("too slow"),
)
histories = st.builds(History, st.booleans(), st.booleans(), st.booleans(), st.booleans())


@given(subscriptions, developments, histories, st.booleans())
def test_every_development_ends_in_one_state_with_its_time_and_words(
    subscription, development, history, is_muted
):
    mutes = [mute(MuteKind.RULE, 4)] if is_muted else []

    found = plan(subscription, development, history, *mutes)

    assert (found.due_at is not None) == (found.state is PlanState.PLANNED)
    assert (found.held_until is not None) == (found.state is PlanState.HELD)
    assert found.detail
    assert not (history.told_article and found.state is not PlanState.SUPPRESSED)


@given(developments, histories)
def test_who_asks_for_more_is_never_told_less(development, history):
    told = [
        plan(subscription, development, history).state is PlanState.PLANNED
        for subscription in (ONLY_FIRST, NEW, EVERY)
    ]

    assert told == sorted(told)
