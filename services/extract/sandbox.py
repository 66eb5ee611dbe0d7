"""Reading in a child process with time and memory limits. Touches the world.

The bytes of a file are hostile until shown otherwise: every parser here has an input of a few
megabytes that costs minutes or gigabytes. So they run in a child that may be killed. Children are
forked from a server that is a fresh interpreter itself, and share nothing with this process but
one socket: they can be started from any thread, under any main program. The server loads the
parsers (about one second) while nobody waits; a child that was killed is replaced at once.
"""

from __future__ import annotations

import itertools
import threading
import time
from collections.abc import Generator, Iterator

from services.extract.outcome import (
    Member,
    MembersError,
    Reading,
    ReadRequest,
    Reason,
    Rejection,
)
from services.extract.sandbox_process import Child, start_server
from services.extract.sandbox_wire import (
    Frame,
    reading_from_json,
    rejection_from_json,
    request_to_json,
)
from shared.errors import TransientError

__all__ = [
    "Member",
    "MembersError",
    "ReadRequest",
    "Reading",
    "Reason",
    "Rejection",
    "Sandbox",
    "SandboxError",
]


# Children that fall with their fork server, before that is a fault of the installation.
_MOST_TRIES = 4


class SandboxError(TransientError):
    """The child can not start at all: a fault of the installation, not of any file."""


class Sandbox:
    """One warm child that reads files for this process.

    Use one per thread; sharing one is safe but lets threads wait for each other.
    On macOS the memory limit may not hold: there the system's own memory pressure is the limit.

    Args:
        time_seconds: Wall time one file, or one batch of members, may take.
        memory_bytes: Address space of the child, parsers included.
        idle_seconds: After this long without work `drop_idle` ends the child.
        start_seconds: Wall time the child may take to load the parsers.
    """

    def __init__(
        self,
        *,
        time_seconds: float = 10.0,
        memory_bytes: int = 1 << 30,
        idle_seconds: float = 60.0,
        start_seconds: float = 60.0,
    ) -> None:
        self._time_seconds = time_seconds
        self._memory_bytes = memory_bytes
        self._idle_seconds = idle_seconds
        self._start_seconds = start_seconds
        self._lock = threading.Lock()
        self._child: Child | None = None
        self._used_at = time.monotonic()
        self._containers = itertools.count(1)

    def read(self, data: bytes, request: ReadRequest) -> Reading:
        """Read one file; whatever its bytes do, the answer is a Reading.

        Raises:
            SandboxError: The child can not start, whatever the file.
        """
        if len(data) > request.max_bytes:  # not worth sending
            detail = f"The file has {len(data):,} bytes; the limit is {request.max_bytes:,}."
            return Reading("unknown", rejection=Rejection(Reason.TOO_LARGE, detail))
        answer = self._ask(Frame({"do": "read", "request": request_to_json(request)}, data))
        if isinstance(answer, Rejection):
            return Reading("unknown", rejection=answer)
        return reading_from_json(answer.head["reading"])

    def members(
        self, data: bytes, request: ReadRequest, skip: int = 0
    ) -> Generator[Member, None, tuple[str, ...]]:
        """Yield the records of a container after the first *skip*, fetched as they are consumed.

        Notes about what was passed over are the value of the generator (of its StopIteration).

        Raises:
            MembersError: The container breaks off, or a batch overran a limit.
            SandboxError: The child can not start, whatever the file.
        """
        container = next(self._containers)
        opening = {"do": "members", "container": container, "request": request_to_json(request)}
        delivered = skip
        asking = Frame({**opening, "skip": skip}, data)
        while True:
            answer = self._ask(asking)
            if isinstance(answer, Rejection):
                raise MembersError(answer)
            if answer.head.get("lost"):  # another file ended that child: open again where we were
                asking = Frame({**opening, "skip": delivered}, data)
                continue
            for member in _unpack(answer):
                delivered += 1
                yield member
            if answer.head.get("rejection"):
                raise MembersError(rejection_from_json(answer.head["rejection"]))
            if not answer.head["more"]:
                return tuple(answer.head["notes"])
            asking = Frame({"do": "more", "container": container})

    def warm_up(self, *, wait: bool = False) -> None:
        """Load the parsers while nobody waits; or *wait* until a child is ready to read.

        Raises:
            SandboxError: with *wait*, when the child can not start.
        """
        with self._lock:
            self._used_at = time.monotonic()
            if wait:
                self._ready_child()
            else:
                start_server()

    def drop_idle(self, now_monotonic: float) -> bool:
        """End the child if it had no work for `idle_seconds`; return whether it was ended."""
        if not self._lock.acquire(blocking=False):
            return False
        try:
            if self._child is None or now_monotonic - self._used_at < self._idle_seconds:
                return False
            self._end_child()
            return True
        finally:
            self._lock.release()

    def close(self) -> None:
        """End the child, if any. The sandbox may be used again."""
        with self._lock:
            self._end_child()

    def _ask(self, request: Frame) -> Frame | Rejection:
        with self._lock:
            try:
                return self._ask_fairly(request)
            finally:
                self._used_at = time.monotonic()

    def _ask_fairly(self, request: Frame) -> Frame | Rejection:
        """Ask; when a child breaks down that had read others before, ask a fresh one."""
        for _ in range(_MOST_TRIES):
            child = self._ready_child()
            was_fresh = child.answered == 0
            answer = child.ask(request, self._time_seconds)
            if not isinstance(answer, Rejection):
                return answer
            self._end_child()
            if answer.reason is Reason.TIMED_OUT or (was_fresh and not child.was_orphaned()):
                return answer
        raise SandboxError(f"{_MOST_TRIES} reading processes in a row fell with their server")

    def _ready_child(self) -> Child:
        if self._child is not None and not self._child.is_running():
            self._end_child()
        if self._child is None:
            self._child = self._start_child()
        return self._child

    def _start_child(self) -> Child:
        try:
            return Child(self._memory_bytes, self._time_seconds, self._start_seconds)
        except (OSError, EOFError) as failed:
            raise SandboxError(
                f"the reading process did not start within {self._start_seconds:g} s or ended "
                f"while loading its parsers; its error output is on standard error ({failed!r})"
            ) from failed

    def _end_child(self) -> None:
        if self._child is not None:
            self._child.kill()
            self._child = None


def _unpack(answer: Frame) -> Iterator[Member]:
    start = 0
    for listed in answer.head["members"]:
        end = start + listed["size"]
        refused = listed["rejection"]
        rejection = rejection_from_json(refused) if refused else None
        yield Member(listed["name"], answer.payload[start:end], listed["outlet"], rejection)
        start = end
