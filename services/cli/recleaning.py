"""`reclean`: what a newer cleaner makes of the archive, to look at and to apply."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.opening import opened
from services.cli.output import Json, terminal_width
from services.console.queries import RecordKind, parse_id
from shared.errors import SettingsError

if TYPE_CHECKING:
    from services.extract.jobs.recleaning import Selection


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(reclean)


def reclean(
    context: typer.Context,
    ids: Annotated[list[str] | None, typer.Argument(metavar="ARTICLE…", help="a17 a18 …")] = None,
    outlet: Annotated[str | None, typer.Option(help="Only of this outlet.")] = None,
    since: Annotated[str | None, typer.Option(help="Only what came on that day or later.")] = None,
    apply: Annotated[bool, typer.Option("--apply", help="Make revisions of what changes.")] = False,
    full: Annotated[bool, typer.Option("--full", help="Differences whole.")] = False,
    as_json: Json = False,
) -> None:
    """Clean articles of an older cleaner again: show what changes, or --apply it as revisions."""
    from services.cli.differences import report, report_json

    selection = _selection(ids or [], outlet, since)
    with opened(context) as runtime:
        if as_json:
            passed_over = report_json(runtime, selection, apply=apply)
        else:
            columns = None if full else terminal_width()
            passed_over = report(runtime, selection, apply=apply, columns=columns)
    if selection.ids and passed_over:
        raise typer.Exit(4)


def _selection(ids: Sequence[str], outlet: str | None, since: str | None) -> Selection:
    if ids and (outlet or since):
        raise SettingsError("reclean: give ids, or --outlet and --since, not both")
    from services.extract.jobs.recleaning import Selection

    records = [parse_id(text) for text in ids]
    for record in records:
        if record.kind is not RecordKind.ARTICLE:
            raise SettingsError(f"{record} is not an article; articles look like a17")
    return Selection(tuple(record.number for record in records), outlet, _day(since))


def _day(text: str | None) -> datetime | None:
    if text is None:
        return None
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        raise SettingsError(f"--since {text}: expected a date, such as 2026-05-31") from None
    return found if found.tzinfo else found.replace(tzinfo=UTC)
