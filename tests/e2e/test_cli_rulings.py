"""`newswatch stories merge|split|undo|rulings`: said in words and as JSON, seen in `show`."""

import shutil
from pathlib import Path

import pytest

from tests.e2e.commanding import Commands, ask, write_samples
from tests.e2e.shapes import ARTICLE, STORY, misfits


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two stories of one article each."""
    commands = Commands(tmp_path_factory.mktemp("worked"))
    write_samples(commands.folder / "samples")
    assert commands.run("add", "samples/quarry.txt", "samples/moth.json", "--wait").code == 0
    return commands.folder


@pytest.fixture(autouse=True)
def here(worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a copy of the worked folder, as anna."""
    shutil.copytree(worked, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")
    monkeypatch.setenv("LOGNAME", "anna")


def test_a_merge_is_told_and_stands_in_the_history_of_the_story():
    answer = ask("stories", "merge", "s2", "s1", "--reason", "one slow week")

    assert (answer.code, answer.out.splitlines()) == (
        0,
        ["s1: a1, a2", "to take it back: newswatch stories undo ru1"],
    )
    shown = ask("show", "s2").out
    assert "s2 is part of s1 now" in shown
    assert "anna merged s2 and s1 (ru1): one slow week" in shown
    assert "s1 took over s2 (by ru1)" in shown
    assert "anna merged s2 and s1 (ru1): one slow week" in ask("stories", "rulings").out
    assert [row["id"] for row in ask("stories", "--json").document["stories"]] == ["s1"]


def test_undone_and_split_again_everything_stays_in_the_history():
    ask("stories", "merge", "s1", "s2")
    assert ask("stories", "undo", "ru1").out.splitlines() == [
        "s1: a1",
        "s3: a2",
        "ru1 is undone; the links decide again",
    ]

    ask("stories", "merge", "s1", "s3")
    refused = ask("stories", "split", "s1", "a2")

    assert (refused.code, refused.err.strip()) == (
        1,
        "newswatch: split: ru2 ties them; take that back first: newswatch stories undo ru2",
    )
    shown = ask("show", "s1").out
    for words in ("anna undid ru1", "s3 came out of s1 (by ru1)", "a2 went from s1 to s3 (by ru1)"):
        assert words in shown
    assert "; undone by anna" in ask("stories", "rulings").out
    assert ask("audit").code == 0


def test_json_is_one_document_of_its_shape():
    home = {"article_id": ARTICLE, "story_id": STORY}
    made = ask("stories", "merge", "s1", "s2", "--json").document
    assert misfits({"ruling_id": str, "undone": bool, "articles": [home]}, made) == []
    assert made["ruling_id"] == "ru1"

    listed = ask("stories", "rulings", "--json").document

    (row,) = listed["rulings"]
    assert (row["id"], row["kind"], row["story_id"], row["other_story_id"]) == (
        "ru1",
        "merge",
        "s1",
        "s2",
    )
    assert (row["made_by"], row["reason"], row["undone_at"]) == ("anna", None, None)
    assert ask("show", "s1", "--json").document["rulings"]


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        pytest.param("merge s1 a2", 2, "a2 is not a story; stories look like s3", id="no story"),
        pytest.param("split s1 s2", 2, "s2 is not an article; articles look like a17", id="none"),
        pytest.param("undo r1", 2, "r1 is not a ruling; rulings look like ru2", id="no ruling"),
        pytest.param("merge s1 s9", 1, "merge: there is no s9; newswatch stories", id="unknown"),
        pytest.param("merge s1", 2, "newswatch stories merge: Missing argument 'OTHER'", id="one"),
        pytest.param("merg s1 s2", 2, "No such command 'merg'", id="no such command"),
    ],
)
def test_what_cannot_be_is_said_in_words(arguments: str, code: int, words: str):
    answer = ask("stories", *arguments.split())

    assert answer.code == code
    assert words in answer.err


def test_nobody_ruled_yet_says_how_to():
    assert "newswatch stories merge s3 s4" in ask("stories", "rulings").out
    assert "stories rulings" in ask("show", "ru1").err
