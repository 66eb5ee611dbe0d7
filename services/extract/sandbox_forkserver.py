"""The fork server: loads the parsers once, then forks a reading child whenever it is asked.

Loading takes about a second, forking a few milliseconds: so a child that a hostile file has
brought down is replaced at once, and the children of one process share the memory of the parsers.
The server itself never sees a byte of any file, runs one thread, and ends with its owner. Touches
the world.
"""

from __future__ import annotations

import contextlib
import gc
import json
import os
import signal
import socket
import time
from typing import Any

from services.extract import sandbox_child
from services.extract.cleaning.language import detect_language

_MESSAGE_BYTES = 4096
_LOOK_AGAIN_SECONDS = 0.002


def serve_forks(fd: int, idle_seconds: float) -> None:
    """Start and end children as the socket *fd* asks, one question at a time; never returns.

    It ends when the other side is gone, or after *idle_seconds* without a child.
    """
    control = socket.socket(fileno=fd)
    signal.signal(signal.SIGINT, signal.SIG_IGN)
    signal.signal(signal.SIGHUP, signal.SIG_DFL)  # the children's sign that we are gone; see nohup
    detect_language("warm the model up before the first file waits for it")
    gc.freeze()  # the collector would copy every page that the children share
    children: set[int] = set()
    with contextlib.suppress(OSError):
        while True:
            control.settimeout(None if children else idle_seconds)
            message, descriptors, _, _ = socket.recv_fds(control, _MESSAGE_BYTES, 1)
            if not message:
                break
            answer = _answer(json.loads(message), descriptors, control, children)
            control.sendall(json.dumps(answer).encode())
    os._exit(0)


def _answer(
    order: dict[str, Any], descriptors: list[int], control: socket.socket, children: set[int]
) -> dict[str, int]:
    if order["do"] == "start":
        pid = _fork(order, descriptors[0], control)
        children.add(pid)
        return {"pid": pid}
    children.remove(order["pid"])  # only our own are ever killed
    return {"code": _end(order["pid"], order["grace_seconds"])}


def _fork(order: dict[str, Any], fd: int, control: socket.socket) -> int:
    server_pid = os.getpid()
    pid = os.fork()
    if pid == 0:
        try:
            control.close()
            sandbox_child.serve(fd, order["memory_bytes"], order["time_seconds"], server_pid)
        finally:
            os._exit(1)
    os.close(fd)
    return pid


def _end(pid: int, grace_seconds: float) -> int:
    """Kill *pid* unless it ends by itself within the grace; give its code, `-n` for signal n."""
    deadline = time.monotonic() + grace_seconds
    while True:
        ended, status = os.waitpid(pid, os.WNOHANG)
        if ended:
            return os.waitstatus_to_exitcode(status)
        if time.monotonic() >= deadline:
            os.kill(pid, signal.SIGKILL)
            return os.waitstatus_to_exitcode(os.waitpid(pid, 0)[1])
        time.sleep(_LOOK_AGAIN_SECONDS)
