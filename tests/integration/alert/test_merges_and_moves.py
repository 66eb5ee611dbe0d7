"""What happened to stories, applied to alerts and to who was told."""

import pytest
from sqlalchemy import select

from shared.steps import APPLY, LINK
from shared.tables import alerts, articles, notifications, story_events
from tests.clocks import FixedClock
from tests.e2e.books import Books
from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_TITLE,
    ROUND_UP,
    ROUND_UP_TITLE,
    record,
)
from tests.e2e.stepping import Stepper
from tests.e2e.watching import watch
from tests.integration.alert.regrouped import merge_stories, move_out

RULES = {"news": "quarry OR moth"}


@pytest.fixture(autouse=True)
def _watched(stepper: Stepper):
    watch(stepper.runtime.database, RULES)


def _drop_quarry(stepper: Stepper, name: str = "quarry.json", outlet: str = "Osmund Wire"):
    stepper.drop(name, record(QUARRY_TITLE, QUARRY, outlet=outlet))


def _drop_moth(stepper: Stepper, name: str = "moth.json", outlet: str = "Tarn Times"):
    stepper.drop(name, record(LANTERN_TITLE, LANTERN, outlet=outlet))


def _story(books: Books, name: str) -> int:
    return int(books.article(name).story_id)


def _merge(stepper: Stepper, *, loser: int, winner: int):
    with stepper.runtime.database.write() as connection:
        merge_stories(connection, stepper.runtime, loser=loser, winner=winner)


def _move_out(stepper: Stepper, article_id: int):
    with stepper.runtime.database.write() as connection:
        move_out(connection, stepper.runtime, article_id)


def test_an_article_that_carries_two_stories_merges_them_and_their_alerts(
    stepper: Stepper, books: Books
):
    _drop_quarry(stepper)
    _drop_moth(stepper)
    stepper.settle()
    assert sum(books.alerts().values()) == 2

    stepper.drop("round-up.json", record(ROUND_UP_TITLE, ROUND_UP, outlet="Weekly"))
    stepper.settle()

    assert books.stories() == {frozenset({"quarry.json", "moth.json", "round-up.json"})}
    assert list(books.alerts().values()) == [1]
    assert books.reasons() == {
        "quarry.json": ("told", "first_in_story"),
        "moth.json": ("told", "first_in_story"),
        "round-up.json": ("suppressed", "nothing_new"),
    }


