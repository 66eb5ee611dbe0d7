"""Runs the workers of extract: reading files, and linking articles."""

from __future__ import annotations

import threading
import time

from services.extract.jobs import ExtractContext, LinkContext
from services.extract.jobs.forgetting import forget_old_rows
from services.extract.sandbox import Sandbox
from shared.runtime import Runtime
from shared.topics import load_taxonomy
from shared.worker import run_worker


def run_extract(runtime: Runtime, stop: threading.Event) -> None:
    """Read files until *stop*; between sweeps drop what is idle, and rows that are too old."""
    settings = runtime.settings.extract
    sandbox = Sandbox(
        time_seconds=settings.time_seconds,
        memory_bytes=settings.memory_bytes,
        idle_seconds=settings.idle_seconds,
    )
    context = ExtractContext(runtime, sandbox, load_taxonomy(runtime.settings.topics.dir))

    def tidy_up() -> None:
        sandbox.drop_idle(time.monotonic())
        forget_old_rows(runtime)

    sandbox.warm_up()
    try:
        run_worker(runtime, "extract", context, stop, every_sweep=tidy_up)
    finally:
        sandbox.close()


def run_link(runtime: Runtime, stop: threading.Event) -> None:
    """Link articles until *stop*."""
    run_worker(runtime, "link", LinkContext(runtime), stop)
