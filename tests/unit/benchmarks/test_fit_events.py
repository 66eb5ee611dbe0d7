"""Fitting the weights of the same-event score: its folder, its fit, its figures."""

import json
import math

import pytest

from services.benchmarks.bcubed import score_bcubed
from services.benchmarks.fit_events import main
from services.benchmarks.labelled_stories import load_labelled_stories
from services.benchmarks.logistic import Observation, fit_logistic, log_odds, solve
from shared.errors import SettingsError
from tests.unit.events import reports

_STORIES = {
    "fair-1a": [reports.COLLAPSE, reports.COLLAPSE_RETOLD],
    "fair-2a": [reports.QUAKE, f"{reports.QUAKE} Aftershocks kept Velna awake."],
    "fair-2b": [reports.OTHER_QUAKE, f"{reports.OTHER_QUAKE} Tamoa slept outdoors."],
    "fair-3a": [reports.VISIT, f"Sarvik saw guests. {reports.VISIT}"],
}


@pytest.fixture
def folder(tmp_path):
    rows, clusters = [], {}
    for story, texts in _STORIES.items():
        clusters[story] = [f"{story}-{number}" for number in range(len(texts))]
        rows += [
            {"id": key, "title": None, "published": "2025-03-04", "text": text}
            for key, text in zip(clusters[story], texts, strict=True)
        ]
    rows.append({"id": "alone", "title": "Late", "published": None, "text": reports.LATER_VISIT})
    (tmp_path / "articles.jsonl").write_text("\n".join(map(json.dumps, rows)), "utf-8")
    labels = {
        "clusters": clusters,
        "pairs": [{"a": "fair-3a-1", "b": "fair-3a-0", "relation": "contained"}],
    }
    (tmp_path / "labels.json").write_text(json.dumps(labels), "utf-8")
    return tmp_path


def test_a_folder_tells_stories_topics_and_copies(folder):
    stories = load_labelled_stories(folder)
    assert [article.topic for article in stories.articles] == [*"11222233", None]
    assert stories.copies == {(6, 7)}


def test_a_folder_without_labels_is_said(tmp_path, capsys):
    with pytest.raises(SettingsError, match="does not hold labelled stories"):
        load_labelled_stories(tmp_path)
    assert main([str(tmp_path)]) == 2
    assert "labels.json" in capsys.readouterr().err


def test_a_fit_is_printed_as_weights_with_its_figures_and_repeats_to_the_digit(folder, capsys):
    printed = []
    for _ in range(2):
        assert main([str(folder)]) == 0
        printed.append(capsys.readouterr().out)
    assert printed[0] == printed[1]
    assert "# no time used: 1.000 / " in printed[0]
    assert "[weights]\nnames = " in printed[0]


def test_logistic_regression_finds_the_odds_that_were_put_in():
    seen = [Observation((1.0,), is_one, 3.0 if is_one else 1.0) for is_one in (True, False)]
    seen += [Observation((0.0,), is_one, 1.0) for is_one in (True, False)]
    solution = fit_logistic(seen, ridge=1e-9)
    assert log_odds(solution, (0.0,)) == pytest.approx(0.0, abs=1e-6)
    assert log_odds(solution, (1.0,)) == pytest.approx(math.log(3.0), abs=1e-6)


def test_nothing_to_fit_is_said():
    with pytest.raises(ValueError, match="no observations"):
        fit_logistic([], ridge=1.0)


def test_a_system_is_solved_with_pivots():
    assert solve([[0.0, 2.0], [2.0, 1.0]], [2.0, 5.0]) == pytest.approx([2.0, 1.0])


def test_bcubed_sees_groups_from_each_article():
    found = {1: "a", 2: "a", 3: "a", 4: "b", 9: "a"}
    gold = {1: "x", 2: "x", 3: "y", 4: "y"}
    scored = score_bcubed(found, gold)
    assert scored.precision == pytest.approx((2 / 3 + 2 / 3 + 1 / 3 + 1) / 4)
    assert scored.recall == pytest.approx(0.75)
    with pytest.raises(ValueError, match="no article is labelled"):
        score_bcubed(found, {})
