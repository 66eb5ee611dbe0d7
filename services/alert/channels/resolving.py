"""Look up the addresses of a host, within a time limit that the system's resolver does not have."""

from __future__ import annotations

import errno
import queue
import socket
import threading
from collections.abc import Callable, Sequence

Resolve = Callable[[str, int], Sequence[str]]


def resolve_by_system(host: str, port: int) -> list[str]:
    """Return the addresses of *host* in the system's order, without repeats. Raises OSError."""
    found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    return list(dict.fromkeys(str(sockaddr[0]) for *_, sockaddr in found))


def resolve_in_time(
    resolve: Resolve, host: str, port: int, timeout_seconds: float
) -> Sequence[str]:
    """Call *resolve* in a thread. Raises TimeoutError, or the OSError it raised.

    A lookup that hangs is left behind as a daemon thread; it ends when the resolver gives up.
    """
    answers: queue.SimpleQueue[Sequence[str] | OSError] = queue.SimpleQueue()

    def look_up() -> None:
        try:
            answers.put(resolve(host, port))
        except OSError as error:
            answers.put(error)
        except UnicodeError:
            answers.put(OSError(errno.EINVAL, "not a host name"))

    threading.Thread(target=look_up, name="newswatch-resolve", daemon=True).start()
    try:
        answer = answers.get(timeout=timeout_seconds)
    except queue.Empty:
        raise TimeoutError("the name lookup took too long") from None
    if isinstance(answer, OSError):
        raise answer
    return answer
