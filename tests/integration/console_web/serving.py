"""A console that really listens, for the length of a test."""

from __future__ import annotations

import http.client
import queue
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.comparison import Comparison
from services.console.main import serve
from shared.runtime import Runtime

READY_SECONDS = 20
ANSWER_SECONDS = 20


@dataclass(frozen=True)
class Answer:
    """What came back: redirects are not followed."""

    status: int
    headers: http.client.HTTPMessage
    body: bytes

    @property
    def text(self) -> str:
        """The body as text."""
        return self.body.decode()


@dataclass
class Console:
    """A running console."""

    url: str
    thread: threading.Thread
    stop: threading.Event

    def get(self, path: str, *, host: str | None = None, method: str = "GET") -> Answer:
        """Ask for *path*, under another Host header if one is given."""
        connection = http.client.HTTPConnection(urlsplit(self.url).netloc, timeout=ANSWER_SECONDS)
        try:
            connection.request(method, path, headers={} if host is None else {"Host": host})
            response = connection.getresponse()
            return Answer(response.status, response.headers, response.read())
        finally:
            connection.close()


@contextmanager
def serving(runtime: Runtime) -> Iterator[Console]:
    """Serve *runtime* from a thread; stops at the end."""
    ready: queue.Queue[str | Exception] = queue.Queue()
    stop = threading.Event()

    def run() -> None:
        try:
            serve(runtime, stop, comparing=Comparison(), on_ready=ready.put)
        except Exception as error:
            ready.put(error)
            raise

    thread = threading.Thread(target=run, name="console-under-test")
    thread.start()
    try:
        found = ready.get(timeout=READY_SECONDS)
        if isinstance(found, Exception):
            raise found
        yield Console(found, thread, stop)
    finally:
        stop.set()
        thread.join(READY_SECONDS)
