"""`newswatch demo`: the samples through the real thing, and what came of them."""

from __future__ import annotations

import dataclasses
import shutil
import sys
import time
import tomllib
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from queue import Empty, Queue

import typer
from sqlalchemy import Connection

from services.cli.demo_alerts import alert_lines
from services.cli.demo_report import (
    apart_lines,
    book_lines,
    headline,
    listed,
    story_lines,
)
from services.cli.opening import Options, settings_of
from services.cli.output import say
from services.cli.watching import read_rule_file
from services.console.audit import audit
from services.console.queries import (
    AlertDetail,
    count_fates,
    get_alert,
    get_article,
    get_story,
    list_alerts,
    list_stories,
)
from services.console.store import sync_rules
from services.embedded import Embedded, own_data_folder, prepare_database
from services.expectations import Expectations, compare_with
from shared.errors import NewswatchError, SettingsError
from shared.model import Readable
from shared.runtime import Runtime, open_runtime
from shared.settings import Settings

MOST_SHOWN = 100
CONSOLE_SECONDS = 10.0


def demonstrate(context: typer.Context, *, keep_serving: bool) -> None:
    """Drop the samples into a fresh inbox, wait, and print fates, stories, topics and alerts.

    Serves the console afterwards on a terminal, unless told not to.

    Raises:
        NewswatchError: what came of the samples is not what seeds/expected.toml says.
        typer.Abort: told to stop before all of them were through.
    """
    seeds = seeds_folder()
    options: Options = context.obj
    # What it does is told on stdout; a log of every file would stand in between.
    context.obj = dataclasses.replace(options, log_level=options.log_level or "warning")
    settings = _demo_settings(context)
    with own_data_folder(settings.data.dir):
        runtime = open_runtime(settings)
        prepare_database(runtime)
        rule_file = read_rule_file(seeds / "watch_rules.toml", settings)
        sync_rules(runtime.database, rule_file)
        is_terminal = sys.stdout.isatty()
        _run(runtime, seeds, keep_serving=keep_serving and is_terminal)
        if keep_serving and not is_terminal:
            say(f"no terminal, so the console is not served; to see it: {_served_by(settings)}")


def _served_by(settings: Settings) -> str:
    return f"newswatch --data-dir {settings.data.dir} run console"


def seeds_folder() -> Path:
    """Return the folder of samples: beside the code, or where an installed package has them.

    Raises:
        SettingsError: there is none.
    """
    places = (
        Path(__file__).resolve().parents[2] / "seeds",
        Path(sys.prefix) / "share" / "newswatch" / "seeds",
    )
    for place in places:
        if (place / "watch_rules.toml").is_file():
            return place
    raise SettingsError(f"no samples found; looked in {places[0]} and {places[1]}")


def _demo_settings(context: typer.Context) -> Settings:
    """Return settings on a fresh data folder of the demo's own, whatever ran before."""
    base = settings_of(context)
    folder = base.data.dir / "demo"
    inbox = folder / "inbox"
    if (folder / "newswatch.db").exists() or inbox.exists():
        with own_data_folder(folder):
            _remove(folder)
    return settings_of(
        context,
        data__dir=folder,
        inbox__dir=inbox,
        database__url=f"sqlite:///{(folder / 'newswatch.db').absolute()}",
        alert__coalesce_minutes=0,
    )


def _remove(folder: Path) -> None:
    """Empty the demo's own folder, but for the lock that is held."""
    for path in folder.iterdir():
        if path.is_dir() and not path.is_symlink():
            shutil.rmtree(path)
        elif path.name != "newswatch.lock":
            path.unlink()


