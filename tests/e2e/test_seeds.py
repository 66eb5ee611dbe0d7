"""The samples through the real pipeline: exactly what seeds/expected.toml says."""

import random
import shutil
import threading
import tomllib
from pathlib import Path

import pytest

from services.console.rule_file import parse_rule_file
from services.console.store import sync_rules
from services.embedded import Embedded, prepare_database
from services.expectations import (
    Expectations,
    compare,
    compare_grouping,
    compare_tags,
    compare_with,
    read_stored,
)
from shared.runtime import Runtime
from shared.steps import LINK
from shared.topics import load_taxonomy
from tests.conftest import NewRuntime
from tests.e2e.stepping import Stepper

SEEDS = Path(__file__).resolve().parents[2] / "seeds"
ARTICLES = SEEDS / "articles"
SAMPLES = sorted(path.relative_to(ARTICLES) for path in ARTICLES.rglob("*") if path.is_file())
DEADLINE_SECONDS = 90.0
AT_ONCE = {"coalesce_minutes": 0}


def _expected() -> Expectations:
    return Expectations(tomllib.loads((SEEDS / "expected.toml").read_text("utf-8")))


def _watch(runtime: Runtime):
    name = "watch_rules.toml"
    text = (SEEDS / name).read_text("utf-8")
    sync_rules(runtime.database, parse_rule_file(text, name, list(load_taxonomy().topics)))


def _drop(inbox: Path, staging: Path):
    shutil.copytree(ARTICLES, staging)
    for name in SAMPLES:
        (inbox / name).parent.mkdir(parents=True, exist_ok=True)
        (staging / name).rename(inbox / name)


def _run_embedded(runtime: Runtime, staging: Path):
    """Start newswatch on an inbox that holds every sample, and wait until nothing is left to do.

    Files that are dropped while it looks may be seen in any order; these arrive by their paths.
    """
    _drop(runtime.settings.inbox.dir, staging)
    embedded = Embedded(runtime, with_console=False)
    too_long = threading.Timer(DEADLINE_SECONDS, embedded.stop.set)
    too_long.start()
    embedded.start()
    try:
        embedded.wait_for_files(len(SAMPLES))
        assert embedded.drain() == []
        assert not embedded.stop.is_set(), "the samples took too long"
    finally:
        too_long.cancel()
        embedded.end()


def _step(stepper: Stepper, names: list[Path], **until):
    """Take each file through the pipeline before the next arrives."""
    for name in names:
        stepper.drop(str(name), (ARTICLES / name).read_bytes())
        stepper.settle(**until)


def test_the_samples_in_the_inbox_give_the_golden_answer(
    open_at: NewRuntime, sqlite_url: str, tmp_path: Path
):
    runtime = open_at(sqlite_url, alert=AT_ONCE)
    prepare_database(runtime)
    _watch(runtime)

    _run_embedded(runtime, tmp_path / "staging")

    assert compare_with(_expected(), runtime) == []


def test_the_samples_one_by_one_give_the_golden_answer(new_runtime: NewRuntime, tmp_path: Path):
    stepper = Stepper(new_runtime(alert=AT_ONCE), tmp_path)
    _watch(stepper.runtime)

    _step(stepper, SAMPLES)

    assert compare_with(_expected(), stepper.runtime) == []


def _shuffled() -> list[Path]:
    names = list(SAMPLES)
    random.Random(417).shuffle(names)
    return names


@pytest.mark.parametrize(
    "names",
    [
        pytest.param(SAMPLES[::-1], id="backwards"),
        pytest.param(_shuffled(), id="shuffled"),
    ],
)
def test_another_order_of_arrival_gives_the_same_stories_and_topics(
    names: list[Path], open_at: NewRuntime, sqlite_url: str, tmp_path: Path
):
    stepper = Stepper(open_at(sqlite_url), tmp_path)

    _step(stepper, names, until=LINK)

    with stepper.runtime.database.read() as connection:
        stored = read_stored(connection)
    assert compare_grouping(_expected(), stored) == []
    assert compare_tags(_expected(), stored) == []


def test_a_sample_that_never_arrived_is_missed_in_files_stories_alerts_and_totals(
    open_at: NewRuntime, sqlite_url: str, tmp_path: Path
):
    stepper = Stepper(open_at(sqlite_url, alert=AT_ONCE), tmp_path)
    _watch(stepper.runtime)

    _step(stepper, [name for name in SAMPLES if name.name == "22-cyber-drill.md"])

    with stepper.runtime.database.read() as connection:
        found = compare(_expected(), read_stored(connection))
    assert "delta-weekly/22-cyber-drill.md" not in "\n".join(found)
    assert "delta-weekly/21-bomb-quang-tri.txt: never arrived" in found
    assert "story bomb-quang-tri: not found as a story of its own" in found
    assert "alert uxo on bomb-quang-tri: not opened" in found
    assert "totals: 1 files, expected 37" in found
