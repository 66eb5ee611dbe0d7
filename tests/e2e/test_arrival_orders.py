"""Twenty-five articles in twenty orders of arrival, through the real jobs: always the same stories.

Copies, a retelling, a correction, a shortened text, one that mixes two texts and one that carries
two whole: what arrives first decides nothing.
"""

import random
from functools import cache
from pathlib import Path

import pytest

from shared.steps import LINK
from tests.conftest import NewRuntime
from tests.e2e.books import Books
from tests.e2e.corpus import (
    LANTERN,
    LANTERN_TITLE,
    QUARRY,
    QUARRY_CORRECTED,
    QUARRY_LEAD,
    QUARRY_RETOLD,
    QUARRY_RETOLD_TITLE,
    QUARRY_TITLE,
    ROUND_UP,
    ROUND_UP_TITLE,
    record,
    report,
)
from tests.e2e.stepping import Stepper

REPORTS = 8


@cache
def _corpus() -> dict[str, str]:
    first, second = report(1)[1], report(2)[1]
    texts = {
        "wire": (QUARRY_TITLE, QUARRY, "Osmund Wire"),
        "copy": (QUARRY_TITLE, QUARRY, "Tarn Times"),
        "retold": (QUARRY_RETOLD_TITLE, QUARRY_RETOLD, "Valley Voice"),
        "corrected": (QUARRY_TITLE, QUARRY_CORRECTED, "Osmund Wire"),
        "short": (QUARRY_TITLE, QUARRY[: 2 * len(QUARRY_LEAD)], "Perrin Post"),
        "moth": (LANTERN_TITLE, LANTERN, "Tarn Times"),
        "moth-copy": (LANTERN_TITLE, LANTERN, "Isle Herald"),
        "round-up": (ROUND_UP_TITLE, ROUND_UP, "Weekly"),
        "mixed": (report(1)[0], f"{first}\n\n{second[: len(second) // 2]}", "Marl Mail"),
    }
    for number in range(1, REPORTS + 1):
        for outlet in ("Osmund Wire", "Tarn Times"):
            texts[f"{number}-{outlet[0]}"] = (*report(number), outlet)
    return {
        name: record(title, text, outlet=outlet, published="2026-03-01")
        for name, (title, text, outlet) in texts.items()
    }


STORIES = {
    frozenset({"wire", "copy", "retold", "corrected", "short", "round-up"}),
    frozenset({"moth", "moth-copy"}),
    # It takes more from the first report than from the second, and these are two events.
    frozenset({"1-O", "1-T", "mixed"}),
    *(frozenset({f"{number}-O", f"{number}-T"}) for number in range(2, REPORTS + 1)),
}


@pytest.mark.parametrize("seed", range(20))
def test_the_stories_are_the_same_in_twenty_orders(
    open_at: NewRuntime, sqlite_url: str, tmp_path: Path, seed: int
):
    """One by one, or several announced before the first of them is linked."""
    stepper, dice = Stepper(open_at(sqlite_url), tmp_path), random.Random(seed)
    corpus = _corpus()
    for name in dice.sample(sorted(corpus), len(corpus)):
        stepper.drop(name + ".json", corpus[name])
        if dice.random() < 0.6:
            stepper.settle(until=LINK)
    stepper.settle(until=LINK)

    found = Books(stepper.runtime.database).stories()
    assert {frozenset(name.removesuffix(".json") for name in own) for own in found} == STORIES