def _run(runtime: Runtime, seeds: Path, *, keep_serving: bool) -> None:
    from services.cli.running import say_console
    from services.supervisor import stop_on_signals

    settings = runtime.settings
    answers: Queue[str] = Queue()
    embedded = Embedded(runtime, on_ready=answers.put, with_console=keep_serving)
    stop_on_signals(embedded.stop)
    how = "newswatch · embedded (SQLite, in-process queue; nothing to install)"
    _say_all(listed([how, f"inbox: {settings.inbox.dir}"], hang="   ", separator=" · "))
    try:
        with _progress():
            started = time.monotonic()
            # Before anybody watches, so that they arrive in the order of their paths.
            dropped = drop_samples(seeds / "articles", settings.inbox.dir)
            embedded.start()
            embedded.wait_for_files(dropped)
            embedded.drain()
            seconds = time.monotonic() - started
        _require_whole(embedded)
        differences = report(runtime, seeds, dropped, seconds)
        if keep_serving:
            _serve(embedded, answers, say_console)
    finally:
        embedded.end()
        runtime.close()
    if differences:
        raise NewswatchError("this is not what seeds/expected.toml says; see above")


def _require_whole(embedded: Embedded) -> None:
    """Give up what was told to stop: half of the samples are not to be compared with all."""
    if embedded.stop.is_set():
        say("stopped before all samples were through; nothing to compare", err=True)
        raise typer.Abort


def _serve(embedded: Embedded, answers: Queue[str], say_address: Callable[[str], None]) -> None:
    """Say the console's address, below everything else, and serve until told to stop."""
    # A console that cannot listen has said why.
    with suppress(Empty):
        say_address(answers.get(timeout=CONSOLE_SECONDS))
    embedded.stop.wait()


@contextmanager
def _progress() -> Iterator[None]:
    """Show on a terminal that something happens; nothing in a log."""
    if not sys.stderr.isatty():
        yield
        return
    from rich.console import Console

    with Console(stderr=True).status("reading, linking, matching, telling …"):
        yield


def drop_samples(source: Path, inbox: Path) -> int:
    """Copy the samples into *inbox* in the order of their paths; return how many files.

    They arrive in that order if nobody watches the inbox meanwhile.
    """
    files = sorted(path for path in source.rglob("*") if path.is_file())
    for path in files:
        copy = inbox / path.relative_to(source)
        copy.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, copy)
    return len(files)


def report(runtime: Runtime, seeds: Path, dropped: int, seconds: float) -> list[str]:
    """Print what came of the samples; return how it differs from what should have."""
    with runtime.database.read() as connection:
        fates = count_fates(connection)
        rows = list_stories(connection, MOST_SHOWN)
        stories = [found for row in rows if (found := get_story(connection, row.id)) is not None]
        listed_alerts = sorted(list_alerts(connection, MOST_SHOWN), key=lambda alert: alert.id)
        alerts = [
            line
            for row in listed_alerts
            if (alert := get_alert(connection, row.id)) is not None
            for line in alert_lines(alert, _first_match(connection, alert))
        ]
    books = audit(runtime, verify_originals="all")
    expected = Expectations(tomllib.loads((seeds / "expected.toml").read_text("utf-8")))
    differences = compare_with(expected, runtime)
    _say_all([*headline(dropped, fates, seconds), "", *story_lines(stories), ""])
    _say_all(["ALERTS", *alerts, "", *book_lines(books, fates, dropped)])
    if not differences:
        _say_all([*apart_lines(expected, stories), "all as seeds/expected.toml says"])
    _say_all(f"NOT AS EXPECTED  {line}" for line in differences)
    return differences if books.ok else [*differences, "the books do not balance"]


def _first_match(connection: Connection, alert: AlertDetail) -> Readable | None:
    """Return the article that opened *alert*, as its rule saw it but for aliases of outlets."""
    first = next(iter(alert.matches), None)
    article = get_article(connection, first.article_id) if first else None
    if article is None:
        return None
    return Readable(
        title=article.title,
        text=article.text,
        outlet=article.outlet,
        language=article.language,
        authors=article.authors,
        published_at=article.published_at,
        topics={tag.topic: tag.level for tag in article.tags},
        topic_evidence={tag.topic: tag.evidence for tag in article.tags},
    )


def _say_all(lines: Iterable[str]) -> None:
    for line in lines:
        say(line)
