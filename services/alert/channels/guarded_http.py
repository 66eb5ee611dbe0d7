"""POST to an address that someone else chose: one connection, checked address, total deadline.

The host is resolved once, every address is judged (`services.alert.addresses`), and the connection
goes to a judged address while Host and SNI keep the name: resolving twice would let a name server
show us a public address and then send us to a private one. Redirects are not followed, proxies
from the environment not used, and no more than `MAX_ANSWER_BYTES` read.
"""

from __future__ import annotations

import http.client
import io
import re
import socket
import ssl
import time
from collections.abc import Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from functools import cache
from typing import Any
from urllib.parse import urlsplit

from services.alert.addresses import refusal_of
from services.alert.channels.contract import ChannelSettings, DeliveryError
from services.alert.channels.resolving import resolve_in_time
from services.alert.message import one_line
from services.alert.retries import FailureKind

MAX_ANSWER_BYTES = 64 * 1024
MAX_URL_CHARACTERS = 2000
_PORTS = {"http": 80, "https": 443}
_VISIBLE_ASCII = re.compile(r"[!-~]+")


@dataclass(frozen=True, slots=True)
class Target:
    """Where to post. The path may hold a receiver's token, so it stays out of the repr."""

    scheme: str
    host: str
    port: int
    path: str = field(repr=False)

    @property
    def authority(self) -> str:
        """The Host header: the name, and the port unless it is the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def place(self) -> str:
        """The target as it may be named in errors and logs."""
        return f"{self.scheme}://{self.authority}"


@dataclass(frozen=True, slots=True)
class Answer:
    """What the other side said. `is_whole` is False when the body was cut by size or deadline."""

    status: int
    headers: Mapping[str, str]
    body: bytes
    is_whole: bool


def parse_target(url: str) -> Target:
    """Read an http(s) URL. Raises ValueError with a reason that does not repeat the URL."""
    if len(url) > MAX_URL_CHARACTERS or not _VISIBLE_ASCII.fullmatch(url):
        raise ValueError(
            "is too long, or has spaces, control or non-ASCII characters (encode them)"
        )
    try:
        parts = urlsplit(url)
        port = parts.port
    except ValueError:
        raise ValueError("is not a URL") from None
    if parts.scheme not in _PORTS or not parts.hostname:
        raise ValueError("must start with https:// or http:// and name a host")
    if parts.username is not None or parts.password is not None:
        raise ValueError("must not hold a user name or password")
    if "%" in parts.hostname or port == 0:
        raise ValueError("has a host or port that cannot be reached")
    path = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    return Target(parts.scheme, parts.hostname, port or _PORTS[parts.scheme], path)


def post(
    target: Target, headers: Mapping[str, str], body: bytes, settings: ChannelSettings
) -> Answer:
    """Send *body* and return the answer, whatever its status. Raises DeliveryError without one."""
    deadline = _Deadline(settings.deadline_seconds)
    try:
        addresses = _checked_addresses(target, settings, deadline)
        plain = _connect(target, addresses, deadline)
        with closing(plain), closing(_secured(target, plain, settings, deadline)) as connected:
            return _exchange(target, headers, body, _DeadlineSocket(connected, deadline))
    except TimeoutError:
        limit = f"no answer within {settings.deadline_seconds:g} s"
        raise DeliveryError(FailureKind.TIMED_OUT, f"{target.place}: {limit}") from None
    except ssl.SSLError as error:
        why = getattr(error, "verify_message", "") or error.reason or "failed"
        raise DeliveryError(FailureKind.TLS_FAILED, f"{target.place}: TLS: {why}") from None
    except OSError as error:
        why = one_line(error.strerror or "closed the connection without an answer")
        raise DeliveryError(FailureKind.UNREACHABLE, f"{target.place}: {why}") from None
    except http.client.HTTPException as error:
        why = f"the answer is not HTTP ({type(error).__name__})"
        raise DeliveryError(FailureKind.BAD_ANSWER, f"{target.place}: {why}") from None


class _Deadline:
    def __init__(self, seconds: float) -> None:
        self._ends_at = time.monotonic() + seconds

    def remaining_seconds(self) -> float:
        """Return what is left, more than 0. Raises TimeoutError at the end."""
        left = self._ends_at - time.monotonic()
        if left <= 0:
            raise TimeoutError
        return left


def _checked_addresses(
    target: Target, settings: ChannelSettings, deadline: _Deadline
) -> Sequence[str]:
    left = deadline.remaining_seconds()
    addresses = resolve_in_time(settings.resolve, target.host, target.port, left)
    why = refusal_of(target.host, addresses, settings.allowed)
    if why is not None:
        raise DeliveryError(FailureKind.ADDRESS_REFUSED, f"{target.place}: refused: {why}")
    return addresses


def _connect(target: Target, addresses: Sequence[str], deadline: _Deadline) -> socket.socket:
    """Connect to the first address that answers; a dead one may not use up the others' time."""
    for tried, address in enumerate(addresses[:-1]):
        share = deadline.remaining_seconds() / (len(addresses) - tried)
        try:
            return socket.create_connection((address, target.port), timeout=share)
        except OSError:
            continue
    left = deadline.remaining_seconds()
    return socket.create_connection((addresses[-1], target.port), timeout=left)


