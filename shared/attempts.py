"""What becomes of rows whose step raised: given back, failed, or left to whoever took them over."""

from __future__ import annotations

import logging
import time
import traceback
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import partial

from shared.database import first_line, is_transient
from shared.errors import LeaseLostError, TransientError
from shared.steps import Step
from shared.work import ERROR_CHARACTERS, Claimed, Work

log = logging.getLogger("newswatch.work")

PAUSE_SECONDS = 1.0
HEADLINE_CHARACTERS = 500
# Room for the words that say how much was left out, and for the ends of lines.
MARK_CHARACTERS = 60


@contextmanager
def attempt(work: Work, step: Step, rows: Sequence[Claimed]) -> Iterator[None]:
    """Run one attempt at *rows*; whatever it raises ends here, with the rows in a named state.

    Disk, database and archive trouble gives them back without counting the attempt; a lost lease
    leaves them to their new holder; anything else is a failed attempt, kept as
    "Type: message" and, below it, its traceback.
    """
    try:
        yield
    except LeaseLostError as error:
        log.warning("%s", error)
    except Exception as error:
        if isinstance(error, TransientError) or is_transient(error):
            words = first_line(error)
            log.warning("%s postponed: %s", step.name, words)
            _patiently(work, partial(work.postpone, step, rows, words))
        else:
            words = in_words(error)
            log.exception("%s failed: %s", step.name, _names(step, rows))
            for row in rows:
                _patiently(work, partial(work.fail, step, row, words))


def in_words(error: BaseException) -> str:
    """Return "Type: message", then the traceback, in the room there is for an error.

    Of a long message the start is kept, of a long traceback the end, where it says what went wrong.
    """
    first = f"{type(error).__name__}: {first_line(error)}"
    if len(first) > HEADLINE_CHARACTERS:
        left_out = len(first) - HEADLINE_CHARACTERS
        first = f"{first[:HEADLINE_CHARACTERS]} … ({left_out} more characters)"
    told = "".join(traceback.format_exception(error, limit=-6)).strip()
    room = ERROR_CHARACTERS - len(first) - MARK_CHARACTERS
    if len(told) > room:
        told = f"… ({len(told) - room} characters left out) …\n{told[-room:]}"
    return f"{first}\n{told}"


def _patiently(work: Work, write: Callable[[], object]) -> None:
    """Write down a fate, waiting for the database while our lease lasts; after it, others may."""
    deadline = time.monotonic() + work.settings.lease_seconds
    while True:
        try:
            write()
        except Exception as error:
            if not is_transient(error) or time.monotonic() > deadline:
                raise
            time.sleep(PAUSE_SECONDS)
        else:
            return


def _names(step: Step, rows: Sequence[Claimed]) -> str:
    return " ".join(f"{step.letter}{row.id}" for row in rows)
