"""`run`, `demo` and `add`."""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import Annotated

import typer

from services.cli.opening import Options, settings_of
from services.cli.output import Json, one_line, print_json, print_table, say
from services.console.queries import FileSummary
from shared.errors import SettingsError
from shared.runtime import Runtime, open_runtime
from shared.settings import Settings

ROLES = ("all", "ingest", "extract", "link", "alert", "notify", "console")


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    app.command()(run)
    app.command()(demo)
    app.command()(add)


def run(
    context: typer.Context,
    role: Annotated[str, typer.Argument(help=f"Which service: {', '.join(ROLES)}.")] = "all",
    drain: Annotated[bool, typer.Option(help="Work until nothing is left, then exit 0.")] = False,
    workers: Annotated[int, typer.Option(min=1, help="Extract workers (with `all`).")] = 1,
    exit_with_parent: Annotated[int | None, typer.Option(hidden=True)] = None,
) -> None:
    """Run the services: everything in one process, or one role of many."""
    if role not in ROLES:
        raise SettingsError(f"there is no service {role!r}; expected one of {', '.join(ROLES)}")
    if drain and role == "console":
        raise SettingsError("run console --drain: the console has nothing to drain")
    if workers > 1 and role != "all":
        raise SettingsError(f"--workers is for run all; start run {role} several times instead")
    settings = settings_of(context)
    _refuse_wrong_files(settings)
    from services.supervisor import stop_on_signals, stop_with_parent

    stop = threading.Event()
    stop_on_signals(stop)
    if exit_with_parent is not None:
        stop_with_parent(stop, exit_with_parent)
    if role != "all":
        _run_role(open_runtime(settings), role, stop, drain=drain)
    elif workers == 1 and settings.redis_url is None:
        _run_embedded(open_runtime(settings), stop, drain=drain)
    else:
        _run_processes(context.obj, open_runtime(settings), stop, workers=workers, drain=drain)


def _refuse_wrong_files(settings: Settings) -> None:
    """Read what the services will need, before any of them starts and half of them fail.

    Raises:
        SettingsError: a file of topics.dir or an entry of notify.allowed_networks is wrong.
    """
    from services.alert.main import channel_settings
    from shared.topics import load_taxonomy

    load_taxonomy(settings.topics.dir)
    channel_settings(settings)


def _run_embedded(runtime: Runtime, stop: threading.Event, *, drain: bool) -> None:
    from services.cli.draining import say_waiting
    from services.embedded import Embedded, own_data_folder, own_inbox, prepare_database
    from services.waiting import refuse_other_hosts

    settings, inbox = runtime.settings, runtime.settings.inbox
    with own_data_folder(settings.data.dir), own_inbox(inbox.dir, stay=inbox.take == "leave"):
        prepare_database(runtime)
        refuse_other_hosts(runtime)
        say(
            f"newswatch · embedded (nothing else to install) · inbox: {settings.inbox.dir}",
            err=True,
        )
        embedded = Embedded(runtime, on_ready=say_console, with_console=not drain, stop=stop)
        embedded.start()
        try:
            if drain:
                say_waiting(embedded.drain())
            else:
                stop.wait()
        finally:
            embedded.end()
            runtime.close()


def _run_processes(
    options: Options, runtime: Runtime, stop: threading.Event, *, workers: int, drain: bool
) -> None:
    from contextlib import nullcontext

    from services.cli.draining import drain_all
    from services.embedded import own_data_folder, own_inbox, prepare_database
    from services.supervisor import Supervisor, private_redis

    prepare_database(runtime)
    settings, inbox = runtime.settings, runtime.settings.inbox
    settings.inbox.dir.mkdir(parents=True, exist_ok=True)
    url = settings.redis_url
    # A data folder may be shared by many machines on PostgreSQL, never on SQLite.
    is_alone = runtime.database.is_sqlite
    with (
        own_data_folder(settings.data.dir) if is_alone else nullcontext(),
        own_inbox(inbox.dir, stay=inbox.take == "leave") if is_alone else nullcontext(),
        nullcontext((url, None)) if url else private_redis() as found,
    ):
        if found is None:
            raise SettingsError(
                "--workers needs Redis: set NEWSWATCH_REDIS_URL, or install redis-server or "
                "valkey-server; without --workers everything runs in one process"
            )
        redis_url, server = found
        environment = _handed_on(options.environment | {"NEWSWATCH_REDIS_URL": redis_url})
        supervisor = Supervisor(
            environment, workers, with_console=not drain, stop=stop, server=server
        )
        supervisor.start()
        say(
            f"newswatch · {workers} extract worker{'s' * (workers > 1)} · "
            f"inbox: {settings.inbox.dir}",
            err=True,
        )
        try:
            if drain:
                threading.Thread(target=drain_all, args=(runtime, stop), name="drain").start()
            # Here, in the main thread: the server ends with the thread that started it.
            supervisor.watch()
        finally:
            supervisor.end()
            runtime.close()


