"""`db`, `config`, `export`: keeping it."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Annotated, Any

import typer
from pydantic import SecretStr
from sqlalchemy import Connection

from services.cli.opening import Options, opened, settings_of
from services.cli.output import Json, jsonable, print_json, print_jsonl, print_table, say
from services.console.export import export_alerts, export_articles, export_stories
from shared.errors import ServiceUnreachableError, SettingsError
from shared.migrations import pending_migrations
from shared.runtime import open_runtime
from shared.settings import known_keys, load_settings

db_app = typer.Typer(help="The database.", no_args_is_help=True)
config_app = typer.Typer(help="The settings.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    db_app.command("upgrade")(db_upgrade)
    db_app.command("check")(db_check)
    config_app.command("show")(config_show)
    app.add_typer(db_app, name="db")
    app.add_typer(config_app, name="config")
    app.command()(export)


def db_upgrade(context: typer.Context, as_json: Json = False) -> None:
    """Bring the schema up to date (SQLite: with a copy beside it first)."""
    from services.embedded import prepare_database

    runtime = open_runtime(settings_of(context))
    runtime.database.check()
    pending = pending_migrations(runtime.database)
    prepare_database(runtime)
    runtime.close()
    if as_json:
        print_json({"database": runtime.database.address, "applied": pending})
    else:
        applied = ", ".join(pending) or "nothing, it was up to date"
        say(f"{runtime.database.address}: applied {applied}")


def db_check(context: typer.Context, as_json: Json = False) -> None:
    """Say whether the schema is up to date; exit 1 when it is not, 3 when there is none."""
    runtime = open_runtime(settings_of(context), may_create=False)
    file = runtime.database.file
    if file is not None and not file.exists():
        raise ServiceUnreachableError(
            f"there is no {file.name} in {file.parent} yet; begin with newswatch run"
        )
    runtime.database.check()
    pending = pending_migrations(runtime.database)
    runtime.close()
    if as_json:
        print_json({"ok": not pending, "pending": pending})
    else:
        missing = f"pending: {', '.join(pending)}; run: newswatch db upgrade"
        say(missing if pending else "up to date")
    if pending:
        raise typer.Exit(1)


def config_show(context: typer.Context, as_json: Json = False) -> None:
    """Show every setting with its origin; secrets stay hidden."""
    options: Options = context.obj
    settings_of(context)  # it looks closer than reading alone does
    settings, origins = load_settings(options.flags, file=options.config)
    rows = []
    for name, words in known_keys().items():
        section, key = name.split(".", 1)
        value = _shown(getattr(getattr(settings, section), key))
        rows.append((name, value, origins.get(name, "default"), words))
    if as_json:
        print_json(
            [
                {"name": name, "value": value, "origin": origin, "meaning": words}
                for name, value, origin, words in rows
            ]
        )
    else:
        print_table(
            ("setting", "value", "origin"),
            [
                (name, ",".join(value) or "none" if isinstance(value, list) else value, origin)
                for name, value, origin, _ in rows
            ],
        )


def _shown(value: Any) -> Any:
    return "**********" if isinstance(value, SecretStr) else jsonable(value)


EXPORTS: Mapping[str, Callable[[Connection], Iterator[dict[str, Any]]]] = {
    "articles": export_articles,
    "stories": export_stories,
    "alerts": export_alerts,
}


def export(
    context: typer.Context,
    what: Annotated[str, typer.Argument(help="articles, stories or alerts.")],
    jsonl: Annotated[bool, typer.Option("--jsonl", help="One JSON object a line.")] = True,  # noqa: ARG001
) -> None:
    """Write everything out, one JSON object a line."""
    rows = EXPORTS.get(what)
    if rows is None:
        raise SettingsError(f"export {what}: expected one of {', '.join(EXPORTS)}")
    with opened(context) as runtime, runtime.database.read() as connection:
        for row in rows(connection):
            print_jsonl(row)
