"""`inspect`: what would become of a file, with nothing stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.opening import settings_of
from services.cli.output import Json, one_line, print_json, say, shortened, terminal_width


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(inspect)


def inspect(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders looked at whole.")],
    rules: Annotated[Path | None, typer.Option(help="Watch rules to try on them.")] = None,
    full: Annotated[bool, typer.Option("--full", help="Long lines whole.")] = False,
    as_json: Json = False,
) -> None:
    """Show a file's fields with sources, topics, rules and lines, kept or not; stores nothing."""
    from services.inspection import Inspector, files_of

    settings = settings_of(context)
    inspector = Inspector(settings, rules)
    try:
        found = [
            item for path in paths for file in files_of(path) for item in inspector.look_at(file)
        ]
    finally:
        inspector.close()
    if as_json:
        print_json(found)
    else:
        for item in found:
            _print(item, columns=None if full else terminal_width())
    code = _exit_code([item["outcome"] for item in found])
    if code:
        raise typer.Exit(code)


def _exit_code(outcomes: Sequence[str]) -> int:
    items = [outcome for outcome in outcomes if outcome != "container"]
    without = [outcome for outcome in items if outcome != "article"]
    if not without:
        return 0
    if all(outcome == "unreadable" for outcome in items):
        return 2  # the paths themselves are wrong
    return 1 if len(items) == 1 else 4


def _print(item: dict[str, Any], columns: int | None) -> None:
    name = one_line(item["item"] or item["file"])
    if item["outcome"] == "article":
        say(f"{name}: {one_line(item['title'] or '(no title)')}")
        _print_findings(item)
    elif item["outcome"] == "container":
        say(f"{name}: container of {len(item['members'])} ({item['format']})")
        for member in item["members"]:
            say(f"    {one_line(member)}")
    else:
        say(f"{name}: {item['outcome']}: {one_line(item['detail'] or '')}")
    _print_lines(item["lines"], columns)


def _print_findings(item: dict[str, Any]) -> None:
    for key, field in item["fields"].items():
        value = one_line(field["value"])
        say(f"    {key:<12}{value}   ({field['source']}, {field['confidence']:.2f})")
    if item["author"]:
        say(f"    {'authors':<12}{one_line('; '.join(item['author']))}")
    for note in item["notes"]:
        say(f"    note: {one_line(note)}")
    for topic in item["topics"]:
        words = dict.fromkeys(one_line(span["text"]) for span in topic["evidence"])
        say(f"    topic {topic['id']} ({topic['level']}): {', '.join(words)}")
    for rule in item["rules"]:
        why = "; ".join(rule["because"] if rule["matched"] else rule["why_not"])
        say(f"    rule {rule['name']}: {rule['outcome']}; {why}")


def _print_lines(lines: Sequence[dict[str, Any]], columns: int | None) -> None:
    """Print what became of each line: `  | kept`, `- reason: dropped`."""
    if not lines:
        return
    say("")
    for line in lines:
        mark = "  | " if line["dropped"] is None else f"- {line['dropped']}: "
        say(mark + shortened(line["text"], columns and max(20, columns - len(mark))))
    say("")
