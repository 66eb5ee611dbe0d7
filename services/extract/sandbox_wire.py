"""What sandbox and child say to each other: frames on a socket, values as JSON."""

from __future__ import annotations

import json
import socket
import struct
import time
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import Any

from services.extract.outcome import LineFate, Reading, ReadRequest, Reason, Rejection
from shared.model import CleanArticle, Field, Source

_SIZES = struct.Struct(">IQ")  # length of the JSON head, length of the raw bytes after it
_MAX_HEAD_BYTES = 256_000_000
_MAX_PAYLOAD_BYTES = 1_000_000_000
_PIECE_BYTES = 1 << 20


@dataclass(frozen=True, slots=True)
class Frame:
    """One message: a JSON object, and raw bytes beside it."""

    head: Mapping[str, Any]
    payload: bytes = b""


def send_frame(sock: socket.socket, frame: Frame, deadline: float | None = None) -> None:
    """Send *frame*; raise TimeoutError when `time.monotonic()` passes *deadline* first."""
    head = json.dumps(frame.head).encode()
    _set_timeout(sock, deadline)
    sock.sendall(_SIZES.pack(len(head), len(frame.payload)) + head)
    if frame.payload:
        _set_timeout(sock, deadline)
        sock.sendall(frame.payload)


def receive_frame(sock: socket.socket, deadline: float | None = None) -> Frame:
    """Receive one frame; TimeoutError after *deadline*, EOFError when the other end is gone."""
    head_bytes, payload_bytes = _SIZES.unpack(_receive(sock, _SIZES.size, deadline))
    if head_bytes > _MAX_HEAD_BYTES or payload_bytes > _MAX_PAYLOAD_BYTES:
        raise EOFError("a frame beyond all bounds: the other end is out of step")
    head = json.loads(_receive(sock, head_bytes, deadline))
    return Frame(head, _receive(sock, payload_bytes, deadline))


def _receive(sock: socket.socket, size: int, deadline: float | None) -> bytes:
    received = bytearray()
    while len(received) < size:
        _set_timeout(sock, deadline)
        piece = sock.recv(min(size - len(received), _PIECE_BYTES))
        if not piece:
            raise EOFError("the other end is gone")
        received += piece
    return bytes(received)


def _set_timeout(sock: socket.socket, deadline: float | None) -> None:
    if deadline is None:
        sock.settimeout(None)
        return
    remaining = deadline - time.monotonic()
    if remaining <= 0:
        raise TimeoutError
    sock.settimeout(remaining)


def request_to_json(request: ReadRequest) -> dict[str, Any]:
    """Give *request* as a JSON object; times as ISO 8601."""
    found = asdict(request)
    for key in ("modified_at", "received_at"):
        found[key] = found[key].isoformat() if found[key] else None
    return found


def request_from_json(found: Mapping[str, Any]) -> ReadRequest:
    """Read back what `request_to_json` gave."""
    times = {
        key: datetime.fromisoformat(found[key]) if found[key] else None
        for key in ("modified_at", "received_at")
    }
    return ReadRequest(**{**found, **times})


def reading_to_json(reading: Reading) -> dict[str, Any]:
    """Give *reading* as a JSON object."""
    article = reading.article
    return {
        "format": reading.format,
        "members": reading.members,
        "notes": list(reading.notes),
        "lines": [[line.text, line.dropped] for line in reading.lines],
        "rejection": rejection_to_json(reading.rejection) if reading.rejection else None,
        "article": None
        if article is None
        else {
            "text": article.text,
            "authors": list(article.authors),
            "fields": {name: asdict(field) for name, field in article.fields.items()},
        },
    }


def reading_from_json(found: Mapping[str, Any]) -> Reading:
    """Read back what `reading_to_json` gave."""
    return Reading(
        format=found["format"],
        article=_article_from_json(found["article"]) if found["article"] else None,
        rejection=rejection_from_json(found["rejection"]) if found["rejection"] else None,
        members=found["members"],
        notes=tuple(found["notes"]),
        lines=tuple(LineFate(text, dropped) for text, dropped in found["lines"]),
    )


def rejection_to_json(rejection: Rejection) -> dict[str, str]:
    """Give *rejection* as a JSON object."""
    return {"reason": rejection.reason.value, "detail": rejection.detail}


def rejection_from_json(found: Mapping[str, str]) -> Rejection:
    """Read back what `rejection_to_json` gave."""
    return Rejection(Reason(found["reason"]), found["detail"])


def _article_from_json(found: Mapping[str, Any]) -> CleanArticle:
    fields = {
        name: Field(field["value"], Source(field["source"]), field["confidence"])
        for name, field in found["fields"].items()
    }
    return CleanArticle(found["text"], fields, tuple(found["authors"]))
