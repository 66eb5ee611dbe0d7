"""`bench`: how fast the parts are on this machine; nothing of the user's is read or stored."""

from __future__ import annotations

import dataclasses
import os
from collections.abc import Iterator, Sequence
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from services.cli.output import Json, print_json, say

if TYPE_CHECKING:
    from services.benchmarks.link import LinkFigures, LinkPlan

bench_app = typer.Typer(help="Measure the parts on this machine.", no_args_is_help=True)
_MILLION = 1_000_000


class BenchEngine(StrEnum):
    """Which databases are measured."""

    SQLITE = "sqlite"
    POSTGRESQL = "postgresql"
    BOTH = "both"


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    bench_app.command()(extract)
    bench_app.command()(link)
    app.add_typer(bench_app, name="bench")


def extract(
    pages: Annotated[
        Path | None, typer.Option(help="Folder of pages; without it, the samples.", exists=True)
    ] = None,
    repeats: Annotated[int, typer.Option(min=1, max=100, help="Times every page is read.")] = 3,
    as_json: Json = False,
) -> None:
    """Read pages in turns with trafilatura and show pages a second, their ratio, and memory."""
    from services.benchmarks.extract import measure, page_files
    from services.cli.demonstration import seeds_folder

    folder = pages or seeds_folder() / "articles"
    figures = measure(page_files(folder), repeats)
    if as_json:
        shown = {"folder": folder, "are_samples": pages is None, **dataclasses.asdict(figures)}
        print_json(shown)
        return
    samples = " (the samples: small pages; --pages measures your own)" if pages is None else ""
    say(f"{figures.pages} pages, {figures.megabytes} MB, from {folder}{samples}")
    say(f"pages/s      {figures.pages_per_second} ({figures.megabytes_per_second} MB/s)")
    say(f"trafilatura  {figures.trafilatura_pages_per_second} with metadata, in turns")
    say(f"ratio        {figures.ratio}, median of {figures.repeats}")
    say(f"per page     {figures.p50_ms} ms half of them, {figures.p95_ms} ms 95 in 100")
    say(f"memory       {figures.peak_memory_mb} MB at most")
    if figures.refused:
        say(f"refused      {figures.refused}: newswatch inspect says why")


def link(
    sizes: Annotated[
        str, typer.Option(help="Articles kept already, in numbers parted by commas.")
    ] = "1000,10000,100000",
    million: Annotated[
        bool, typer.Option("--million", help="A million as well: an hour or more, and 25 GB.")
    ] = False,
    engine: Annotated[BenchEngine, typer.Option(help="Which database.")] = BenchEngine.BOTH,
    articles: Annotated[
        int, typer.Option(min=1, max=10_000, help="New articles linked at each size, twice.")
    ] = 200,
    per_day: Annotated[
        int,
        typer.Option(min=1, help="Articles a day; candidates are those of 30 days."),
    ] = 1000,
    processes: Annotated[
        int | None, typer.Option(min=1, help="How many invent the news; default: all processors.")
    ] = None,
    folder: Annotated[
        Path | None, typer.Option(help="Where the databases are made for the time.", exists=True)
    ] = None,
    postgresql_url: Annotated[
        str | None,
        typer.Option(help="A server to make a database on; without it, one is started here."),
    ] = None,
    as_json: Json = False,
) -> None:
    """Fill throwaway databases with invented news and show what linking one more article costs."""
    from services.benchmarks.link import LinkPlan

    wanted = sorted({*_numbers(sizes), *([_MILLION] if million else [])})
    plan = LinkPlan(tuple(wanted), articles, per_day, processes or os.cpu_count() or 1)
    found = []
    for figures in _link_figures(engine, plan, folder, postgresql_url):
        found.append(figures)
        if not as_json:
            _say_link_figures(figures)
    if as_json:
        print_json({"per_day": per_day, "figures": [dataclasses.asdict(each) for each in found]})


def _numbers(text: str) -> Sequence[int]:
    numbers = [part.strip().replace("_", "") for part in text.split(",")]
    if not all(number.isdecimal() and 0 < int(number) <= _MILLION for number in numbers):
        raise typer.BadParameter(
            f"{text!r}: expected numbers from 1 to {_MILLION}, parted by commas, as in 1000,10000",
            param_hint="--sizes",
        )
    return [int(number) for number in numbers]


def _link_figures(
    engine: BenchEngine, plan: LinkPlan, parent: Path | None, server: str | None
) -> Iterator[LinkFigures]:
    from services.benchmarks.link import measure
    from services.benchmarks.throwaway import throwaway_folder, throwaway_postgresql

    def progress(words: str) -> None:
        say(words, err=True)

    if engine is not BenchEngine.POSTGRESQL:
        with throwaway_folder(parent) as folder:
            yield from measure(f"sqlite:///{folder / 'bench.db'}", folder, plan, progress)
    if engine is not BenchEngine.SQLITE:
        with throwaway_folder(parent) as folder, throwaway_postgresql(server, folder) as url:
            yield from measure(url, folder, plan, progress)


def _say_link_figures(figures: LinkFigures) -> None:
    say(f"{figures.engine}, {figures.articles} articles, {figures.window_articles} in 30 days")
    for name, times in (("warm", figures.warm), ("cold", figures.cold)):
        say(
            f"  {name}        {times.mean_ms} ms an article, {times.p50_ms} ms half of them, "
            f"{times.p95_ms} ms 95 in 100; {times.cpu_mean_ms} ms of CPU"
        )
    say(f"  ratio       {figures.ratio} to the smallest size (warm), of {figures.measured}")
    say(f"  candidates  {figures.candidates} looked at an article")
    say(f"  memory      {figures.memory_mb} MB")
    say(f"  filling     {figures.filling_seconds} s")
    total = sum(size.bytes for size in figures.tables.values())
    say(f"  kept        {total:.0f} bytes an article:")
    for name, size in sorted(figures.tables.items(), key=lambda item: -item[1].bytes):
        if size.rows:
            say(f"    {name:<22}{size.rows:>8.2f} rows{size.bytes:>9.0f} bytes")
