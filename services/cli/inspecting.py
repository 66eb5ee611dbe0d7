"""`inspect`: what would become of a file, with nothing stored."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Annotated, Any

import typer

from services.cli.opening import settings_of
from services.cli.output import Json, one_line, print_json, say


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(inspect)


def inspect(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders looked at whole.")],
    rules: Annotated[Path | None, typer.Option(help="Watch rules to try on them.")] = None,
    as_json: Json = False,
) -> None:
    """Show a file's cleaned article, fields with sources, topics and rules; nothing is stored."""
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
            _print(item)
    code = _exit_code([item["outcome"] for item in found])
    if code:
        raise typer.Exit(code)


def _exit_code(outcomes: Sequence[str]) -> int:
    without = [outcome for outcome in outcomes if outcome != "article"]
    if not without:
        return 0
    if all(outcome == "unreadable" for outcome in outcomes):
        return 2  # the paths themselves are wrong
    return 1 if len(outcomes) == 1 else 4


def _print(item: dict[str, Any]) -> None:
    name = item["item"] or item["file"]
    if item["outcome"] != "article":
        say(f"{one_line(name)}: {item['outcome']}: {one_line(item['detail'] or '')}")
        return
    say(f"{one_line(name)}: {one_line(item['title'] or '(no title)')}")
    for key, field in item["fields"].items():
        say(f"    {key:<12}{one_line(field['value'])}   ({field['source']})")
    for topic in item["topics"]:
        words = dict.fromkeys(one_line(span["text"]) for span in topic["evidence"])
        say(f"    topic {topic['id']} ({topic['level']}): {', '.join(words)}")
    for rule in item["rules"]:
        why = "; ".join(rule["because"] if rule["matched"] else rule["why_not"])
        say(f"    rule {rule['name']}: {rule['outcome']}; {why}")
    say("")
    for paragraph in item["text"].split("\n\n"):
        say("    " + one_line(paragraph))
    say("")
