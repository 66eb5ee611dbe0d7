"""From options to an open runtime: settings, logs, and a database that is there and up to date."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import Path
from typing import Any

import typer

from shared.errors import ServiceUnreachableError, SettingsError
from shared.logs import configure_logs
from shared.migrations import pending_migrations
from shared.runtime import Runtime, open_runtime
from shared.settings import Settings, known_keys, load_settings


@dataclass(frozen=True)
class Options:
    """What stood before the command."""

    data_dir: Path | None = None
    inbox_dir: Path | None = None
    config: Path | None = None
    assignments: tuple[str, ...] = ()
    log_level: str | None = None

    @property
    def flags(self) -> dict[str, Any]:
        """The settings given as flags, by `section.key`."""
        found: dict[str, Any] = {}
        for assignment in self.assignments:
            name, equals, value = (part.strip() for part in assignment.partition("="))
            if not equals or "." not in name:
                raise SettingsError(
                    f"--set {assignment}: expected section.key=value, such as inbox.batch=10"
                )
            found[name] = _typed(name, value)
        paths = {"data.dir": self.data_dir, "inbox.dir": self.inbox_dir}
        return found | {name: path for name, path in paths.items() if path is not None}

    @property
    def environment(self) -> dict[str, str]:
        """The same as environment variables, for processes started by this one."""
        found = {
            f"NEWSWATCH_{name.replace('.', '_').upper()}": (
                ",".join(value) if isinstance(value, list) else str(value)
            )
            for name, value in self.flags.items()
        }
        return found | ({"NEWSWATCH_CONFIG": str(self.config)} if self.config else {})


def _typed(name: str, value: str) -> Any:
    """Return the value of `--set`: comma lists as lists, the rest as it was written.

    Raises:
        SettingsError: there is no such setting; the message names the nearest.
    """
    known = known_keys()
    if name not in known:
        close = get_close_matches(name, known, n=1)
        hint = f"did you mean {close[0]}?" if close else "newswatch config show lists them all"
        raise SettingsError(f"--set {name}: there is no setting of that name; {hint}")
    section, key = name.split(".", 1)
    if isinstance(getattr(getattr(Settings(), section), key), list):
        return [part.strip() for part in value.split(",") if part.strip()]
    return value


def settings_of(context: typer.Context, **more: Any) -> Settings:
    """Return the settings of this call; *more* are flags of the command (`section__key`).

    Raises:
        SettingsError: one of them is wrong; the message names it.
    """
    options: Options = context.obj
    flags = options.flags | {
        name.replace("__", "."): value for name, value in more.items() if value is not None
    }
    settings, _ = load_settings(flags, file=options.config)
    configure_logs(settings.logs, level=options.log_level)
    topics = settings.topics.dir
    if topics is not None and not topics.is_dir():
        raise SettingsError(f"topics.dir {topics}: there is no such folder")
    return settings


@contextmanager
def opened(context: typer.Context, *, may_create: bool = False) -> Iterator[Runtime]:
    """Open the runtime for a command that reads or writes rows.

    Only with *may_create* a data folder that is not there is made.

    Raises:
        ServiceUnreachableError: the database does not answer, or was never set up.
    """
    settings = settings_of(context)
    if not may_create:
        _require_data(settings)
    runtime = open_runtime(settings)
    try:
        require_database(runtime)
        yield runtime
    finally:
        runtime.close()


def _require_data(settings: Settings) -> None:
    """Refuse to make a data folder for somebody who only wants to read one."""
    file = settings.data.dir / "newswatch.db"
    if settings.database.url is None and not file.exists():
        raise ServiceUnreachableError(
            f"nothing is stored in the folder {settings.data.dir} yet (no {file.name}); begin with "
            "newswatch run or newswatch add FILE --wait, or name another folder by --data-dir"
        )


def require_database(runtime: Runtime) -> None:
    """Make sure that the database is there and has our tables; a SQLite file is made at once.

    Raises:
        ServiceUnreachableError: it is not; the message says what to do.
    """
    runtime.database.check()
    if not pending_migrations(runtime.database):
        return
    if runtime.database.is_sqlite:
        from services.embedded import prepare_database

        prepare_database(runtime)
    else:
        raise ServiceUnreachableError(
            f"database {runtime.database.address} is not up to date; "
            "run `newswatch db upgrade` (or `newswatch run`, which does it)"
        )
