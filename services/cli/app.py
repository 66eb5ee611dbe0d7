"""The commands together: global options, exit codes, and how errors are said."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Annotated

import typer

from services import __version__
from services.cli import (
    acting,
    benching,
    inspecting,
    keeping,
    operating,
    reading,
    recleaning,
    running,
    showing,
    watching,
)
from services.cli.opening import Options
from services.cli.output import NobodyReadsError, say
from shared.errors import NewswatchError, ServiceUnreachableError

app = typer.Typer(
    name="newswatch",
    help="Drop articles in a folder; be told once, with the reason.",
    no_args_is_help=True,
    rich_markup_mode=None,
    pretty_exceptions_enable=False,
)
_MODULES = (
    running,
    reading,
    showing,
    watching,
    acting,
    operating,
    inspecting,
    recleaning,
    keeping,
    benching,
)
for module in _MODULES:
    module.register(app)


def _version(asked: bool) -> None:
    if asked:
        say(f"newswatch {__version__}")
        raise typer.Exit


@app.callback()
def options(
    context: typer.Context,
    data_dir: Annotated[Path | None, typer.Option(help="Folder for all that is kept.")] = None,
    inbox_dir: Annotated[Path | None, typer.Option(help="The watched folder.")] = None,
    config: Annotated[Path | None, typer.Option(help="Settings file (newswatch.toml).")] = None,
    settings: Annotated[
        list[str] | None, typer.Option("--set", help="One setting: section.key=value.")
    ] = None,
    verbose: Annotated[bool, typer.Option("--verbose", "-v", help="More on stderr.")] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Only trouble on stderr.")] = False,
    version: Annotated[  # noqa: ARG001 - it has spoken before this is called
        bool,
        typer.Option("--version", "-V", is_eager=True, callback=_version, help="Show the version."),
    ] = False,
) -> None:
    """Read the options every command shares."""
    context.obj = Options(
        data_dir=data_dir,
        inbox_dir=inbox_dir,
        config=config,
        assignments=tuple(settings or ()),
        log_level="debug" if verbose else "warning" if quiet else None,
    )


def run(arguments: Sequence[str]) -> int:
    """Run one command and return its exit code; errors are one clear text on stderr."""
    for stream in (sys.stdout, sys.stderr):
        if isinstance(stream, io.TextIOWrapper):
            # A terminal that cannot show "▸" must not end the command.
            stream.reconfigure(errors="backslashreplace")
    try:
        code = app(args=list(arguments), prog_name="newswatch", standalone_mode=False)
    except typer.TyperException as error:
        return _say_usage(error)
    except (typer.Abort, KeyboardInterrupt):
        return 130
    except NobodyReadsError:
        # Python would try to flush once more at its end, and complain.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    except NewswatchError as error:
        say(f"newswatch: {error}", err=True)
        return error.exit_code
    except Exception as error:
        if not {"-v", "--verbose"}.isdisjoint(arguments):
            raise
        return _say_unforeseen(error)
    return code if isinstance(code, int) else 0


def _say_usage(error: typer.TyperException) -> int:
    """Say what is wrong with the words of a command, and where to read on."""
    words = getattr(error, "format_message", error.__str__)()
    path = getattr(getattr(error, "ctx", None), "command_path", "newswatch")
    if words.startswith("Usage:"):
        say(words, err=True)  # a group without a command: its help
    else:
        say(f"{path}: {words.rstrip('.')} (see {path} --help)", err=True)
    return int(getattr(error, "exit_code", 2))


def _say_unforeseen(error: Exception) -> int:
    """Say what nobody caught: trouble of database, queue and disk, or a mistake of ours."""
    from redis.exceptions import RedisError
    from sqlalchemy.exc import DBAPIError

    from shared.database import first_line, remedy

    if isinstance(error, RedisError | DBAPIError):
        say(f"newswatch: {first_line(error)} ({remedy(error)})", err=True)
        return ServiceUnreachableError.exit_code
    if isinstance(error, OSError):
        where = f"{error.filename}: " if error.filename else ""
        say(f"newswatch: {where}{error.strerror or error}", err=True)
        return 1
    words = f"{type(error).__name__}: {first_line(error)}"
    say(f"newswatch: {words} (a mistake of ours; newswatch --verbose … shows where)", err=True)
    return 1
