"""How answers are printed: tables that fit 80 columns, or one JSON document.

Titles, texts and names of files are hostile: nothing that a terminal would obey gets through.
"""

from __future__ import annotations

import dataclasses
import json
import shutil
import sys
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime
from enum import Enum
from pathlib import Path
from typing import Annotated, Any

import typer

from services.console.queries import (
    AlertSummary,
    ArticleDetail,
    FileSummary,
    MessageRow,
    NotificationRow,
    RecordId,
    RulingRow,
    StorySummary,
)
from services.console.queries.rules import RuleSummary
from shared.clock import utc_now

Json = Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")]
Limit = Annotated[int, typer.Option("--limit", "-n", min=1, help="At most so many rows.")]

# Outside the database every key carries its kind, so that it can be given to `show` and `trace`.
_LETTERS = {
    "article_id": "a",
    "other_id": "a",
    "lead_id": "a",
    "refers_to": "a",
    "revises": "a",
    "replaced_by": "a",
    "via_id": "a",
    "earlier_article_id": "a",
    "article_ids": "a",
    "story_id": "s",
    "other_story_id": "s",
    "file_id": "f",
    "parent_id": "f",
    "new_file_id": "f",
    "alert_id": "al",
    "rule_id": "r",
    "message_id": "m",
    "ruling_id": "ru",
}
_OWN_LETTER: Mapping[type, str] = {
    StorySummary: "s",
    RuleSummary: "r",
    ArticleDetail: "a",
    FileSummary: "f",
    AlertSummary: "al",
    MessageRow: "m",
    RulingRow: "ru",
    NotificationRow: "n",
}
LEAST_WIDTH = 60


class NobodyReadsError(Exception):
    """Whoever read our output has gone, as in `newswatch … | head`."""


def say(text: str = "", *, err: bool = False) -> None:
    """Print *text* with a blank for every character that a terminal might obey.

    Raises:
        NobodyReadsError: nobody reads on.
    """
    _write("".join(c if c == "\n" or c.isprintable() else " " for c in text), err=err)


def _write(text: str, *, err: bool = False) -> None:
    try:
        print(text, file=sys.stderr if err else sys.stdout, flush=True)
    except BrokenPipeError:
        raise NobodyReadsError from None


def print_json(value: Any) -> None:
    """Print *value* as one JSON document."""
    _write(_escaped(json.dumps(jsonable(value), ensure_ascii=False, indent=2)))


def print_json_list(name: str, rows: Iterable[Any], rest: Callable[[], Mapping[str, Any]]) -> None:
    """Print one JSON document: *rows* under *name*, each as it comes, then what *rest* returns."""
    _write(f'{{"{name}": [')
    comma = ""
    for row in rows:
        _write(_escaped(comma + json.dumps(jsonable(row), ensure_ascii=False)))
        comma = ","
    # The second object is opened already.
    _write("], " + _escaped(json.dumps(jsonable(rest()), ensure_ascii=False)).removeprefix("{"))


def print_jsonl(value: Any) -> None:
    """Print *value* as one line of JSON."""
    _write(_escaped(json.dumps(jsonable(value), ensure_ascii=False)))


def _escaped(document: str) -> str:
    """Return the same JSON with every character that a terminal might obey as an escape."""
    if document.isprintable():
        return document
    return "".join(c if c == "\n" or c.isprintable() else _escape(c) for c in document)


def _escape(character: str) -> str:
    units = character.encode("utf-16-be", "surrogatepass").hex()
    return "".join(f"\\u{units[at : at + 4]}" for at in range(0, len(units), 4))


def jsonable(value: Any) -> Any:
    """Return *value* with dataclasses as objects, ids with their letters and times in RFC 3339."""
    if isinstance(value, RecordId | Path):
        return str(value)
    if dataclasses.is_dataclass(value) and not isinstance(value, type):
        return _object(value)
    if isinstance(value, Mapping):
        return {str(key): _keyed(str(key), item) for key, item in value.items()}
    return _plain(value)


