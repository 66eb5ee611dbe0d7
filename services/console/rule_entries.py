"""What a rule file says, entry by entry, and where in the file it says it. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.query import underline

_SHOWN = 20
_TOML_PLACE = re.compile(r" \(at line (\d+), column (\d+)\)\Z")
_HEADER = re.compile(r"\s*\[\[\s*([A-Za-z_-]+)\s*\]\]")
_KEY = re.compile(r"\s*([A-Za-z_-]+)\s*=\s*(\"\"\"|''')?(.*)")


@dataclass(frozen=True, slots=True)
class RuleEntry:
    """A watch rule of the file: its name, its query (it parses) and its line."""

    name: str
    query: str
    owner: str | None
    note: str | None
    line: int


@dataclass(frozen=True, slots=True)
class ChannelEntry:
    """Where messages go: a file (`path`) or a webhook (`url`, signed with one of the secrets)."""

    name: str
    kind: str
    path: str | None
    url: str | None
    secret: str | None = field(repr=False)
    secret_env: str | None
    line: int


@dataclass(frozen=True, slots=True)
class SubscriptionEntry:
    """Who gets the alerts of one rule or one topic, by which channels; exactly one is not None."""

    subscriber: str
    rule: str | None
    topic: str | None
    channels: tuple[str, ...]
    mode: str
    old_material: bool
    line: int


@dataclass(frozen=True, slots=True)
class RuleFile:
    """Everything one file says, in the order of the file."""

    rules: tuple[RuleEntry, ...]
    channels: tuple[ChannelEntry, ...]
    subscriptions: tuple[SubscriptionEntry, ...]


@dataclass(frozen=True, slots=True)
class RuleFileProblem:
    """One mistake in the file.

    `line` counts from 1. `column` counts from 1 in that line of the *query*, or is None where the
    mistake is not inside a query. `shown` is that line and its underline.
    """

    line: int
    column: int | None
    message: str
    suggestion: str = ""
    shown: tuple[str, ...] = ()


class RuleFileError(ValueError):
    """A rule file with mistakes; nothing of it may be used."""

    def __init__(self, name: str, errors: Iterable[RuleFileProblem]) -> None:
        self.name = name
        self.errors = tuple(sorted(errors, key=lambda error: (error.line, error.column or 0)))
        super().__init__(self._render())

    def _render(self) -> str:
        lines: list[str] = []
        for error in self.errors[:_SHOWN]:
            lines += (f"{self.name}:{error.line}: {error.message}", *error.shown)
            lines += (error.suggestion,) if error.suggestion else ()
        if len(self.errors) > _SHOWN:
            lines.append(f"and {len(self.errors) - _SHOWN} more mistakes")
        return "\n".join(lines) + "      nothing was changed"


@dataclass(slots=True)
class Place:
    """The lines of one table: its header, its keys, and which keys start a multi-line text."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)


def locate(text: str) -> dict[str, list[Place]]:
    """Return the places of the `[[…]]` tables by kind, in order; multi-line texts are skipped."""
    found: dict[str, list[Place]] = {}
    place = Place(1)
    closing: str | None = None
    for number, line in enumerate(text.splitlines(), 1):
        if closing is not None:
            closing = None if closing in line else closing
        elif header := _HEADER.match(line):
            place = Place(number)
            found.setdefault(header.group(1), []).append(place)
        elif key := _KEY.match(line):
            name, opening, rest = key.groups()
            place.keys[name] = number + (1 if opening and not rest.strip() else 0)
            closing = opening if opening and opening not in rest else None
    return found


def toml_problem(error: tomllib.TOMLDecodeError, text: str) -> RuleFileProblem:
    """Return what the TOML reader refused, with its line shown."""
    message = str(error)
    place = _TOML_PLACE.search(message)
    lines = text.splitlines() or [""]
    line = min(int(place.group(1)) if place else len(lines), len(lines))
    column = int(place.group(2)) if place else len(lines[line - 1]) + 1
    said = message[: place.start()] if place else message.partition(" (at ")[0]
    return RuleFileProblem(
        line,
        column,
        f"column {column}: not readable as TOML: {said}",
        shown=underline(lines[line - 1], column, column + 1),
    )
