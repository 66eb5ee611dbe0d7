"""What a rule file says, entry by entry, and where in the file it says it. Pure."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field

from shared.query import underline
from shared.toml_mistakes import toml_mistake

_SHOWN = 20
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
        said = [
            "\n".join(
                (f"{self.name}:{error.line}: {error.message}", *error.shown)
                + ((error.suggestion,) if error.suggestion else ())
            )
            for error in self.errors[:_SHOWN]
        ]
        if len(self.errors) > _SHOWN:
            said.append(f"and {len(self.errors) - _SHOWN} more mistakes")
        return "\n\n".join(said)


@dataclass(slots=True)
class Place:
    """The lines of one table: its header and its keys; `meant` are known keys spelt otherwise."""

    line: int
    keys: dict[str, int] = field(default_factory=dict)
    meant: set[str] = field(default_factory=set)


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
    found = toml_mistake(error, text)
    shown = (text.splitlines() or [""])[found.line - 1]
    return RuleFileProblem(
        found.line,
        found.column,
        f"column {found.column}: not readable as TOML: {found.message}",
        found.suggestion,
        underline(shown, found.column, found.column + 1),
    )
