"""The child process of the sandbox, seen from its parent: start it, ask it, end it.

Touches the world, for `sandbox.py` alone.
"""

from __future__ import annotations

import contextlib
import json
import os
import signal
import socket
import subprocess
import sys
import time

from services.extract.outcome import Reason, Rejection
from services.extract.sandbox_wire import Frame, receive_frame, send_frame

_OUT_OF_MEMORY_EXIT = 77  # as in sandbox_child, which is too heavy to import here
_CHILD = (
    "import json,sys;a=json.loads(sys.argv[1]);sys.path[:]=a['path'];"
    "from services.extract.sandbox_child import serve;"
    "serve(a['fd'],a['memory_bytes'],a['time_seconds'],a['parent'])"
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


class Child:
    """The running child and our end of its socket."""

    def __init__(self, memory_bytes: int, time_seconds: float) -> None:
        self._ours, theirs = socket.socketpair()
        with theirs:
            start = {
                "path": [entry or os.getcwd() for entry in sys.path],  # noqa: PTH109  sys.path holds strings
                "fd": theirs.fileno(),
                "memory_bytes": memory_bytes,
                "time_seconds": time_seconds,
                "parent": os.getpid(),
            }
            kept = {name: os.environ[name] for name in _PASSED_ON if name in os.environ}
            self._process = subprocess.Popen(  # noqa: S603  our own interpreter and our own code
                [sys.executable, "-c", _CHILD, json.dumps(start)],
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                start_new_session=True,  # Ctrl-C is for the parent, which then ends its child
                env={**kept, **_FIXED},
            )
        self._is_ready = False
        self.answered = 0

    def await_ready(self, start_seconds: float) -> None:
        """Wait until the parsers are loaded; OSError or EOFError when that fails."""
        if not self._is_ready:
            receive_frame(self._ours, time.monotonic() + start_seconds)
            self._is_ready = True

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
        """Whether the process is still there."""
        return self._process.poll() is None

    def was_hung_up(self) -> bool:
        """Say whether it ended because the thread that started it did (Linux counts threads)."""
        return self._process.poll() == -signal.SIGHUP

    def kill(self) -> None:
        """End the process, whatever it is doing."""
        self._ours.close()
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        self._process.wait()

    def _breakdown(self) -> Rejection:
        try:
            code = self._process.wait(timeout=5)
        except subprocess.TimeoutExpired:
            code = 0
        if code in (_OUT_OF_MEMORY_EXIT, -signal.SIGKILL):  # SIGKILL: the system's memory guard
            detail = "Reading this file needs more memory than it may have."
            return Rejection(Reason.OUT_OF_MEMORY, detail)
        ending = f"signal {-code}" if code < 0 else f"exit code {code}"
        return Rejection(Reason.CRASHED, f"The reading process ended on this file ({ending}).")
