"""What a scraper reads."""

import re

import pytest
from prometheus_client.parser import text_string_to_metric_families

from services.alert.reasons import Reason as TellingReason
from services.console import metrics
from services.console.metrics import Figures, expose
from services.extract.novelty import Outcome
from services.extract.outcome import Reason as RejectionReason
from shared.backlog import Backlog
from shared.broker import QUEUES

FIGURES = Figures(
    backlogs=[
        Backlog("extract", 3, 1, 2, 4, 12.5, None),
        Backlog("link", 0, 0, 0, 0, None, None),
    ],
    files={"read": 20, "rejected:too_short": 2},
    articles={"new": 18, "exact_copy": 2},
    stories=7,
    alerts=5,
    notifications={
        ("told", "first_in_story"): 3,
        ("suppressed", "copy_of_known"): 4,
        ("gathered", "adds_new"): 2,
    },
    messages={"sent": 3},
    workers={"extract": 2},
)


def samples(content: bytes) -> dict[tuple[str, tuple[tuple[str, str], ...]], float]:
    """Return every sample by name and labels, as an independent parser reads it."""
    return {
        (sample.name, tuple(sorted(sample.labels.items()))): sample.value
        for family in text_string_to_metric_families(content.decode())
        for sample in family.samples
    }


@pytest.mark.parametrize(
    ("name", "labels", "value"),
    [
        ("newswatch_database_up", {}, 1),
        ("newswatch_rows", {"step": "extract", "state": "due"}, 3),
        ("newswatch_rows", {"step": "extract", "state": "leased"}, 1),
        ("newswatch_rows", {"step": "extract", "state": "later"}, 2),
        ("newswatch_rows", {"step": "extract", "state": "dead"}, 4),
        ("newswatch_oldest_due_seconds", {"step": "extract"}, 12.5),
        ("newswatch_oldest_due_seconds", {"step": "link"}, 0),
        ("newswatch_files_total", {"outcome": "rejected:too_short"}, 2),
        ("newswatch_files_total", {"outcome": "container"}, 0),
        ("newswatch_articles_total", {"outcome": "new"}, 18),
        ("newswatch_stories", {}, 7),
        ("newswatch_alerts_total", {}, 5),
        ("newswatch_notifications", {"state": "told", "reason": "first_in_story"}, 3),
        ("newswatch_notifications", {"state": "gathered", "reason": "adds_new"}, 2),
        ("newswatch_messages", {"state": "sent"}, 3),
        ("newswatch_messages", {"state": "dead"}, 0),
        ("newswatch_workers", {"role": "extract"}, 2),
        ("newswatch_workers", {"role": "notify"}, 0),
    ],
)
def test_a_scrape_says(name, labels, value):
    assert samples(expose(FIGURES))[name, tuple(sorted(labels.items()))] == value


def test_every_metric_has_a_help_text_and_our_prefix():
    families = list(text_string_to_metric_families(expose(FIGURES).decode()))

    assert all(family.name.startswith("newswatch_") for family in families)
    assert all(len(family.documentation) > 5 for family in families)


def test_without_a_database_a_scrape_says_only_that():
    assert samples(expose(None)) == {("newswatch_database_up", ()): 0}


def test_values_that_nobody_listed_are_counted_together():
    figures = Figures(
        backlogs=[],
        files={"rejected:<script>": 1, "rejected:odd": 2},
        notifications={("told", "x1"): 1, ("told", "x2"): 1},
    )
    found = samples(expose(figures))

    assert found["newswatch_files_total", (("outcome", "other"),)] == 3
    assert found["newswatch_notifications", (("reason", "other"), ("state", "told"))] == 2
    assert not re.search(rb"script|x1", expose(figures))


def test_the_closed_lists_are_those_of_the_services():
    assert {o.removeprefix("rejected:") for o in metrics.FILE_OUTCOMES if ":" in o} == {
        reason.value for reason in RejectionReason
    }
    assert set(metrics.ARTICLE_OUTCOMES) == {outcome.value for outcome in Outcome}
    assert set(metrics.NOTIFICATION_REASONS) == {reason.value for reason in TellingReason}
    assert set(metrics.WORKER_ROLES) == {"ingest", *QUEUES, "console"}
