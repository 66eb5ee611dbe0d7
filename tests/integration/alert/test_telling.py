"""From the ledger to the receiver: what rides together, what is tried again, what is told once."""

import json
from datetime import timedelta
from typing import Any

import pytest
from sqlalchemy import select
from standardwebhooks.webhooks import Webhook

from services.console.queries import parse_id
from services.console.store import retry
from shared.steps import DELIVER, GATHER
from shared.tables import channels, delivery_attempts, messages, notifications
from tests.clocks import FixedClock
from tests.e2e.books import Books
from tests.e2e.corpus import (
    QUARRY,
    QUARRY_CORRECTED,
    QUARRY_RETOLD,
    QUARRY_RETOLD_TITLE,
    QUARRY_TITLE,
    record,
)
from tests.e2e.stepping import Stepper
from tests.e2e.watching import SECRET, Desk, watch
from tests.integration.channel_receiver import Receiver, says

QUARRY_RULE = {"quarry": "Hollin AND quarry"}
FIVE_MINUTES = 301


def _lines(stepper: Stepper) -> list[dict[str, Any]]:
    path = stepper.runtime.settings.data.dir / "channels" / "paper.jsonl"
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


def _drop_wire(stepper: Stepper):
    stepper.drop("wire.json", record(QUARRY_TITLE, QUARRY, outlet="Osmund Wire"))


def _drop_retold(stepper: Stepper):
    stepper.drop("retold.json", record(QUARRY_RETOLD_TITLE, QUARRY_RETOLD, outlet="Valley Voice"))


def _drop_corrected(stepper: Stepper):
    stepper.drop("corrected.json", record(QUARRY_TITLE, QUARRY_CORRECTED, outlet="Osmund Wire"))


def test_two_rules_of_one_subscriber_make_one_message(stepper: Stepper, books: Books):
    watch(stepper.runtime.database, QUARRY_RULE | {"accord": "Osmund AND accord"})
    _drop_wire(stepper)

    stepper.settle()

    (line,) = _lines(stepper)
    assert [rule["name"] for rule in line["rules"]] == ["accord", "quarry"]
    assert all(rule["because"][0]["line"] for rule in line["rules"])
    assert line["articles"][0]["why_now"][0]["reason"] == "first_in_story"
    assert line["story"]["articles"] == 1
    assert len(books.ledger()) == 2


def test_what_adds_something_waits_five_minutes_for_more(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, QUARRY_RULE)
    _drop_wire(stepper)
    stepper.settle()
    _drop_retold(stepper)
    stepper.settle()
    assert books.reasons()["retold.json"] == ("planned", "adds_new")
    frozen_clock.advance(seconds=100)
    _drop_corrected(stepper)
    stepper.settle()
    assert len(_lines(stepper)) == 1

    frozen_clock.advance(seconds=FIVE_MINUTES - 100)
    stepper.settle()

    first, second = _lines(stepper)
    assert len(first["articles"]) == 1
    reasons = {article["id"]: article["why_now"][0]["reason"] for article in second["articles"]}
    assert sorted(reasons.values()) == ["adds_new", "correction"]
    corrected = next(a for a in second["articles"] if a["why_now"][0]["reason"] == "correction")
    assert "140 million" in corrected["adds"]["corrected"][0]["after"]
    assert {state for state, _ in books.reasons().values()} == {"told"}


def test_a_rider_that_another_worker_holds_is_left_to_it(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, QUARRY_RULE)
    _drop_wire(stepper)
    stepper.settle()
    _drop_retold(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=290)
    _drop_corrected(stepper)
    stepper.settle()
    rows = books.rows(select(notifications).where(notifications.c.state == "planned"))
    stepper.runtime.work.claim(GATHER, [max(row.id for row in rows)], early=True)

    frozen_clock.advance(seconds=11)
    stepper.settle()
    assert len(_lines(stepper)) == 2
    assert books.reasons()["corrected.json"] == ("planned", "correction")

    frozen_clock.advance(seconds=60)
    stepper.settle()
    assert [len(line["articles"]) for line in _lines(stepper)] == [1, 1, 1]
    assert {state for state, _ in books.reasons().values()} == {"told"}


