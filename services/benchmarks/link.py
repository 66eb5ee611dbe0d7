"""What linking one more article costs, by how many are kept already. Touches the world.

The link job itself is measured, from the claim to its commit; ringing for the next step is not.
"""

from __future__ import annotations

import dataclasses
import resource
import statistics
import sys
import time
from collections import deque
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import timedelta
from functools import partial
from pathlib import Path

from pydantic import SecretStr
from sqlalchemy import Connection, func, select, text

from services.benchmarks.drafting import DraftedArticle, DraftStream, open_stream
from services.benchmarks.filling import Filler
from services.extract.jobs import LinkContext, link_articles
from shared.migrations import upgrade
from shared.runtime import Runtime, open_runtime
from shared.settings import Settings
from shared.settings.sections import DatabaseSettings, DataSettings, WorkSettings
from shared.tables import articles, metadata

SEED = 1
WINDOW_DAYS = 30
_KEPT_TABLES = (
    "files", "articles", "article_fingerprints", "article_lines", "article_terms",
    "article_profiles", "article_links", "stories",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class Times:
    """Milliseconds an article by the clock, and of CPU in this process (a server's not counted)."""

    mean_ms: float
    p50_ms: float
    p95_ms: float
    cpu_mean_ms: float


@dataclass(frozen=True, slots=True)
class TableSize:
    """What one table holds for each article, its indexes included."""

    rows: float
    bytes: float


@dataclass(frozen=True, slots=True)
class LinkFigures:
    """What linking cost with *articles* kept, *window_articles* of them in the last 30 days.

    `cold` starts every article with an empty memory, `warm` goes on with one. `ratio` is the warm
    mean by that of the smallest size.
    """

    engine: str
    articles: int
    window_articles: int
    filling_seconds: float
    measured: int
    warm: Times
    cold: Times
    ratio: float
    candidates: float
    memory_mb: float
    tables: dict[str, TableSize]


@dataclass(frozen=True, slots=True)
class LinkPlan:
    """What to measure: archive sizes (ascending), how many new articles at each, how dense."""

    sizes: tuple[int, ...]
    measured: int
    per_day: int
    processes: int


def measure(
    url: str, folder: Path, plan: LinkPlan, said: Callable[[str], None]
) -> Iterator[LinkFigures]:
    """Fill the empty database at *url* and yield what linking costs at every size of *plan*."""
    with (
        _runtime(url, folder) as runtime,
        open_stream(SEED, plan.per_day, plan.processes) as stream,
    ):
        upgrade(runtime.database)
        engine = runtime.database.engine.dialect.name
        filler = Filler(runtime.database)
        first: Times | None = None
        for size in plan.sizes:
            started = time.monotonic()
            missing = max(0, size - filler.articles)
            filler.fill(stream.take(missing), partial(_say, said, engine, size))
            filling_seconds = round(time.monotonic() - started, 1)
            said(f"{engine}: {size} articles, linking {2 * plan.measured} more")
            found = _measure_at(runtime, filler, stream, plan, first)
            first = first or found.warm
            yield dataclasses.replace(found, filling_seconds=filling_seconds)


def _say(said: Callable[[str], None], engine: str, size: int, articles_now: int) -> None:
    said(f"{engine}: {articles_now} of {size} articles")


@contextmanager
def _runtime(url: str, folder: Path) -> Iterator[Runtime]:
    settings = Settings(
        data=DataSettings(dir=folder / "data"),
        database=DatabaseSettings(url=SecretStr(url)),
        # The doorbell is no part of linking: it rings once, and then its queue is full.
        work=WorkSettings(max_queued=1),
    )
    runtime = open_runtime(settings)
    try:
        yield runtime
    finally:
        runtime.close()


def _measure_at(
    runtime: Runtime,
    filler: Filler,
    stream: DraftStream,
    plan: LinkPlan,
    first: Times | None,
) -> LinkFigures:
    with runtime.database.read() as connection:
        window_articles = _in_window(connection)
        tables = _table_sizes(connection)
    kept, warm_up = filler.articles, plan.measured // 4
    context = LinkContext(runtime)
    # Drafted before anything is measured: no other process of ours may run meanwhile.
    drafts = deque(stream.take(warm_up + 2 * plan.measured))
    for _ in range(warm_up):
        _link(context, filler, drafts.popleft())
    warm = _times([_link(context, filler, drafts.popleft()) for _ in range(plan.measured)])
    looked_at = context.memory.looked_at / (plan.measured + warm_up)
    memory_mb = _resident_mb()
    cold = _times(
        [_link(LinkContext(runtime), filler, drafts.popleft()) for _ in range(plan.measured)]
    )
    return LinkFigures(
        engine=runtime.database.engine.dialect.name,
        articles=kept,
        window_articles=window_articles,
        filling_seconds=0.0,
        measured=plan.measured,
        warm=warm,
        cold=cold,
        ratio=round(warm.mean_ms / (first or warm).mean_ms, 2),
        candidates=round(looked_at, 1),
        memory_mb=round(memory_mb, 1),
        tables=tables,
    )


def _link(context: LinkContext, filler: Filler, drafted: DraftedArticle) -> tuple[float, float]:
    """Announce one article, link it, and return the seconds by the clock and of CPU."""
    article_id = filler.announce(drafted)
    started, cpu_started = time.perf_counter(), time.process_time()
    link_articles(context, [article_id])
    seconds = time.perf_counter() - started, time.process_time() - cpu_started
    filler.linked(drafted, article_id)
    return seconds


def _times(taken: Sequence[tuple[float, float]]) -> Times:
    ordered = sorted(1000 * seconds for seconds, _ in taken)
    return Times(
        mean_ms=round(statistics.fmean(ordered), 2),
        p50_ms=round(statistics.median(ordered), 2),
        p95_ms=round(ordered[len(ordered) * 95 // 100], 2),
        cpu_mean_ms=round(1000 * statistics.fmean(cpu for _, cpu in taken), 2),
    )


def _in_window(connection: Connection) -> int:
    """Count the articles of the last 30 days, among which candidates are looked for."""
    last = connection.scalar(select(func.max(articles.c.received_at)))
    since = last - timedelta(days=WINDOW_DAYS)
    query = select(func.count()).select_from(articles).where(articles.c.received_at >= since)
    return int(connection.scalar(query) or 0)


def _table_sizes(connection: Connection) -> dict[str, TableSize]:
    """Return rows and bytes an article of every table that grows with articles."""
    count = {
        table.name: connection.scalar(select(func.count()).select_from(table)) or 0
        for table in metadata.sorted_tables
        if table.name in _KEPT_TABLES
    }
    size = _sqlite_bytes if connection.dialect.name == "sqlite" else _postgresql_bytes
    kept = count["articles"]
    return {
        name: TableSize(round(rows / kept, 2), round(size(connection, name) / kept, 1))
        for name, rows in count.items()
    }


def _sqlite_bytes(connection: Connection, table: str) -> int:
    query = text(
        "SELECT sum(pgsize) FROM dbstat WHERE name IN "
        "(SELECT name FROM sqlite_schema WHERE tbl_name = :name)"
    )
    return int(connection.scalar(query, {"name": table}) or 0)


def _postgresql_bytes(connection: Connection, table: str) -> int:
    query = text("SELECT pg_total_relation_size(to_regclass(:name))")
    return int(connection.scalar(query, {"name": table}) or 0)


def _resident_mb() -> float:
    """Return the megabytes this process holds now; on systems without /proc, the most it held."""
    status = Path("/proc/self/status")
    if status.exists():
        lines = status.read_text("ascii", "replace").splitlines()
        return next(int(line.split()[1]) for line in lines if line.startswith("VmRSS")) / 1024
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return peak / (1 << 20 if sys.platform == "darwin" else 1024)
