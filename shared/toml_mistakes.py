"""What is wrong in a text that is not TOML: place, reason and what to write, in our words. Pure."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass

_PLACE = re.compile(r" \(at (?:line (\d+), column (\d+)|end of document)\)\Z")
_QUOTE = 'texts stand in quotes: key = "…"'
_TABLE = "write [name] for a table, [[name]] for one of several"
# How the reader's messages begin: what we say, and what to write instead.
_WORDS = {
    "Invalid value": ("there is no value here that TOML knows", _QUOTE),
    "Expected '=' after a key": ("a key without '='", "write key = value"),
    "Invalid statement": ("neither a key nor a table", "write key = value, or [table]"),
    "Invalid initial character for a key": ("no key begins so", "write key = value"),
    "Expected newline or end of document": (
        "something stands after the value",
        f"one key a line; {_QUOTE}",
    ),
    "Expected ']": ("the name of a table is not closed", _TABLE),
    "Unterminated string": ("a text is never closed", 'write a " at its end'),
    "Expected": ("a text is never closed", 'write a " at its end'),
    "Illegal character": (
        "a text must end in its line",
        'write a " at its end, or """ around a text of several lines',
    ),
    "Unescaped": ("'\\' has a meaning in this text", "write '…' instead of \"…\", or \\\\"),
    "Unclosed array": ("a list is never closed", "write ] at its end"),
    "Unclosed inline table": ("a table in braces is never closed", "write } at its end"),
    "Cannot overwrite a value": ("this key has a value already", "give it once"),
    "Duplicate": ("this key has a value already", "give it once"),
    "Cannot declare": ("this table is there already", "put its keys into one table"),
    "Cannot redefine": ("this table is there already", "put its keys into one table"),
}


@dataclass(frozen=True, slots=True)
class TomlMistake:
    """One mistake; `line` and `column` count from 1. `suggestion` is empty where we know none."""

    line: int
    column: int
    message: str
    suggestion: str


def toml_mistake(error: tomllib.TOMLDecodeError, text: str) -> TomlMistake:
    """Return what the reader refused in *text*, in words a person can act on."""
    said = str(error)
    place = _PLACE.search(said)
    lines = text.splitlines() or [""]
    is_placed = place is not None and place[1] is not None
    line = min(int(place[1]) if place and is_placed else len(lines), len(lines))
    column = int(place[2]) if place and is_placed else len(lines[line - 1]) + 1
    reason = said[: place.start()] if place else said
    begins = next((known for known in _WORDS if reason.startswith(known)), None)
    message, suggestion = _WORDS[begins] if begins else (reason, "")
    return TomlMistake(line, column, message, suggestion)
