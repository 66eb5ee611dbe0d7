"""A line of the books: what must be equal, and what is not, by id with what mends it. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from services.console.queries.ids import RecordId

MAX_DIFFERENCES = 100


@dataclass(frozen=True, slots=True)
class Difference:
    """One thing that does not balance: its ids, in words, and the command that mends it."""

    ids: tuple[RecordId, ...]
    words: str
    mend: str


@dataclass(frozen=True, slots=True)
class AuditLine:
    """One equation: `left` (what, how many) = the sum of `right`.

    `differences` names the first 100, `difference_count` counts all. Equal sums with differences do
    not balance: one too many hides one too few.
    """

    name: str
    left: tuple[str, int]
    right: tuple[tuple[str, int], ...]
    differences: tuple[Difference, ...]
    difference_count: int

    @property
    def ok(self) -> bool:
        """Whether the line balances."""
        return self.left[1] == sum(count for _, count in self.right) and not self.difference_count

    @property
    def words(self) -> str:
        """The line as one prints it: `28 files = 26 articles + 2 rejected`."""
        right = " + ".join(f"{count} {what}" for what, count in self.right)
        return f"{self.left[1]} {self.left[0]} {'=' if self.ok else '≠'} {right}"


def audit_line(
    name: str,
    *,
    left: tuple[str, int],
    right: Sequence[tuple[str, int]],
    differences: Sequence[Difference],
    total: int,
) -> AuditLine:
    """Return a line with the first 100 of *total* differences."""
    return AuditLine(name, left, tuple(right), tuple(differences[:MAX_DIFFERENCES]), total)
