"""`ack`: say that an alert is seen."""

from __future__ import annotations

import getpass
from collections.abc import Sequence
from typing import Annotated

import typer

from services.cli.opening import opened
from services.cli.output import Json, print_json, say
from services.console.queries import RecordId, RecordKind, parse_id
from services.console.store import ack as acknowledge
from shared.errors import SettingsError


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(ack)


def _written(numbers: Sequence[int]) -> list[str]:
    return [str(RecordId(RecordKind.ALERT, number)) for number in numbers]


def ack(
    context: typer.Context,
    ids: Annotated[list[str], typer.Argument(metavar="ALERT…", help="al5 al6 …")],
    note: Annotated[str | None, typer.Option(help="For the others.")] = None,
    as_json: Json = False,
) -> None:
    """Acknowledge alerts, for everybody; later developments are still told."""
    records = [parse_id(text) for text in ids]
    for record in records:
        if record.kind is not RecordKind.ALERT:
            raise SettingsError(f"{record} is not an alert; alerts look like al5")
    with opened(context) as runtime:
        numbers = [record.number for record in records]
        found = acknowledge(runtime.database, numbers, getpass.getuser(), note)
    if as_json:
        print_json(
            {name: _written(getattr(found, name)) for name in ("done", "already", "unknown")}
        )
    else:
        say(f"{len(found.done)} acknowledged, {len(found.already)} were already")
        if found.unknown:
            say(f"there is no {', '.join(_written(found.unknown))}")
    if found.unknown:
        raise typer.Exit(4)
