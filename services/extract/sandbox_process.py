"""The processes of the sandbox, seen from their owner: the fork server, and a child of its.

Touches the world, for `sandbox.py` alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import select
import signal
import socket
import subprocess
import sys
import threading
import time

from services.extract.outcome import Reason, Rejection
from services.extract.sandbox_wire import Frame, receive_frame, send_frame

_OUT_OF_MEMORY_EXIT = 77  # as in sandbox_child, which is too heavy to import here
_SERVER = (
    "import json,sys;a=json.loads(sys.argv[1]);sys.path[:]=a['path'];"
    "from services.extract.sandbox_forkserver import serve_forks;"
    "serve_forks(a['fd'],a['idle_seconds'])"
)
# Nothing secret: a parser that is taken over shall find no passwords in its environment.
_PASSED_ON = (
    "PATH",
    "HOME",
    "LANG",
    "LC_ALL",
    "TMPDIR",
    "LD_LIBRARY_PATH",
    "COVERAGE_PROCESS_START",
)
_FIXED = {
    "TZ": "UTC",
    "PYTHONHASHSEED": "0",  # the same bytes give the same article
    "PYTHONDONTWRITEBYTECODE": "1",
    "OPENBLAS_NUM_THREADS": "1",  # each of its threads would take 40 MB of the address space
    "OMP_NUM_THREADS": "1",
}
_SERVER_IDLE_SECONDS = 60.0
_ENDING_SECONDS = 10.0
_BREAKDOWN_SECONDS = 5.0
_ANSWER_BYTES = 1000


class _ForkServer:
    """A running fork server, and our end of its socket. Threads may share it."""

    def __init__(self) -> None:
        self._ours, theirs = socket.socketpair()
        self._lock = threading.Lock()
        with theirs:
            start = {
                "path": [entry or os.getcwd() for entry in sys.path],  # noqa: PTH109  sys.path holds strings
                "fd": theirs.fileno(),
                "idle_seconds": _SERVER_IDLE_SECONDS,
            }
            kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own code
                # -P: no module of the folder we happen to stand in.
                [sys.executable, "-P", "-c", _SERVER, json.dumps(start)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C is for the owner, which then ends its children
                env={**kept, **_FIXED},
            )

    def is_running(self) -> bool:
        return self._process.poll() is None

    def start(
        self, theirs: socket.socket, memory_bytes: int, time_seconds: float, wait_seconds: float
    ) -> int:
        """Have a child started that answers on the socket *theirs*; return its process id.

        Raises:
            OSError, EOFError: there was no answer within *wait_seconds*, or the server is gone.
        """
        order = {"do": "start", "memory_bytes": memory_bytes, "time_seconds": time_seconds}
        with self._lock:
            self._ours.settimeout(wait_seconds)
            socket.send_fds(self._ours, [json.dumps(order).encode()], [theirs.fileno()])
            return int(self._answer()["pid"])

    def end(self, pid: int, grace_seconds: float) -> int | None:
        """End a child; give its exit code, or None when the server went before it."""
        order = {"do": "end", "pid": pid, "grace_seconds": grace_seconds}
        with contextlib.suppress(OSError, EOFError), self._lock:
            self._ours.settimeout(grace_seconds + _ENDING_SECONDS)
            self._ours.sendall(json.dumps(order).encode())
            return int(self._answer()["code"])
        self.kill()
        return None

    def kill(self) -> None:
        """End the server; its children go with it."""
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()
        self._ours.close()

    def _answer(self) -> dict[str, int]:
        answer: dict[str, int] = json.loads(self._ours.recv(_ANSWER_BYTES) or "null")
        if answer is None:
            raise EOFError("the fork server is gone")
        return answer


_only_one_starts = threading.Lock()
_of_this_process: list[_ForkServer] = []


def start_server() -> None:
    """Start the fork server of this process, unless it runs; it loads the parsers meanwhile."""
    with _only_one_starts:
        _running_server()


def _running_server() -> _ForkServer:
    for server in _of_this_process:
        if server.is_running():
            return server
        server.kill()
    _of_this_process[:] = [_ForkServer()]
    return _of_this_process[0]


class Child:
    """A running child, and our end of its socket.

    Raises:
        OSError, EOFError: it can not be started within *start_seconds*.
    """

    def __init__(self, memory_bytes: int, time_seconds: float, start_seconds: float) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            self._server, self.pid = _start(theirs, memory_bytes, time_seconds, start_seconds)
        self._ended_with: list[int | None] = []
        self.answered = 0

    def ask(self, request: Frame, time_seconds: float) -> Frame | Rejection:
        """Send *request* and await the answer; on overrun or breakdown, the rejection."""
        deadline = time.monotonic() + time_seconds
        try:
            send_frame(self._ours, request, deadline)
            answer = receive_frame(self._ours, deadline)
        except TimeoutError:
            detail = f"Reading took longer than {time_seconds:g} s and was stopped."
            return Rejection(Reason.TIMED_OUT, detail)
        except (OSError, EOFError):
            return self._breakdown()
        self.answered += 1
        return answer

    def is_running(self) -> bool:
        """Whether its end of the socket is open: unasked it says nothing."""
        return not (self._ended_with or select.select([self._ours], [], [], 0)[0])

    def was_orphaned(self) -> bool:
        """Say whether it ended because its fork server did."""
        return bool(self._ended_with) and self._ended_with[0] in (None, -signal.SIGHUP)

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self._end(0.0)
        self._ours.close()

    def _end(self, grace_seconds: float) -> int | None:
        if not self._ended_with:
            self._ended_with = [self._server.end(self.pid, grace_seconds)]
        return self._ended_with[0]

    def _breakdown(self) -> Rejection:
        code = self._end(_BREAKDOWN_SECONDS) or 0
        if code in (_OUT_OF_MEMORY_EXIT, -signal.SIGKILL):  # SIGKILL: the system's memory guard
            detail = "Reading this file needs more memory than it may have."
            return Rejection(Reason.OUT_OF_MEMORY, detail)
        ending = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Rejection(Reason.CRASHED, f"The reading process ended on this file ({ending}).")


def _start(
    theirs: socket.socket, memory_bytes: int, time_seconds: float, start_seconds: float
) -> tuple[_ForkServer, int]:
    """Start a child; where the fork server goes in that moment, having been idle, in a new one."""
    with _only_one_starts:
        for is_last_try in (False, True):
            server = _running_server()
            try:
                return server, server.start(theirs, memory_bytes, time_seconds, start_seconds)
            except (OSError, EOFError):
                server.kill()
                if is_last_try:
                    raise
    raise AssertionError("the last try returns or raises")
