"""What follows a failed attempt."""

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.alert.retries import (
    GIVE_UP_AFTER_SECONDS,
    RETRYABLE,
    STEPS_SECONDS,
    DeadLetter,
    DeadReason,
    Decision,
    DeliveryFailure,
    FailureKind,
    RetryAt,
    SwitchOff,
    after_failure,
    kind_of_http_status,
)

NOW = datetime(2026, 6, 10, 9, 0, tzinfo=UTC)
BUSY = DeliveryFailure(FailureKind.BUSY, "answered 503", status=503)


def decide(
    failure: DeliveryFailure = BUSY,
    *,
    attempt: int = 1,
    tried: timedelta = timedelta(0),
    random: float = 0.5,
) -> Decision:
    return after_failure(
        failure, attempt=attempt, first_tried_at=NOW - tried, now=NOW, random=random
    )


@pytest.mark.parametrize(
    ("status", "kind"),
    [
        pytest.param(103, FailureKind.BAD_ANSWER, id="informational"),
        pytest.param(301, FailureKind.REDIRECTED, id="moved"),
        pytest.param(400, FailureKind.REJECTED, id="bad request"),
        pytest.param(401, FailureKind.REJECTED, id="unauthorised"),
        pytest.param(404, FailureKind.REJECTED, id="not found"),
        pytest.param(408, FailureKind.BUSY, id="request timeout"),
        pytest.param(410, FailureKind.GONE, id="gone"),
        pytest.param(429, FailureKind.BUSY, id="too many requests"),
        pytest.param(500, FailureKind.SERVER_ERROR, id="server error"),
        pytest.param(503, FailureKind.BUSY, id="unavailable"),
        pytest.param(599, FailureKind.SERVER_ERROR, id="last of the fives"),
        pytest.param(999, FailureKind.SERVER_ERROR, id="beyond HTTP"),
    ],
)
def test_http_status_has_its_kind(status, kind):
    assert kind_of_http_status(status) is kind


@pytest.mark.parametrize("kind", sorted(RETRYABLE))
def test_failure_that_a_retry_may_help_is_retried(kind):
    assert isinstance(decide(DeliveryFailure(kind, "failed")), RetryAt)


@pytest.mark.parametrize("kind", sorted(set(FailureKind) - RETRYABLE - {FailureKind.GONE}))
def test_failure_that_no_retry_helps_is_dead_at_once(kind):
    found = decide(DeliveryFailure(kind, "answered 404"))

    assert isinstance(found, DeadLetter)
    assert (found.reason, found.cause) == (DeadReason.CANNOT_WORK, kind)
    assert "answered 404" in found.detail


def test_gone_switches_the_channel_off():
    found = decide(DeliveryFailure(FailureKind.GONE, "answered 410", status=410))

    assert isinstance(found, SwitchOff)
    assert "answered 410" in found.detail


@pytest.mark.parametrize(("attempt", "step"), [*enumerate(STEPS_SECONDS, start=1), (40, 21_600.0)])
def test_wait_is_drawn_from_the_whole_step(attempt, step):
    found = [decide(attempt=attempt, random=random) for random in (0.0, 0.5, 1.0)]
    waits = [(retry.at - NOW).total_seconds() for retry in found if isinstance(retry, RetryAt)]

    assert waits == [0.0, step / 2, step]


def test_receiver_back_after_a_day_still_gets_its_message_however_the_dice_fall():
    found = decide(attempt=500, tried=timedelta(hours=24), random=0.0)

    assert isinstance(found, RetryAt)


def test_message_is_given_up_after_27_hours():
    assert GIVE_UP_AFTER_SECONDS == 95_770

    found = decide(attempt=13, tried=timedelta(seconds=GIVE_UP_AFTER_SECONDS))

    assert isinstance(found, DeadLetter)
    assert (found.reason, found.cause) == (DeadReason.GAVE_UP, FailureKind.BUSY)
    assert "13 attempts" in found.detail
    assert "answered 503" in found.detail


@pytest.mark.parametrize(
    ("asked_seconds", "wait_seconds", "words"),
    [
        pytest.param(120, 120, "asked for 120 s", id="longer than ours"),
        pytest.param(1, 5, "asked for 1 s", id="shorter than ours"),
        pytest.param(0, 5, "asked for 0 s", id="nothing"),
        pytest.param(90_000, 21_600, "our limit is 21600 s", id="capped, and said so"),
    ],
)
def test_retry_after_is_honoured_up_to_a_limit(asked_seconds, wait_seconds, words):
    failure = DeliveryFailure(FailureKind.BUSY, "answered 429", 429, asked_seconds)

    found = decide(failure)

    assert isinstance(found, RetryAt)
    assert found.at == NOW + timedelta(seconds=wait_seconds)
    assert words in found.detail


@given(
    st.sampled_from(FailureKind),
    st.integers(1, 10_000),
    st.floats(0, 1e9),
    st.floats(0, 1, exclude_max=True),
    st.none() | st.floats(0, 1e12),
)
def test_retry_is_never_in_the_past_nor_beyond_six_hours(kind, attempt, tried, random, asked):
    found = after_failure(
        DeliveryFailure(kind, "failed", None, asked),
        attempt=attempt,
        first_tried_at=NOW - timedelta(seconds=tried),
        now=NOW,
        random=random,
    )

    if isinstance(found, RetryAt):
        assert NOW <= found.at <= NOW + timedelta(hours=6)
        assert tried < GIVE_UP_AFTER_SECONDS
