"""Threads released together."""

import threading
from collections.abc import Callable

DEADLINE_SECONDS = 30.0


def at_once(*acts: Callable[[], object], seconds: float = DEADLINE_SECONDS):
    """Run every act in a thread of its own, released together; raise what any of them raised."""
    barrier, failures = threading.Barrier(len(acts)), []

    def run(act: Callable[[], object]):
        try:
            barrier.wait()
            act()
        except BaseException as error:
            failures.append(error)

    threads = [threading.Thread(target=run, args=[act]) for act in acts]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(seconds)
        assert not thread.is_alive()
    assert not failures, failures