def _plain(value: Any) -> Any:
    if isinstance(value, Enum):
        return value.value
    if isinstance(value, datetime):
        return value.astimezone(UTC).isoformat().replace("+00:00", "Z")
    if isinstance(value, str | int | float | None):
        return value
    return [jsonable(item) for item in value] if isinstance(value, Iterable) else str(value)


def _object(value: Any) -> dict[str, Any]:
    found = {}
    for field in dataclasses.fields(value):
        item = getattr(value, field.name)
        letter = _OWN_LETTER.get(type(value)) if field.name == "id" else None
        found[field.name] = (
            f"{letter}{item}" if letter and isinstance(item, int) else _keyed(field.name, item)
        )
    return found


def _keyed(name: str, item: Any) -> Any:
    letter = _LETTERS.get(name)
    if letter and isinstance(item, tuple):
        return [_keyed(name, each) for each in item]
    return f"{letter}{item}" if letter and isinstance(item, int) else jsonable(item)


def print_table(headers: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under *headers*; on a terminal the widest column gives way until a line fits."""
    cells = [[_cell(value) for value in row] for row in rows]
    widths = [
        max([len(header), *(_columns(row[at]) for row in cells)])
        for at, header in enumerate(headers)
    ]
    width = terminal_width()
    room = None if width is None else width - 2 * (len(widths) - 1)
    while room is not None and sum(widths) > room:
        widest = widths.index(max(widths))
        if widths[widest] <= len(headers[widest]) + 8:
            break
        widths[widest] -= 1
    for row in [list(headers), *cells]:
        line = "  ".join(_fit(cell, width) for cell, width in zip(row, widths, strict=True))
        say(line.rstrip())


def terminal_width() -> int | None:
    """Return the columns of the terminal; None in a pipe or file, where nothing need be cut."""
    if not sys.stdout.isatty():
        return None
    return max(LEAST_WIDTH, shutil.get_terminal_size((80, 24)).columns)


def _cell(value: object) -> str:
    if value is None:
        return "-"
    if isinstance(value, datetime):
        return ago(value)
    return one_line(str(value))


def one_line(text: str) -> str:
    """Return *text* on one line with nothing in it that a terminal would obey."""
    return " ".join("".join(c if c.isprintable() else " " for c in text).split())


def shortened(text: str, columns: int | None = None) -> str:
    """Return *text* on one line of at most *columns*; whole without a limit."""
    line = one_line(text)
    if columns is None or (len(line) <= columns and _columns(line) <= columns):
        return line
    short = line[: columns - 1]
    while _columns(short) >= columns:
        short = short[:-1]
    return short + "…"


def _columns(text: str) -> int:
    """Return how many columns *text* takes: two for a wide character, none for a combining one."""
    if text.isascii():
        return len(text)
    return sum(
        0 if unicodedata.combining(c) else 1 + (unicodedata.east_asian_width(c) in "WF")
        for c in text
    )


def _fit(cell: str, width: int) -> str:
    short = cell
    while _columns(short) + (short != cell) > width:
        short = short[:-1]
    short += "…" * (short != cell)
    return short + " " * (width - _columns(short))


def ago(at: datetime) -> str:
    """Return how long ago *at* was, or in how long it will be."""
    seconds = (utc_now() - at).total_seconds()
    words = duration(abs(seconds))
    return f"{words} ago" if seconds >= 0 else f"in {words}"


def duration(seconds: float) -> str:
    """Return a length of time in its largest sensible unit."""
    for size, unit in ((86400.0, "d"), (3600.0, "h"), (60.0, "min")):
        if seconds >= size * 2:
            return f"{seconds / size:.0f} {unit}"
    return f"{seconds:.0f} s" if seconds >= 10 else f"{seconds:.1f} s"


def say_left_out(shown: int, total: int, *, has_limit: bool = False) -> None:
    """Say aloud that a list was cut, and how to see the rest where *has_limit*."""
    if total > shown:
        say(f"… and {total - shown} more" + (f" (--limit {total})" if has_limit else ""))