def test_the_webhook_gets_a_signed_message_that_says_why(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    with Receiver(says("204 No Content")).running() as receiver:
        watch(
            stepper.runtime.database,
            QUARRY_RULE,
            desks=[Desk("desk", "quarry", channels=("hook",))],
            webhook=receiver.url,
        )
        _drop_wire(stepper)

        stepper.settle()

    (request,) = receiver.requests
    # The clock of the test stands in the past, where the signature's time is out of tolerance.
    webhook = Webhook(SECRET)
    message_id, timestamp = request.headers["webhook-id"], request.headers["webhook-timestamp"]
    at = frozen_clock.at
    assert int(timestamp) == int(at.timestamp())
    assert request.headers["webhook-signature"] == webhook.sign(
        message_id, at, request.body.decode()
    )
    body = json.loads(request.body)
    assert body["id"] == message_id
    assert body["rules"][0]["because"]
    assert books.reasons() == {"wire.json": ("told", "first_in_story")}


def test_a_refusing_receiver_is_tried_again_with_the_same_message(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    with Receiver(says("503 Service Unavailable")).running() as receiver:
        watch(
            stepper.runtime.database,
            QUARRY_RULE,
            desks=[Desk("desk", "quarry", channels=("hook",))],
            webhook=receiver.url,
        )
        _drop_wire(stepper)
        stepper.settle()
        assert books.reasons() == {"wire.json": ("gathered", "first_in_story")}
        receiver.answer = says("200 OK")
        frozen_clock.advance(seconds=3600)

        stepper.settle()

    first, second = receiver.requests
    assert first.headers["webhook-id"] == second.headers["webhook-id"]
    assert first.body == second.body
    assert [row.outcome for row in books.rows(select(delivery_attempts))] == ["busy", "sent"]
    assert books.reasons() == {"wire.json": ("told", "first_in_story")}


def test_a_receiver_that_is_gone_for_good_ends_its_channel_and_nobody_elses(
    stepper: Stepper, books: Books
):
    with Receiver(says("410 Gone")).running() as receiver:
        watch(
            stepper.runtime.database,
            QUARRY_RULE,
            desks=[Desk("desk", "quarry", channels=("hook", "paper"))],
            webhook=receiver.url,
        )
        _drop_wire(stepper)
        stepper.settle()

    assert {row.channel: row.state for row in books.ledger()} == {
        "hook": "gathered",
        "paper": "told",
    }
    states = {row.name: row.state for row in books.rows(select(channels))}
    assert states == {"hook": "off", "paper": "on"}
    assert [row.state for row in books.messages()].count("dead") == 1


def test_a_worker_that_dies_between_sending_and_writing_repeats_the_same_message(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    """The one at-least-once window: the receiver sees one id twice."""
    with Receiver(says("200 OK")).running() as receiver:
        watch(
            stepper.runtime.database,
            QUARRY_RULE,
            desks=[Desk("desk", "quarry", channels=("hook",))],
            webhook=receiver.url,
        )
        _drop_wire(stepper)
        stepper.settle(until=GATHER)
        (message_id,) = stepper.due(DELIVER)
        receiver.answer = _after_which_the_lease_is_gone(stepper, frozen_clock)
        stepper.work(DELIVER)
        assert books.messages()[0].state == "pending"
        receiver.answer = says("200 OK")
        frozen_clock.advance(seconds=61)

        stepper.settle()

    assert len({request.headers["webhook-id"] for request in receiver.requests}) == 1
    assert len(receiver.requests) == 2
    assert books.messages()[0].id == message_id
    assert books.messages()[0].state == "sent"


def _after_which_the_lease_is_gone(stepper: Stepper, clock: FixedClock):
    answer = says("200 OK")

    def take_it_away(receiver, connection):
        clock.advance(seconds=61)
        ids = stepper.due(DELIVER)
        (other,) = stepper.runtime.work.claim(DELIVER, ids)
        assert other.id == ids[0]
        answer(receiver, connection)

    return take_it_away


def test_a_channel_that_is_off_keeps_its_messages_until_it_is_switched_on(
    stepper: Stepper, books: Books, frozen_clock: FixedClock
):
    watch(stepper.runtime.database, QUARRY_RULE)
    with stepper.runtime.database.write() as connection:
        connection.execute(channels.update().values(state="off", state_reason="by hand"))
    _drop_wire(stepper)
    stepper.settle()
    frozen_clock.advance(seconds=3599)
    assert stepper.due(DELIVER) == []
    assert books.messages()[0].state == "pending"
    assert "by hand" in books.messages()[0].last_error

    watch(stepper.runtime.database, QUARRY_RULE)
    stepper.settle()

    assert [row.state for row in books.rows(select(messages))] == ["sent"]


@pytest.mark.parametrize("by", ["an outage", "retry"])
def test_a_message_has_all_its_tries_from_its_first_one_however_old_it_is(
    stepper: Stepper, books: Books, frozen_clock: FixedClock, by: str
):
    with Receiver(says("503 Service Unavailable")).running() as receiver:
        desks = [Desk("desk", "quarry", channels=("hook",))]
        watch(stepper.runtime.database, QUARRY_RULE, desks=desks, webhook=receiver.url)
        _drop_wire(stepper)
        stepper.settle(until=GATHER)
        if by == "retry":
            _give_up(stepper, frozen_clock)
        frozen_clock.advance(seconds=27 * 3600)
        if by == "retry":
            with stepper.runtime.database.write() as connection:
                retry(stepper.runtime.work, connection, [parse_id(f"m{books.messages()[0].id}")])
        stepper.work(DELIVER)

    (message,) = books.messages()
    assert (message.state, message.tries_since) == ("pending", frozen_clock.at)
    # The first step of the schedule, not the last: ten seconds at most.
    assert "; attempt 2 in " in message.last_error
    assert message.next_attempt_at <= frozen_clock.at + timedelta(seconds=10)
    numbers = [row.attempt for row in books.rows(select(delivery_attempts))]
    assert numbers == list(range(1, len(numbers) + 1))


def _give_up(stepper: Stepper, clock: FixedClock) -> None:
    stepper.work(DELIVER)
    clock.advance(seconds=27 * 3600)
    stepper.work(DELIVER)
    with stepper.runtime.database.read() as connection:
        assert connection.execute(select(messages.c.state)).scalars().all() == ["dead"]
