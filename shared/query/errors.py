"""What is wrong in a rule: place, reason and what to write instead. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class RuleError:
    """One mistake in a rule.

    `column` and `end` count code points of the whole rule text from 1 (`end` exclusive);
    `code` is stable, `message` is for people, `suggestion` is what to write instead (or empty).
    """

    column: int
    end: int
    code: str
    message: str
    expected: tuple[str, ...] = ()
    suggestion: str = ""


class RuleSyntaxError(ValueError):
    """A rule that cannot be read; `errors` holds every mistake found, in order of place."""

    def __init__(self, source: str, errors: Iterable[RuleError]) -> None:
        self.source = source
        self.errors = tuple(sorted(errors, key=lambda error: (error.column, error.end)))
        super().__init__("\n\n".join(render(source, error) for error in self.errors))


_WINDOW = 100


def render(source: str, error: RuleError) -> str:
    """Return the message, the line of the rule with the place underlined, and the suggestion."""
    lines = [f"column {error.column}: {error.message}", *underline(source, error.column, error.end)]
    if error.suggestion:
        lines.append(error.suggestion)
    return "\n".join(lines)


def underline(source: str, column: int, end: int) -> tuple[str, str]:
    """Return the line of *source* at *column* and a line of carets below it, both indented by 4."""
    at = min(column - 1, len(source))
    line_start = source.rfind("\n", 0, at) + 1
    line_end = source.find("\n", at)
    line = source[line_start : len(source) if line_end < 0 else line_end]
    left = max(0, at - line_start - _WINDOW // 2)
    shown = line[left : left + _WINDOW].replace("\t", " ")
    width = max(1, min(end - column, len(shown) - (at - line_start - left)))
    return f"    {shown}", "    " + " " * (at - line_start - left) + "^" * width


def nearest(word: str, known: Iterable[str]) -> str | None:
    """Return the name of *known* that *word* most probably meant, or None (edit distance)."""
    best = min(((_distance(word.lower(), name.lower()), name) for name in known), default=None)
    if best is None or best[0] > max(1, len(word) // 3):
        return None
    return best[1]


def _distance(left: str, right: str) -> int:
    """Levenshtein distance of two short names, neighbours swapped counting one."""
    left, right = left[:64], right[:64]
    before: list[int] = []
    row = list(range(len(right) + 1))
    for i, a in enumerate(left, 1):
        now = [i]
        for j, b in enumerate(right, 1):
            cost = min(row[j] + 1, now[j - 1] + 1, row[j - 1] + (a != b))
            if before and j > 1 and a == right[j - 2] and left[i - 2] == b:
                cost = min(cost, before[j - 2] + 1)
            now.append(cost)
        before, row = row, now
    return row[-1]
