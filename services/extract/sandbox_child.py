"""The sandbox's child: limits itself, then answers one request after another. Touches the world."""

from __future__ import annotations

import contextlib
import ctypes
import os
import resource
import signal
import socket
import sys
from collections.abc import Iterator
from typing import Any

from services.extract import reading
from services.extract.outcome import Member, MembersError, Reading, Reason, Rejection
from services.extract.sandbox_wire import (
    Frame,
    reading_to_json,
    receive_frame,
    rejection_to_json,
    request_from_json,
    send_frame,
)

OUT_OF_MEMORY_EXIT = 77
_BATCH_MEMBERS = 200
_BATCH_BYTES = 1_000_000
_SKIPPED_BYTES = 50_000_000  # walked over in one answer: each has a time limit
_PR_SET_PDEATHSIG = 1


def serve(fd: int, memory_bytes: int, time_seconds: float, parent_pid: int) -> None:
    """Answer requests on the socket *fd* until the other end is gone; never returns."""
    sock = socket.socket(fileno=fd)
    _die_with(parent_pid)
    _limit_memory(memory_bytes)
    # The owner kills on overrun. Should it be gone by then, the alarm ends the child.
    alarm_seconds = int(time_seconds * 2) + 5
    try:
        answers = _Answers()
        while True:
            request = receive_frame(sock)
            signal.alarm(alarm_seconds)
            send_frame(sock, answers.answer(request))
            signal.alarm(0)
    except (EOFError, OSError):
        os._exit(0)
    except MemoryError:
        os._exit(OUT_OF_MEMORY_EXIT)


class _Answers:
    """Answers requests one at a time; holds the open container between batches."""

    def __init__(self) -> None:
        self._members: Iterator[Member] = iter(())
        self._opened: int | None = None
        self._skip = 0

    def answer(self, request: Frame) -> Frame:
        head = request.head
        if head["do"] == "read":
            self._members, self._opened = iter(()), None  # their bytes count as memory of this file
            return Frame({"reading": reading_to_json(_read(request))})
        if head["do"] == "members":
            self._opened = head["container"]
            self._members = reading.iter_members(
                request.payload, request_from_json(head["request"])
            )
            self._skip = head["skip"]
        if head["container"] != self._opened:
            return Frame({"lost": True})
        return self._next_batch()

    def _next_batch(self) -> Frame:
        batch: list[Member] = []
        ending: dict[str, Any] = {"more": True}
        try:
            self._fill(batch)
        except StopIteration as end:
            ending = {"more": False, "notes": list(end.value or ())}
        except MembersError as stopped:
            ending = {"more": False, "rejection": rejection_to_json(stopped.rejection)}
        except MemoryError:
            raise
        except Exception as failed:  # noqa: BLE001  any failure of a parser on hostile bytes is an outcome
            ending = {"more": False, "rejection": rejection_to_json(_failure(failed))}
        listed = [_listed(member) for member in batch]
        return Frame({"members": listed, **ending}, b"".join(member.data for member in batch))

    def _fill(self, batch: list[Member]) -> None:
        """Take members until there are enough for one answer; StopIteration after the last."""
        gathered = walked = 0
        while len(batch) < _BATCH_MEMBERS and gathered < _BATCH_BYTES and walked < _SKIPPED_BYTES:
            member = next(self._members)
            if self._skip:
                self._skip -= 1
                walked += len(member.data)
            else:
                batch.append(member)
                gathered += len(member.data)


def _listed(member: Member) -> dict[str, Any]:
    rejection = rejection_to_json(member.rejection) if member.rejection else None
    return {
        "name": member.name,
        "size": len(member.data),
        "outlet": member.outlet,
        "rejection": rejection,
    }


def _read(request: Frame) -> Reading:
    try:
        return reading.read_file(request.payload, request_from_json(request.head["request"]))
    except MemoryError:
        raise
    except Exception as failed:  # noqa: BLE001  any failure of a parser on hostile bytes is an outcome
        return Reading("unknown", rejection=_failure(failed))


def _failure(failed: Exception) -> Rejection:
    detail = f"A parser failed on this file ({type(failed).__name__}: {failed})."
    return Rejection(Reason.CRASHED, detail[:500])


def _die_with(parent_pid: int) -> None:
    """On Linux, be hung up on when the parent dies; elsewhere the closed socket ends the child."""
    if sys.platform == "linux":
        with contextlib.suppress(OSError, AttributeError):
            ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, signal.SIGHUP)
    if os.getppid() != parent_pid:
        os._exit(0)


def _limit_memory(memory_bytes: int) -> None:
    """Limit the address space; macOS accepts the call but may not enforce it."""
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    with contextlib.suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
