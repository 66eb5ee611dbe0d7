"""Decide what follows a failed delivery attempt: another try, the dead letters, or off. Pure.

Full jitter ("Exponential Backoff And Jitter", AWS Architecture Blog, 2015): each wait is drawn
between zero and the step of the schedule, so that messages held by one outage do not return as one.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum

# 10 s, 1 min, 5 min, 30 min, 2 h, then 6 h.
STEPS_SECONDS = (10.0, 60.0, 300.0, 1_800.0, 7_200.0, 21_600.0)
# The sum of the steps with the last one four times: 26 h 36 min.
GIVE_UP_AFTER_SECONDS = sum(STEPS_SECONDS) + 3 * STEPS_SECONDS[-1]
MAX_RETRY_AFTER_SECONDS = STEPS_SECONDS[-1]


class FailureKind(StrEnum):
    """What went wrong, by what a retry can help. A channel maps its own errors to these."""

    UNREACHABLE = "unreachable"  # name not found, refused, reset
    TIMED_OUT = "timed_out"
    TLS_FAILED = "tls_failed"
    BAD_ANSWER = "bad_answer"  # not the protocol we speak
    BUSY = "busy"  # asked us to come back later
    SERVER_ERROR = "server_error"
    STORAGE_FAILED = "storage_failed"  # disk full, read-only, not permitted
    REJECTED = "rejected"
    REDIRECTED = "redirected"
    ADDRESS_REFUSED = "address_refused"  # our own guard against internal addresses
    MISCONFIGURED = "misconfigured"
    GONE = "gone"


RETRYABLE = frozenset(
    {
        FailureKind.UNREACHABLE,
        FailureKind.TIMED_OUT,
        FailureKind.TLS_FAILED,
        FailureKind.BAD_ANSWER,
        FailureKind.BUSY,
        FailureKind.SERVER_ERROR,
        FailureKind.STORAGE_FAILED,
    }
)


@dataclass(frozen=True, slots=True)
class DeliveryFailure:
    """One failed attempt: its kind, the protocol's status if any, and words without secrets."""

    kind: FailureKind
    detail: str
    status: int | None = None
    retry_after_seconds: float | None = None

    @property
    def is_retryable(self) -> bool:
        """Whether the same attempt may work later."""
        return self.kind in RETRYABLE


@dataclass(frozen=True, slots=True)
class RetryAt:
    """Try again at `at`; `detail` says why then."""

    at: datetime
    detail: str


class DeadReason(StrEnum):
    """Why a message became a dead letter."""

    CANNOT_WORK = "cannot_work"
    GAVE_UP = "gave_up"


@dataclass(frozen=True, slots=True)
class DeadLetter:
    """No further try unless a person asks; `cause` groups dead letters."""

    reason: DeadReason
    cause: FailureKind
    detail: str


@dataclass(frozen=True, slots=True)
class SwitchOff:
    """The receiver wants nothing more on this channel; its owner must be told elsewhere."""

    cause: FailureKind
    detail: str


Decision = RetryAt | DeadLetter | SwitchOff


def kind_of_http_status(status: int) -> FailureKind:
    """Return the kind of failure an HTTP *status* other than 2xx means (RFC 9110, RFC 6585)."""
    if status == 410:
        return FailureKind.GONE
    if status in (408, 429, 503):
        return FailureKind.BUSY
    if 300 <= status < 400:
        return FailureKind.REDIRECTED
    if 400 <= status < 500:
        return FailureKind.REJECTED
    return FailureKind.SERVER_ERROR if status >= 500 else FailureKind.BAD_ANSWER


def after_failure(
    failure: DeliveryFailure,
    *,
    attempt: int,
    first_tried_at: datetime,
    now: datetime,
    random: float,
) -> Decision:
    """Decide what follows the failed *attempt* (1 = the first).

    `random` is drawn by the caller from [0, 1). `first_tried_at` is the time of the first attempt
    since a person last put the message to work: it is given up at the first failure later than
    `GIVE_UP_AFTER_SECONDS` after it. A count alone would not do: with full jitter ten attempts last
    13 hours on average, and a receiver that is back after a day must still get its message.
    """
    if failure.kind is FailureKind.GONE:
        return SwitchOff(failure.kind, f"{failure.detail}; the channel is switched off")
    if not failure.is_retryable:
        detail = f"{failure.detail}; a retry cannot help"
        return DeadLetter(DeadReason.CANNOT_WORK, failure.kind, detail)
    tried_seconds = (now - first_tried_at).total_seconds()
    if tried_seconds >= GIVE_UP_AFTER_SECONDS:
        hours = tried_seconds / 3600
        detail = f"gave up after {attempt} attempts in {hours:.1f} hours; last: {failure.detail}"
        return DeadLetter(DeadReason.GAVE_UP, failure.kind, detail)
    return _retry(failure, attempt, now, random)


def _retry(failure: DeliveryFailure, attempt: int, now: datetime, random: float) -> RetryAt:
    step_seconds = STEPS_SECONDS[min(max(attempt, 1), len(STEPS_SECONDS)) - 1]
    asked_seconds, words = _asked(failure.retry_after_seconds)
    wait_seconds = max(step_seconds * random, asked_seconds)
    at = now + timedelta(seconds=wait_seconds)
    return RetryAt(at, f"{failure.detail}; attempt {attempt + 1} in {wait_seconds:.0f} s{words}")


def _asked(retry_after_seconds: float | None) -> tuple[float, str]:
    if retry_after_seconds is None:
        return 0.0, ""
    if retry_after_seconds <= MAX_RETRY_AFTER_SECONDS:
        return retry_after_seconds, f" (the receiver asked for {retry_after_seconds:.0f} s)"
    limit = f"our limit is {MAX_RETRY_AFTER_SECONDS:.0f} s"
    return (
        MAX_RETRY_AFTER_SECONDS,
        f" (the receiver asked for {retry_after_seconds:.0f} s; {limit})",
    )
