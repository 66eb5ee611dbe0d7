"""How fast pages are read, as a ratio to trafilatura with metadata. Touches the world.

Machines differ, and so does one machine from hour to hour: only the ratio of the two, on the same
pages in the same run and in turns, can be compared. Times are seconds of CPU.
"""

from __future__ import annotations

import gzip
import logging
import resource
import statistics
import sys
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from multiprocessing import get_context
from pathlib import Path

import trafilatura

from services.extract.outcome import ReadRequest
from services.extract.reading import read_file
from shared.errors import SettingsError

_SUFFIXES = (".html", ".htm", ".html.gz", ".htm.gz")
_WARM_UP_PAGES = 5


@dataclass(frozen=True, slots=True)
class ExtractFigures:
    """What reading *pages* took: medians over the repeats, of CPU time.

    `ratio` is our pages a second by trafilatura's; `refused` pages are read and timed too.
    `peak_memory_mb` is the most that a process held which read them all and nothing else.
    """

    pages: int
    megabytes: float
    refused: int
    repeats: int
    pages_per_second: float
    trafilatura_pages_per_second: float
    ratio: float
    megabytes_per_second: float
    p50_ms: float
    p95_ms: float
    peak_memory_mb: float


def page_files(folder: Path) -> list[Path]:
    """List the pages under *folder*: `.html`, `.htm`, and both with `.gz`.

    Raises:
        SettingsError: there is none.
    """
    found = sorted(f for f in folder.rglob("*") if f.name.lower().endswith(_SUFFIXES))
    if not found:
        raise SettingsError(f"{folder} holds no page (.html, .htm, or either with .gz)")
    return found


def measure(files: Sequence[Path], repeats: int) -> ExtractFigures:
    """Read all *files* in turns with trafilatura, *repeats* times, and once in a fresh process."""
    logging.getLogger("trafilatura").setLevel(logging.CRITICAL)
    pages = [_bytes_of(file) for file in files]
    for page in pages[:_WARM_UP_PAGES]:
        _read(page)
        _read_by_trafilatura(page)
    rounds = [
        [(_seconds(_read, page), _seconds(_read_by_trafilatura, page)) for page in pages]
        for _ in range(repeats)
    ]
    ours = statistics.median(sum(mine for mine, _ in taken) for taken in rounds)
    theirs = statistics.median(sum(other for _, other in taken) for taken in rounds)
    each = sorted(
        statistics.median(taken[n][0] for taken in rounds) * 1000 for n in range(len(pages))
    )
    megabytes = sum(map(len, pages)) / 1e6
    return ExtractFigures(
        pages=len(pages),
        megabytes=round(megabytes, 2),
        refused=sum(read_file(page, ReadRequest("page.html")).article is None for page in pages),
        repeats=repeats,
        pages_per_second=round(len(pages) / ours, 1),
        trafilatura_pages_per_second=round(len(pages) / theirs, 1),
        ratio=round(theirs / ours, 2),
        megabytes_per_second=round(megabytes / ours, 2),
        p50_ms=round(_percentile(each, 50), 1),
        p95_ms=round(_percentile(each, 95), 1),
        peak_memory_mb=round(_peak_memory(files), 1),
    )


def _bytes_of(file: Path) -> bytes:
    data = file.read_bytes()
    return gzip.decompress(data) if file.name.lower().endswith(".gz") else data


def _read(page: bytes) -> None:
    read_file(page, ReadRequest("page.html"))


def _read_by_trafilatura(page: bytes) -> None:
    trafilatura.extract(page, with_metadata=True)


def _seconds(read: Callable[[bytes], None], page: bytes) -> float:
    started = time.process_time()
    read(page)
    return time.process_time() - started


def _percentile(ordered: Sequence[float], percent: int) -> float:
    return ordered[min(len(ordered) - 1, len(ordered) * percent // 100)]


def _peak_memory(files: Sequence[Path]) -> float:
    """Return the megabytes held at most by a process of its own that reads *files*."""
    with ProcessPoolExecutor(1, mp_context=get_context("spawn")) as pool:
        return pool.submit(_peak_after_reading, files).result()


def _peak_after_reading(files: Sequence[Path]) -> float:
    for file in files:
        _read(_bytes_of(file))
    status = Path("/proc/self/status")
    if status.exists():  # there the kernel counts what the process was before it became this one
        lines = status.read_text("ascii", "replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmHWM")) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1024)