def _handed_on(settings: Mapping[str, str]) -> dict[str, str]:
    """Return the environment of a child: ours, with *settings* in place of what it says."""
    # A setting and its _FILE together are refused.
    replaced = {*settings, *(f"{name}_FILE" for name in settings)}
    kept = {name: value for name, value in os.environ.items() if name not in replaced}
    return kept | dict(settings)


def _run_role(runtime: Runtime, role: str, stop: threading.Event, *, drain: bool) -> None:
    from services.alert.main import run_alert
    from services.cli.draining import drain_role
    from services.comparison import Comparison
    from services.console.main import serve
    from services.embedded import work_beside_others
    from services.extract.main import run_extract, run_link
    from services.ingest.main import Ingest
    from services.waiting import refuse_other_hosts, wait_for_services

    def ingest(runtime: Runtime, stop: threading.Event) -> None:
        Ingest(runtime, runtime.settings.inbox.dir).run(stop)

    def console(runtime: Runtime, stop: threading.Event) -> None:
        serve(runtime, stop, comparing=Comparison(), on_ready=say_console)

    targets: dict[str, Callable[[Runtime, threading.Event], None]] = {
        "ingest": ingest,
        "extract": run_extract,
        "link": run_link,
        "alert": run_alert,
        "notify": _notify,
        "console": console,
    }
    wait_for_services(runtime, stop)
    if not stop.is_set():
        refuse_other_hosts(runtime)

    if drain:
        threading.Thread(target=drain_role, args=(runtime, role, stop), name="drain").start()
    try:
        if not stop.is_set():
            with work_beside_others(runtime):
                targets[role](runtime, stop)
    finally:
        stop.set()
        runtime.close()


def _notify(runtime: Runtime, stop: threading.Event) -> None:
    """Run as many workers of notify as the settings say: a slow channel holds up one of them."""
    from services.alert.main import run_notify

    def work() -> None:
        try:
            run_notify(runtime, stop)
        finally:
            # Whatever ended one ends the process; whoever watches it starts it whole again.
            stop.set()

    count = runtime.settings.notify.threads
    with ThreadPoolExecutor(count, thread_name_prefix="notify") as pool:
        workers = [pool.submit(work) for _ in range(count)]
    for worker in workers:
        worker.result()


def say_console(address: str) -> None:
    """Say where the console answers."""
    say(f"console: {address}   (Ctrl-C to stop)", err=True)


def demo(
    context: typer.Context,
    exit_: Annotated[bool, typer.Option("--exit", help="Do not serve the console after.")] = False,
) -> None:
    """Run the main job on the samples, in a fresh data folder, and show what came of it."""
    from services.cli.demonstration import demonstrate

    demonstrate(context, keep_serving=not exit_)


def add(
    context: typer.Context,
    paths: Annotated[list[Path], typer.Argument(help="Files, or folders taken whole.")],
    wait: Annotated[bool, typer.Option(help="Wait for each file's fate.")] = False,
    as_json: Json = False,
) -> None:
    """Store copies of files by the inbox's own path; the originals stay where they are."""
    from services.embedded import prepare_database, work_beside_others
    from services.ingest.inbox import display_name
    from services.ingest.main import add_paths
    from services.waiting import fates_of, wait_for_fates

    runtime = open_runtime(settings_of(context))
    prepare_database(runtime)
    recorded, left = add_paths(runtime, paths)
    ids = [row.file_id for row in recorded]
    if wait:
        with work_beside_others(runtime):
            wait_for_fates(runtime, ids)
    fates = fates_of(runtime, ids)
    missed = [{"name": display_name(item.name), "why": item.reason} for item in left]
    if as_json:
        print_json({"files": fates, "left": missed})
    else:
        _print_fates(fates, missed)
    runtime.close()
    is_refused = any(fate.fate.startswith(("rejected", "dead")) for fate in fates)
    if missed or is_refused:
        raise typer.Exit(4)


def _print_fates(fates: Sequence[FileSummary], missed: Sequence[dict[str, str]]) -> None:
    rows: list[tuple[object, ...]] = [
        (f"f{fate.id}", fate.name, fate.fate, fate.story_id and f"s{fate.story_id}")
        for fate in fates
    ]
    rows += [(None, item["name"], "not taken", None) for item in missed]
    print_table(("file", "name", "fate", "story"), rows)
    for fate in fates:
        if fate.why:
            say(f"f{fate.id}: {one_line(fate.why)}")
    for item in missed:
        say(f"{item['name']}: {item['why']}")
