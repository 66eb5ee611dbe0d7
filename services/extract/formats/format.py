"""What a format module offers to the registry."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from services.extract.outcome import Member, Reading, ReadRequest


@dataclass(frozen=True, slots=True)
class Format:
    """How one format is read; both functions are pure and may raise `UnreadableError`.

    `read` gives the article, or says that the bytes are a container; `members` gives a
    container's records, and is None for a format that has none.
    """

    read: Callable[[bytes, ReadRequest], Reading]
    members: Callable[[bytes, ReadRequest], Iterator[Member]] | None = None
