"""Waiting for what other threads and processes do: looks again until it is so, or fails."""

from __future__ import annotations

import time
from collections.abc import Callable

LOOK_SECONDS = 0.01


def wait_until(is_so: Callable[[], object], what: str, *, seconds: float = 20.0) -> None:
    """Return as soon as *is_so* gives something true.

    Raises:
        AssertionError: not within *seconds*; it names *what* was waited for.
    """
    deadline = time.monotonic() + seconds
    while not is_so():
        if time.monotonic() > deadline:
            raise AssertionError(f"waited {seconds:g} s in vain: {what}")
        time.sleep(LOOK_SECONDS)
