"""Bytes of one file in, one article or the reason why not out. Pure; what the sandbox's child runs.

Heavy to import (the parsers come with it): the rest of the service imports `outcome` and `sandbox`.
"""

from __future__ import annotations

import itertools
from collections.abc import Generator, Iterator
from dataclasses import replace

from services.extract.formats import FORMATS, detection, unsupported
from services.extract.outcome import (
    Member,
    MembersError,
    Reading,
    ReadRequest,
    Reason,
    Rejection,
    UnreadableError,
)

__all__ = [
    "Member",
    "MembersError",
    "ReadRequest",
    "Reading",
    "Reason",
    "Rejection",
    "iter_members",
    "read_file",
]


def read_file(data: bytes, request: ReadRequest) -> Reading:
    """Read *data* as an article; say why not, or that it is a container, in the result."""
    kind = "unknown"
    try:
        _check_size(data, request)
        kind = detection.detect(data, request.name)
        if kind not in FORMATS:
            raise unsupported.unreadable(kind)
        reading = _checked(FORMATS[kind].read(data, request), request)
        return reading if request.explain else replace(reading, lines=())
    except UnreadableError as refused:
        return Reading(kind, rejection=refused.rejection)
    except RecursionError:
        detail = "The file is nested too deeply to be read; flatten it and drop it again."
        return Reading(kind, rejection=Rejection(Reason.MALFORMED, detail))


def iter_members(data: bytes, request: ReadRequest) -> Generator[Member, None, tuple[str, ...]]:
    """Yield the records of a container, in file order; return notes about what was passed over.

    Raises:
        MembersError: *data* is no container, or breaks off, or holds more than
            `request.max_members` records (those up to there were yielded).
    """
    try:
        _check_size(data, request)
        return (yield from _limited(_members(data, request), request.max_members))
    except UnreadableError as refused:
        raise MembersError(refused.rejection) from refused


def _members(data: bytes, request: ReadRequest) -> Iterator[Member]:
    kind = detection.detect(data, request.name)
    members = FORMATS[kind].members if kind in FORMATS else None
    if members is None:
        raise UnreadableError(Reason.UNSUPPORTED, f"A file of type {kind} holds no members.")
    return members(data, request)


def _limited(members: Iterator[Member], limit: int) -> Generator[Member, None, tuple[str, ...]]:
    """Yield up to *limit* members; return the notes that the format returned after its last."""
    for place in itertools.count():
        try:
            member = next(members)
        except StopIteration as end:
            return end.value or ()
        if place >= limit:
            break
        yield member
    detail = f"The container holds more than {limit:,} records; split it into smaller files."
    raise UnreadableError(Reason.TOO_LARGE, detail)


def _check_size(data: bytes, request: ReadRequest) -> None:
    if not data.strip(b" \t\r\n\x0b\x0c\x00"):
        raise UnreadableError(Reason.EMPTY, "The file is empty.")
    if len(data) > request.max_bytes:
        detail = f"The file has {len(data):,} bytes; the limit is {request.max_bytes:,}."
        raise UnreadableError(Reason.TOO_LARGE, detail)


def _checked(reading: Reading, request: ReadRequest) -> Reading:
    if reading.members and request.depth >= request.max_depth:
        detail = (
            f"The file is a container inside {request.depth} others; unpack the outer ones and "
            "drop what is inside."
        )
        raise UnreadableError(Reason.TOO_DEEP, detail)
    return _checked_length(reading, request)


def _checked_length(reading: Reading, request: ReadRequest) -> Reading:
    """Refuse a text that would hold up all others: tagging and comparing take about 1 s a MB."""
    article = reading.article
    if article is None:
        return reading
    values = (field.value for field in article.fields.values())
    length = sum(map(len, (article.text, *values, *article.authors)))
    if length > request.max_text_characters:
        detail = (
            f"The article has {length:,} characters; the limit is "
            f"{request.max_text_characters:,}. Split it and drop the parts."
        )
        raise UnreadableError(Reason.TOO_LARGE, detail)
    return reading