def test_the_younger_alert_folds_into_the_older_whichever_story_wins(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    _drop_quarry(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=60)
    _drop_moth(stepper)
    stepper.settle()
    older, younger = (row.id for row in books.rows(select(alerts).order_by(alerts.c.opened_at)))

    _merge(stepper, loser=_story(books, "quarry.json"), winner=_story(books, "moth.json"))
    stepper.settle()

    folded = {row.id: (row.folded_into, row.story_id) for row in books.rows(select(alerts))}
    assert folded[younger][0] == older
    assert folded[older] == (None, _story(books, "moth.json"))
    assert list(books.alerts().values()) == [1]


def test_an_article_linked_before_a_merge_and_matched_after_it_keeps_its_row(
    stepper: Stepper, books: Books
):
    """Both stories count their developments from 1; the second number 1 must not be lost."""
    _drop_quarry(stepper)
    stepper.settle()
    _drop_moth(stepper)
    stepper.settle(until=LINK)

    _merge(stepper, loser=_story(books, "moth.json"), winner=_story(books, "quarry.json"))
    stepper.settle()

    assert list(books.alerts().values()) == [1]
    assert books.reasons()["moth.json"] == ("planned", "adds_new")


def test_what_was_not_told_yet_when_its_story_joined_one_that_was_is_not_told(
    stepper: Stepper, books: Books
):
    _drop_quarry(stepper)
    stepper.settle()
    _drop_moth(stepper)
    stepper.settle(until=APPLY)
    assert books.reasons()["moth.json"] == ("planned", "first_in_story")

    _merge(stepper, loser=_story(books, "moth.json"), winner=_story(books, "quarry.json"))
    stepper.work(APPLY)
    stepper.settle()

    assert books.reasons() == {
        "quarry.json": ("told", "first_in_story"),
        "moth.json": ("suppressed", "merged_into"),
    }
    assert len(books.messages()) == 1


def test_what_a_merge_kept_back_is_told_when_the_stories_part_again(stepper: Stepper, books: Books):
    _drop_quarry(stepper)
    stepper.settle()
    _drop_moth(stepper)
    stepper.settle(until=APPLY)
    _merge(stepper, loser=_story(books, "moth.json"), winner=_story(books, "quarry.json"))
    stepper.work(APPLY)

    _move_out(stepper, books.article("moth.json").id)
    stepper.settle()

    assert books.reasons()["moth.json"] == ("told", "first_in_story")
    assert len(books.messages()) == 2


def test_two_that_wait_when_they_become_one_story_are_told_in_one_message(
    stepper: Stepper, books: Books
):
    _drop_quarry(stepper)
    _drop_moth(stepper)
    stepper.settle(until=APPLY)

    _merge(stepper, loser=_story(books, "moth.json"), winner=_story(books, "quarry.json"))
    stepper.work(APPLY)
    stepper.settle()

    assert books.reasons() == {
        "quarry.json": ("told", "first_in_story"),
        "moth.json": ("told", "adds_new"),
    }
    assert len(books.messages()) == 1


def test_of_two_told_before_they_met_the_ledger_notes_the_merge_and_tells_nothing(
    stepper: Stepper, books: Books
):
    _drop_quarry(stepper)
    _drop_moth(stepper)
    stepper.settle()
    quarry, moth = _story(books, "quarry.json"), _story(books, "moth.json")

    _merge(stepper, loser=moth, winner=quarry)
    stepper.settle()

    first, second = books.rows(select(notifications).order_by(notifications.c.id))
    assert first.detail == f"the first this subscription hears of story s{quarry}"
    assert second.detail == (
        f"the first this subscription hears of story s{moth}; "
        f"merged into s{quarry}, of which a{first.article_id} told"
    )
    assert (second.state, second.reason) == ("told", "first_in_story")
    assert len(books.messages()) == 2


def test_events_applied_twice_change_nothing(stepper: Stepper, books: Books):
    _drop_quarry(stepper)
    _drop_moth(stepper)
    stepper.settle()
    _merge(stepper, loser=_story(books, "moth.json"), winner=_story(books, "quarry.json"))
    stepper.settle()
    before = books.alerts(), books.ledger(), len(books.messages())
    with stepper.runtime.database.write() as connection:
        events = connection.execute(select(story_events.c.id)).scalars().all()
        stepper.runtime.work.move(
            connection, story_events, events, states=["applied"], to=APPLY.state
        )

    stepper.settle()

    assert (books.alerts(), books.ledger(), len(books.messages())) == before


def test_merges_in_a_row_fold_to_one_alert_in_whatever_order_they_are_applied(
    stepper: Stepper, books: Books
):
    _drop_quarry(stepper)
    _drop_moth(stepper)
    stepper.drop("third.json", record("Moth sale", "A moth sale was held at the pier. " * 6))
    stepper.settle()
    first, second, third = sorted(_story(books, name) for name in books.outcomes())
    _merge(stepper, loser=third, winner=second)
    _merge(stepper, loser=second, winner=first)

    stepper.work(APPLY, [max(stepper.due(APPLY))])
    stepper.settle()

    assert books.alerts() == {("news", first): 1}
    states = {row.state for row in books.rows(select(story_events))}
    assert states == {"applied"}


def test_a_moved_article_opens_the_alert_of_its_new_story_and_is_not_told_again(
    stepper: Stepper, books: Books
):
    _drop_quarry(stepper)
    stepper.settle()
    _drop_quarry(stepper, "copy.json", "Tarn Times")
    stepper.settle()

    _move_out(stepper, books.article("quarry.json").id)
    stepper.settle()

    assert sorted(books.alerts().values()) == [1, 1]
    assert books.reasons() == {
        "quarry.json": ("told", "first_in_story"),
        "copy.json": ("suppressed", "copy_of_known"),
    }
    assert len(books.messages()) == 1


def test_a_moved_copy_that_becomes_the_first_of_its_new_story_is_told(
    stepper: Stepper, books: Books
):
    _drop_quarry(stepper)
    stepper.settle()
    _drop_quarry(stepper, "copy.json", "Tarn Times")
    stepper.settle()
    assert books.reasons()["copy.json"] == ("suppressed", "copy_of_known")

    _move_out(stepper, books.article("copy.json").id)
    stepper.settle()

    assert books.reasons()["copy.json"] == ("told", "first_in_story")
    assert len(books.messages()) == 2
    told = books.rows(select(notifications).order_by(notifications.c.id.desc()))[0]
    assert told.story_id == _story(books, "copy.json")
    # The alert that its ledger row names is the one of the story it is told of.
    alert = books.rows(select(alerts).where(alerts.c.id == told.alert_id))[0]
    assert alert.story_id == told.story_id


def test_a_move_that_its_article_has_gone_on_from_opens_no_alert(stepper: Stepper, books: Books):
    _drop_quarry(stepper)
    stepper.settle()
    _drop_quarry(stepper, "copy.json", "Tarn Times")
    stepper.settle()
    article = books.article("quarry.json").id

    _move_out(stepper, article)
    left = _story(books, "quarry.json")
    _move_out(stepper, article)
    stepper.settle()

    assert _story(books, "quarry.json") != left
    assert ("news", left) not in books.alerts()
    assert ("news", _story(books, "quarry.json")) in books.alerts()


def test_news_that_waits_follows_its_article_into_the_new_story(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    """Planned as an addition to one story, moved to another before its five minutes were over."""
    _drop_quarry(stepper)
    stepper.settle()
    _drop_moth(stepper)
    stepper.settle(until=LINK)
    _merge(stepper, loser=_story(books, "moth.json"), winner=_story(books, "quarry.json"))
    stepper.settle()
    assert books.reasons()["moth.json"] == ("planned", "adds_new")

    _move_out(stepper, books.article("moth.json").id)
    stepper.settle()
    frozen_clock.advance(seconds=301)
    stepper.settle()

    message = books.messages()[-1]
    assert message.story_id == _story(books, "moth.json")
    alert = books.rows(select(alerts).where(alerts.c.story_id == message.story_id))[0]
    assert f'"alert":"al{alert.id}"' in message.body
    assert books.reasons()["moth.json"][0] == "told"


def test_what_follows_a_told_article_into_its_new_story_is_known_there(
    stepper: Stepper, books: Books
):
    """Told in one story, merged into another, split off with its own copy: known all the way."""
    _drop_quarry(stepper)
    _drop_moth(stepper)
    stepper.settle()
    _merge(stepper, loser=_story(books, "moth.json"), winner=_story(books, "quarry.json"))
    stepper.settle()

    _drop_moth(stepper, "moth-copy.json", "Perrin Post")
    stepper.settle()

    assert books.stories() == {
        frozenset({"quarry.json"}),
        frozenset({"moth.json", "moth-copy.json"}),
    }
    assert books.reasons() == {
        "quarry.json": ("told", "first_in_story"),
        "moth.json": ("told", "first_in_story"),
        "moth-copy.json": ("suppressed", "copy_of_known"),
    }


def test_every_article_of_a_merged_story_is_in_the_winner(stepper: Stepper, books: Books):
    _drop_quarry(stepper)
    _drop_moth(stepper)
    stepper.settle()
    winner = _story(books, "quarry.json")

    _merge(stepper, loser=_story(books, "moth.json"), winner=winner)
    stepper.settle()

    assert {row.story_id for row in books.rows(select(articles))} == {winner}
