"""What cleaning an original again changes of its article: fields, lines, topics. Pure."""

from __future__ import annotations

import difflib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

# Comparing line by line is quadratic at its worst: beyond this one text stands for the other whole.
MOST_LINES = 1000
CONTEXT_LINES = 2


@dataclass(frozen=True, slots=True)
class FieldChange:
    """A field that would be another; value and source are None where it is unknown."""

    name: str
    before: str | None
    before_source: str | None
    after: str | None
    after_source: str | None


@dataclass(frozen=True, slots=True)
class Difference:
    """All that would change. `text` is a unified difference: `@@ …`, ` kept`, `-gone`, `+new`."""

    fields: tuple[FieldChange, ...]
    text: tuple[str, ...]
    topics_gained: tuple[str, ...]
    topics_lost: tuple[str, ...]

    @property
    def is_worth_a_revision(self) -> bool:
        """Whether the cleaner gives another article; topics alone are not its doing."""
        return bool(self.fields or self.text)


def find_difference(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    topics_before: Collection[str],
    topics_after: Collection[str],
) -> Difference:
    """Compare two articles by the columns of their rows: `fields`, `authors`, `text`.

    A field that is only more or less sure of the same is no change.
    """
    return Difference(
        fields=_field_changes(before, after),
        text=diff_lines(before["text"], after["text"]),
        topics_gained=tuple(sorted(set(topics_after) - set(topics_before))),
        topics_lost=tuple(sorted(set(topics_before) - set(topics_after))),
    )


def _field_changes(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[FieldChange, ...]:
    old, new = _fields(before), _fields(after)
    unknown = None, None
    return tuple(
        FieldChange(name, *old.get(name, unknown), *new.get(name, unknown))
        for name in dict.fromkeys((*old, *new))
        if old.get(name) != new.get(name)
    )


def _fields(columns: Mapping[str, Any]) -> dict[str, tuple[str | None, str | None]]:
    """Return name -> (value, source), authors among them."""
    found: dict[str, tuple[str | None, str | None]] = {
        name: (field["value"], str(field["source"])) for name, field in columns["fields"].items()
    }
    if columns["authors"]:
        found.setdefault("authors", ("; ".join(columns["authors"]), None))
    return found


def diff_lines(before: str, after: str) -> tuple[str, ...]:
    """Return the unified difference of two texts, line by line; empty when they are equal."""
    if before == after:
        return ()
    old, new = before.split("\n"), after.split("\n")
    start, old_end, new_end = _differing(old, new)
    if max(old_end, new_end) - start > MOST_LINES:
        return _replaced(start, old[start:old_end], new[start:new_end])
    # Only what lies around the change is compared: the rest is equal, however long it is.
    first = max(0, start - CONTEXT_LINES)
    matcher = difflib.SequenceMatcher(
        None, old[first : old_end + CONTEXT_LINES], new[first : new_end + CONTEXT_LINES]
    )
    return tuple(
        line
        for group in matcher.get_grouped_opcodes(CONTEXT_LINES)
        for line in _hunk(old, new, group, first)
    )


def _differing(old: Sequence[str], new: Sequence[str]) -> tuple[int, int, int]:
    """Return where the two begin to differ, and where each ends to."""
    most = min(len(old), len(new))
    start = next((at for at in range(most) if old[at] != new[at]), most)
    rest = most - start
    equal = next((at for at in range(rest) if old[-1 - at] != new[-1 - at]), rest)
    return start, len(old) - equal, len(new) - equal


def _hunk(
    old: Sequence[str],
    new: Sequence[str],
    group: Sequence[tuple[str, int, int, int, int]],
    first: int,
) -> list[str]:
    found = [_heading(first + group[0][1], first + group[-1][2], first + group[0][3])]
    for kind, old_from, old_to, new_from, new_to in group:
        if kind == "equal":
            found += [f" {line}" for line in old[first + old_from : first + old_to]]
            continue
        found += [f"-{line}" for line in old[first + old_from : first + old_to]]
        found += [f"+{line}" for line in new[first + new_from : first + new_to]]
    return found


def _replaced(start: int, old: Sequence[str], new: Sequence[str]) -> tuple[str, ...]:
    heading = _heading(start, start + len(old), start)
    return (heading, *(f"-{line}" for line in old), *(f"+{line}" for line in new))


def _heading(old_from: int, old_to: int, new_from: int) -> str:
    lines = f"line {old_from + 1}" if old_to - old_from < 2 else f"lines {old_from + 1} to {old_to}"
    return f"@@ {lines}, now from line {new_from + 1}"
