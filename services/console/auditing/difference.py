"""A line of the books: what must be equal, and what is not, by id with what mends it. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
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
        if self.ok and self.left[1] == 0:
            return f"no {self.left[0]}"
        right = " + ".join(_counted(what, count) for what, count in self.right)
        return f"{_counted(*self.left)} {'=' if self.ok else '≠'} {right}"


# What is counted, by the word for several, where one of it is called otherwise.
_ONE: Mapping[str, str] = {
    "files without members": "file without members",
    "articles": "article",
    "containers": "container",
    "with all their members": "with all its members",
    "linked articles": "linked article",
    "alerts": "alert",
    "rules with a story": "rule with a story",
    "matches × entitled subscriptions": "match × entitled subscription",
    "rows": "row",
}


def _counted(what: str, count: int) -> str:
    return f"{count} {_ONE.get(what, what) if count == 1 else what}"


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
