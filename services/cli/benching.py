"""`bench`: how fast the parts are on this machine; nothing is stored."""

from __future__ import annotations

import dataclasses
from pathlib import Path
from typing import Annotated

import typer

from services.cli.output import Json, print_json, say

bench_app = typer.Typer(help="Measure the parts on this machine.", no_args_is_help=True)


def register(app: typer.Typer) -> None:
    """Add the commands of this module."""
    bench_app.command()(extract)
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
