"""One page of a list, which says how much it leaves out. Pure."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Generic, TypeVar

DEFAULT_LIMIT = 50
# Ids of a page travel as bound parameters, of which both databases allow some thousands.
MAX_LIMIT = 1000

RowT = TypeVar("RowT")


@dataclass(frozen=True, slots=True)
class Page(Generic[RowT]):
    """The first `rows` of a list of `total`."""

    rows: tuple[RowT, ...]
    total: int

    @property
    def cut(self) -> int:
        """How many rows were left out."""
        return self.total - len(self.rows)

    def __iter__(self) -> Iterator[RowT]:
        return iter(self.rows)

    def __len__(self) -> int:
        return len(self.rows)


def bounded(limit: int) -> int:
    """Return *limit* within what one page may hold."""
    return max(1, min(limit, MAX_LIMIT))
