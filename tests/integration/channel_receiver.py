"""A real HTTP receiver on loopback that answers, stalls or misbehaves as a test asks."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

CHUNK = b"x" * 1024


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it arrived: header names in lower case."""

    line: str
    headers: dict[str, str]
    body: bytes


Answer = Callable[["Receiver", socket.socket], None]


@dataclass
class Receiver:
    """Takes one request a connection, then lets `answer` write whatever it likes."""

    answer: Answer
    tls: ssl.SSLContext | None = None
    requests: list[Request] = field(default_factory=list)
    stopping: threading.Event = field(default_factory=threading.Event)
    listener: socket.socket = field(default_factory=lambda: socket.create_server(("127.0.0.1", 0)))

    @property
    def port(self) -> int:
        return int(self.listener.getsockname()[1])

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/hook/t0ken-of-the-receiver"

    @contextmanager
    def running(self) -> Iterator[Receiver]:
        thread = threading.Thread(target=self._serve)
        thread.start()
        try:
            yield self
        finally:
            self.stopping.set()
            # Closing a listener does not wake its accept; a connection does.
            socket.create_connection(("127.0.0.1", self.port)).close()
            thread.join()
            self.listener.close()

    def _serve(self) -> None:
        while True:
            connection, _ = self.listener.accept()
            with connection:
                if self.stopping.is_set():
                    return
                connection.settimeout(5)
                try:
                    self._take(connection)
                except OSError:
                    continue  # the sender gave up on us, as these tests want it to

    def _take(self, connection: socket.socket) -> None:
        if self.tls is not None:
            connection = self.tls.wrap_socket(connection, server_side=True)
        with connection, connection.makefile("rb") as reading:
            line = reading.readline().decode().strip()
            if not line:
                return
            headers = {}
            while header := reading.readline().decode().strip():
                name, _, value = header.partition(":")
                headers[name.lower()] = value.strip()
            body = reading.read(int(headers.get("content-length", 0)))
            self.requests.append(Request(line, headers, body))
            self.answer(self, connection)


def says(status: str, *headers: str, body: bytes = b"") -> Answer:
    """Answer properly."""

    def answer(_receiver: Receiver, connection: socket.socket) -> None:
        head = [f"HTTP/1.1 {status}", f"Content-Length: {len(body)}", *headers, "", ""]
        connection.sendall("\r\n".join(head).encode() + body)

    return answer


def writes(data: bytes) -> Answer:
    """Answer with exactly these bytes, then close."""
    return lambda _receiver, connection: connection.sendall(data)


def drips(start: bytes) -> Answer:
    """Send *start*, then a byte every 20 ms until the sender gives up."""

    def answer(receiver: Receiver, connection: socket.socket) -> None:
        connection.sendall(start)
        while not receiver.stopping.wait(0.02):
            connection.sendall(b"x")

    return answer


def floods(start: bytes) -> Answer:
    """Send *start*, then bytes without end until the sender gives up."""

    def answer(receiver: Receiver, connection: socket.socket) -> None:
        connection.sendall(start)
        while not receiver.stopping.is_set():
            connection.sendall(CHUNK)

    return answer


def keeps_silent(receiver: Receiver, connection: socket.socket) -> None:
    """Say nothing until the sender hangs up."""
    connection.settimeout(10)
    connection.recv(1)
