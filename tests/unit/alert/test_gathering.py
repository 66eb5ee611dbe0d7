"""Which notifications share a message."""

from dataclasses import replace
from datetime import timedelta

from hypothesis import given
from hypothesis import strategies as st

from services.alert.gathering import Gathered, gather
from tests.unit.alert.planned import NOW, STORY, article, notification, rule

LATER = NOW + timedelta(minutes=4)


def ids(messages: list[Gathered]) -> list[tuple[int, ...]]:
    return [message.notification_ids for message in messages]


def test_five_rules_on_one_story_make_one_message():
    rows = [notification(n, rule=rule(n, name=f"rule-{n}")) for n in range(1, 6)]

    assert ids(gather(rows, NOW)) == [(1, 2, 3, 4, 5)]


def test_subscribers_channels_stories_and_windows_are_told_apart():
    rows = [
        notification(1),
        notification(2, subscriber="anna"),
        notification(3, channel_id=9),
        notification(4, story=replace(STORY, story_id=8)),
        notification(5, window="daily 2026-06-10"),
    ]

    assert sorted(ids(gather(rows, NOW))) == [(1,), (2,), (3,), (4,), (5,)]


def test_nothing_is_sent_before_it_is_due():
    assert gather([notification(1, due_at=LATER)], NOW) == []


def test_rows_that_are_due_soon_travel_with_the_one_that_is_due():
    rows = [notification(1), notification(2, due_at=LATER, article=article(18, development=2))]

    assert ids(gather(rows, NOW)) == [(1, 2)]


def test_developments_are_told_in_their_order_and_those_that_add_nothing_last():
    rows = [
        notification(1, article=article(30, development=None)),
        notification(2, article=article(20, development=3)),
        notification(3, article=article(10, development=2)),
    ]

    (message,) = gather(rows, NOW)

    assert [row.article.article_id for row in message.notifications] == [10, 20, 30]


ROWS = [
    notification(
        n,
        subscriber=f"reader-{n % 2}",
        rule=rule(n % 3, name=f"rule-{n % 3}"),
        article=article(n % 4, development=n % 4 or None),
        due_at=NOW if n % 5 else LATER,
    )
    for n in range(1, 13)
]


@given(st.permutations(ROWS))
def test_order_of_rows_changes_nothing(rows):
    assert gather(rows, NOW) == gather(ROWS, NOW)


@given(st.lists(st.sampled_from(ROWS), unique=True))
def test_no_row_is_in_two_messages(rows):
    told = [number for message in ids(gather(rows, NOW)) for number in message]

    assert len(told) == len(set(told))
