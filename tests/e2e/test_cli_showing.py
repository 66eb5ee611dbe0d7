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
def test_why_quotes_both_texts_with_their_places_and_counts_both_ways():
    answer = ask("show", "a2", "--why", "a1")

    assert answer.code == 0
    assert "80 % of a2 stands in a1; 100 % of a1 stands in a2" in answer.out
    assert f"a2 26–{len(COPY)}: “{SHARED}”" in answer.out
    assert f"a1 0–{len(SHARED)}: “{SHARED}”" in answer.out
    assert "time: no date on a2 and none on a1" in answer.out
    assert "story: both are in s1 by their own link" in answer.out
    assert "the parts of this score were not kept" in answer.out


@pytest.mark.usefixtures("told")
def test_why_compares_what_was_never_linked_and_shows_the_sum():
    said = ask("show", "a2", "--why", "a3").out

    left_out = "without the passages both have (one outlet has them in both)"
    assert f"method event_score 2 {left_out}; compared just now: there is no link" in said
    assert said.index("before looking") < said.index("in all") < said.index("time: no date on a2")
    assert "story: both are in s1 through a1\n    a2: carries 100 % of a1\n    a1: the same" in said
    assert "what would have changed it:" in said


@pytest.mark.usefixtures("told")
def test_why_takes_a_story_for_its_lead_article():
    assert "a3" in ask("show", "s1", "--why", "a1").out.splitlines()[0]


@pytest.mark.usefixtures("told")
def test_why_shows_some_passages_and_counts_the_rest(database: Database):
    with closing(database), database.write() as connection:
        text = "Slate. " * 100
        for title in ("Many", "More"):
            rows.add_article(connection, title, text=text)
        places = [[7 * at, 7 * at + 5] for at in range(13)]
        rows.add_link(connection, 4, 5, "overlap", passages_a=places, passages_b=places)

    said = ask("show", "a4", "--why", "a5").out

    assert "passage 10 of 13" in said
    assert "… and 3 more passages (--json has them all)" in said


@pytest.mark.usefixtures("told")
@pytest.mark.parametrize(
    ("pair", "code", "words"),
    [
        (("a1", "a99"), 1, "there is no a99"),
        (("a99", "a1"), 1, "there is no a99"),
        (("a1", "s9"), 1, "there is no s9"),
        (("a1", "a1"), 2, "a1 is the same article twice"),
        (("a1", "f1"), 2, "why is asked of articles (a17) and stories (s3)"),
        (("a1", "17"), 2, "is not an id"),
    ],
)
def test_why_names_what_cannot_be_asked(pair: tuple[str, str], code: int, words: str):
    answer = ask("show", pair[0], "--why", pair[1])

    assert (answer.code, answer.out) == (code, "")
    assert words in answer.err


@pytest.mark.usefixtures("told")
def test_each_article_of_a_story_says_what_binds_it_and_quotes_no_furniture(database: Database):
    with closing(database), database.write() as connection:
        rows.add_mask(connection, 2, (COPY.index(SHARED), len(COPY)))

    said = ask("show", "s1").out

    assert "in the story: 100 % of it stands in a2" in said
    assert "in the story: carries 100 % of a1\n" in said
    assert "in the story: the same event as a1 (probability 71 %)" in said
    assert said.count(f"“{SHARED}”") == 1


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
