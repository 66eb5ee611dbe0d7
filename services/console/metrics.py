"""Prometheus metrics, computed from rows and heartbeats at every scrape. Pure: figures to text.

No process counts anything for itself, so the figures are right across processes and machines, after
a restart, and with Redis down. Every label has a closed set of values; anything else is `other`.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from prometheus_client import CollectorRegistry, generate_latest
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from shared.backlog import Backlog

CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8"
OTHER = "other"
ROW_STATES = ("due", "leased", "later", "dead")
FILE_OUTCOMES = (
    "read",
    "container",
    "dead",
    *(
        f"rejected:{reason}"
        for reason in (
            "empty",
            "too_short",
            "too_large",
            "nested_too_deeply",
            "not_text",
            "undecodable",
            "unsupported",
            "malformed",
            "no_text",
            "link_only",
            "timed_out",
            "out_of_memory",
            "crashed",
        )
    ),
)
ARTICLE_OUTCOMES = ("new", "exact_copy", "revision")
NOTIFICATION_STATES = ("planned", "held", "suppressed", "gathered", "told", "dead")
NOTIFICATION_REASONS = (
    "first_in_story",
    "adds_new",
    "every_article",
    "correction",
    "copy_of_known",
    "copy_of_archive",
    "nothing_new",
    "only_first_asked",
    "old_material",
    "muted_by",
    "already_told",
    "merged_into",
    "rule_suspended",
    "archive",
    "recleaned",
)
CUTS = ("raised", "frozen")
MESSAGE_STATES = ("pending", "sent", "dead", "cancelled")
WORKER_ROLES = ("ingest", "extract", "link", "alert", "notify", "console")


@dataclass(frozen=True, slots=True)
class Figures:
    """What one scrape read. Counts by the value of their column; `workers` counts live ones."""

    backlogs: Sequence[Backlog]
    files: Mapping[str, int] = field(default_factory=dict)
    articles: Mapping[str, int] = field(default_factory=dict)
    stories: int = 0
    cut_stories: Mapping[str, int] = field(default_factory=dict)
    alerts: int = 0
    notifications: Mapping[tuple[str, str], int] = field(default_factory=dict)
    messages: Mapping[str, int] = field(default_factory=dict)
    workers: Mapping[str, int] = field(default_factory=dict)


class FiguresCollector(Collector):
    """Hands one reading to prometheus_client."""

    def __init__(self, figures: Figures | None) -> None:
        """Take the *figures*, or None when the database did not answer."""
        self._figures = figures

    def collect(self) -> Iterable[Metric]:
        """Yield every metric; without figures only that there are none."""
        yield GaugeMetricFamily(
            "newswatch_database_up",
            "1 when the database answered this scrape; when 0, no other metric is shown.",
            value=0 if self._figures is None else 1,
        )
        if self._figures is not None:
            yield from _waiting(self._figures.backlogs)
            yield from _found(self._figures)
            yield from _telling(self._figures)


def expose(figures: Figures | None) -> bytes:
    """Return the text a scraper reads, in the Prometheus text format 0.0.4."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(FiguresCollector(figures))
    return generate_latest(registry)


def _waiting(backlogs: Sequence[Backlog]) -> Iterator[Metric]:
    rows = GaugeMetricFamily(
        "newswatch_rows",
        "Rows at a step: due now, leased to a worker, waiting for a later time, or dead.",
        labels=("step", "state"),
    )
    oldest = GaugeMetricFamily(
        "newswatch_oldest_due_seconds",
        "How long the oldest due row of a step has been waiting; 0 when none is due.",
        labels=("step",),
    )
    for backlog in backlogs:
        for state in ROW_STATES:
            rows.add_metric((backlog.step, state), getattr(backlog, state))
        oldest.add_metric((backlog.step,), backlog.oldest_seconds or 0.0)
    yield rows
    yield oldest


def _found(figures: Figures) -> Iterator[Metric]:
    yield _counter(
        "newswatch_files",
        "Files (or members of containers) with a final outcome.",
        "outcome",
        _bounded(figures.files, FILE_OUTCOMES),
    )
    yield _counter(
        "newswatch_articles",
        "Articles whose outcome against earlier ones is decided.",
        "outcome",
        _bounded(figures.articles, ARTICLE_OUTCOMES),
    )
    yield GaugeMetricFamily(
        "newswatch_stories", "Stories that were not merged into another.", value=figures.stories
    )
    yield _cut(figures)


def _cut(figures: Figures) -> Metric:
    return _gauge(
        "newswatch_cut_stories",
        "Stories of a theme too large to be grouped whole: by a raised floor, or frozen.",
        "how",
        _bounded(figures.cut_stories, CUTS),
    )


def _telling(figures: Figures) -> Iterator[Metric]:
    yield CounterMetricFamily("newswatch_alerts", "Alerts ever opened.", value=figures.alerts)
    ledger = GaugeMetricFamily(
        "newswatch_notifications",
        "Rows of the notification ledger by state and reason; a pair without rows is not shown.",
        labels=("state", "reason"),
    )
    pairs: dict[tuple[str, str], int] = {}
    for (state, reason), count in figures.notifications.items():
        key = _known(state, NOTIFICATION_STATES), _known(reason, NOTIFICATION_REASONS)
        pairs[key] = pairs.get(key, 0) + count
    for pair, count in sorted(pairs.items()):
        ledger.add_metric(pair, count)
    yield ledger
    yield _gauge(
        "newswatch_messages", "Messages.", "state", _bounded(figures.messages, MESSAGE_STATES)
    )
    yield _gauge(
        "newswatch_workers",
        "Workers whose heartbeat is fresh.",
        "role",
        _bounded(figures.workers, WORKER_ROLES),
    )


def _known(value: str, known: Sequence[str]) -> str:
    return value if value in known else OTHER


def _bounded(counts: Mapping[str, int], known: Sequence[str]) -> dict[str, int]:
    """Return a count for every known value, 0 included, and for `other` only when there is one."""
    bounded = dict.fromkeys(known, 0)
    for value, count in counts.items():
        label = _known(value, known)
        bounded[label] = bounded.get(label, 0) + count
    return bounded


def _counter(name: str, text: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = CounterMetricFamily(name, text, labels=(label,))
    for value, count in counts.items():
        family.add_metric((value,), count)
    return family


def _gauge(name: str, text: str, label: str, counts: Mapping[str, int]) -> Metric:
    family = GaugeMetricFamily(name, text, labels=(label,))
    for value, count in counts.items():
        family.add_metric((value,), count)
    return family