@cache
def _system_tls() -> ssl.SSLContext:
    return ssl.create_default_context()


def _secured(
    target: Target, plain: socket.socket, settings: ChannelSettings, deadline: _Deadline
) -> socket.socket:
    if target.scheme == "http":
        return plain
    plain.settimeout(deadline.remaining_seconds())
    context = settings.tls or _system_tls()
    return context.wrap_socket(plain, server_hostname=target.host)


def _exchange(
    target: Target, headers: Mapping[str, str], body: bytes, connected: _DeadlineSocket
) -> Answer:
    connection = http.client.HTTPConnection(target.host, target.port)
    connection.auto_open = 0
    connection.sock = connected
    connection.putrequest("POST", target.path, skip_host=True, skip_accept_encoding=True)
    own = {"Host": target.authority, "Content-Length": str(len(body)), "Connection": "close"}
    for name, value in {**headers, **own}.items():
        connection.putheader(name, value)
    connection.endheaders(body)
    with connection.getresponse() as response:
        # http.client takes the end of what we read for the end of the headers.
        if connected.has_cut:
            raise http.client.LineTooLong("header")
        content = _read_body(response)
        is_whole = content is not None and not response.length and not connected.has_cut
        lower = {name.lower(): value for name, value in response.headers.items()}
        return Answer(response.status, lower, content or b"", is_whole)


def _read_body(response: http.client.HTTPResponse) -> bytes | None:
    """Read the body, None when it breaks off: the status has decided, and that stands."""
    try:
        return response.read(MAX_ANSWER_BYTES)
    except (OSError, http.client.HTTPException):
        return None


class _DeadlineSocket:
    """As much of a socket as http.client needs, every call under one deadline.

    A socket's own timeout starts anew with each byte, so a receiver that drips would never end.
    """

    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        self._connected = connected
        self._deadline = deadline
        self._reader = _CappedReader(connected, deadline)

    @property
    def has_cut(self) -> bool:
        """Whether the answer reached `MAX_ANSWER_BYTES`."""
        return self._reader.left_bytes == 0

    def sendall(self, data: Any) -> None:
        """Send all of *data*. Raises TimeoutError, OSError."""
        left = memoryview(data)
        while left:
            self._connected.settimeout(self._deadline.remaining_seconds())
            left = left[self._connected.send(left) :]

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the reading side; http.client asks for nothing else."""
        return io.BufferedReader(self._reader)

    def close(self) -> None:
        """Leave the connection to its owner: http.client closes it before it reads the body."""


class _CappedReader(io.RawIOBase):
    """Reads until the deadline or `MAX_ANSWER_BYTES`, then shows an end of file."""

    def __init__(self, connected: socket.socket, deadline: _Deadline) -> None:
        self._connected = connected
        self._deadline = deadline
        self.left_bytes = MAX_ANSWER_BYTES

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        wanted = min(len(buffer), self.left_bytes)
        if wanted == 0:
            return 0
        self._connected.settimeout(self._deadline.remaining_seconds())
        count = self._connected.recv_into(buffer, wanted)
        self.left_bytes -= count
        return count
