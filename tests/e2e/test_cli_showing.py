"""What `show` says of a story and its articles, and what lists say when there is nothing."""

from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from shared.database import Database
from shared.migrations import upgrade
from tests import rows
from tests.clocks import NOON
from tests.e2e.commanding import ask

SHARED = "The quarry at Hollin will be pumped dry before the end of the month."
NEWS = "A railway halt at Dunmarrow reopens by the autumn, the mayor said."
COPY = f"Our own words come first. {SHARED}"
LATER = f"{NEWS} {SHARED}"


@pytest.fixture(autouse=True)
def database(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Database:
    """Make a data folder with an empty database, and work beside it."""
    monkeypatch.chdir(tmp_path)
    Path("data").mkdir()
    database = Database("sqlite:///data/newswatch.db")
    upgrade(database)
    return database


@pytest.fixture
def told(database: Database) -> None:
    """Store a story of three articles; the first to arrive, undated, is not the lead."""
    with closing(database), database.write() as connection:
        story = rows.add_story(connection, developments=2)
        own: dict[str, Any] = {"story_id": story, "outlet": "Hollin Herald"}
        rows.add_article(connection, "First to arrive", text=SHARED, development=1, **own)
        rows.add_article(connection, "A copy", text=COPY, authors=["Lota Reed", "Jo Fen"], **own)
        novelty = {
            "kind": "adds_new",
            "reason": "1 new sentence",
            "sentences": [[0, len(NEWS)]],
            "figures": [],
        }
        rows.add_article(
            connection,
            "The lead",
            text=LATER,
            development=2,
            published_at=NOON - timedelta(days=3),
            published_source="meta",
            novelty=novelty,
            **own,
        )
        start = COPY.index(SHARED)
        rows.add_link(
            connection,
            1,
            2,
            "contained",
            coverage=(1.0, 0.8),
            passages_a=[[0, len(SHARED)]],
            passages_b=[[start, len(COPY)]],
        )
        reasons = {"reasons": ["same names +3.1", "same places +0.8"]}
        rows.add_link(
            connection, 1, 3, "same_event", coverage=(None, None), score=0.71, explanation=reasons
        )


@pytest.mark.usefixtures("told")
def test_a_story_is_shown_by_development_with_reasons_passages_and_what_is_new():
    said = ask("show", "s1").out

    first, copy, lead = (said.index(title) for title in ("First to", "A copy", "a3  The lead"))
    assert first < copy < lead
    assert f"carries 100 % of a1\n          “{SHARED}”" in said
    assert f"new: 1 new sentence: “{NEWS}”" in said
    assert said.count("undated, arrived 2026") == 2
    assert f"{NOON - timedelta(days=3):%Y-%m-%d} · new · lead · development 2" in said


@pytest.mark.usefixtures("told")
def test_an_article_is_shown_with_its_authors_and_why_it_belongs_to_another():
    copy, lead = ask("show", "a2").out, ask("show", "a3").out

    assert "authors     Lota Reed, Jo Fen" in copy
    assert "undated, arrived 2026" in copy
    assert "(probability 71 %)\n        same names +3.1; same places +0.8" in lead


@pytest.mark.usefixtures("told")
def test_an_outlet_is_found_without_case_marks_and_signs():
    assert ask("stories", "--outlet", "HOLLIN-hérald").code == 0
    assert ask("stories", "--outlet", "herald").code == 1


def test_nothing_at_all_is_no_failure_and_says_what_to_do():
    stories, alerts = ask("stories"), ask("alerts")

    assert (stories.code, alerts.code) == (0, 0)
    assert "newswatch add FILE" in stories.out
    assert alerts.out.startswith("no alerts: no rule watches; newswatch rules set NAME QUERY")


def test_a_filter_that_leaves_nothing_answers_no(database: Database):
    with closing(database), database.write() as connection:
        rows.add_rule(connection, "quarry")

    for words in (["alerts", "--open"], ["alerts", "--rule", "quarry"]):
        assert ask(*words).code == 1
        assert "no rule watches" not in ask(*words).out
        assert ask(*words, "--json").document == {"alerts": [], "total": 0}
        assert ask(*words, "--json").code == 1
