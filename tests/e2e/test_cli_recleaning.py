"""`newswatch reclean`: the difference to look at, in words and as JSON, and then the revision."""

import shutil
from contextlib import closing
from pathlib import Path

import pytest
from sqlalchemy import update

from shared.database import Database
from shared.tables import articles
from tests.e2e.commanding import Commands, ask, write_samples
from tests.e2e.corpus import QUARRY, QUARRY_TITLE
from tests.e2e.shapes import ARTICLE, FILE, misfits

TAIL = "Back to top. " + "More of our stories about slate, pumps and bridges. " * 4
FINDING = {
    "article_id": ARTICLE,
    "verdict": "changed",
    "file": str,
    "file_id": FILE,
    "title": str,
    "detail": None,
    "difference": {
        "fields": [{"name": str, "before": (str, None), "after": str, "after_source": str}],
        "text": [str],
        "topics_gained": [str],
        "topics_lost": [str],
    },
    "new_file_id": (FILE, None),
}


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two articles, one of which an older cleaner left untidy."""
    commands = Commands(tmp_path_factory.mktemp("worked"))
    write_samples(commands.folder / "samples")
    assert commands.run("add", "samples/quarry.txt", "samples/moth.json", "--wait").code == 0
    database = Database(f"sqlite:///{commands.data / 'newswatch.db'}")
    with closing(database), database.write() as connection:
        connection.execute(update(articles).values(cleaner_version="0"))
        fields = {"title": {"value": "Menu", "source": "guess", "confidence": 0.2}}
        connection.execute(
            update(articles)
            .where(articles.c.text.contains("quarry"))
            .values(text=f"{QUARRY}\n\n{TAIL}", fields=fields, title="Menu")
        )
    return commands.folder


@pytest.fixture(autouse=True)
def here(worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a copy of the worked folder."""
    shutil.copytree(worked, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")


def _quarry() -> str:
    return str(ask("trace", "quarry.txt", "--json").document["traces"][-1]["file"]["article_id"])


def test_the_difference_is_shown_and_nothing_is_stored():
    before = ask("export", "articles").out

    answer = ask("reclean")

    lines = answer.out.splitlines()
    assert answer.code == 0
    assert lines[0].startswith(f"{_quarry()}  Menu")
    at = lines.index("    title")
    assert lines[at + 1].split() == ["-", "Menu", "(guess)"]
    assert lines[at + 2].startswith(f"      + {QUARRY_TITLE}")
    assert f"    - {TAIL.strip()}" in lines  # in a pipe nothing is cut
    assert any(line.startswith("    @@ line") for line in lines)
    assert lines[-2] == "1 would change, 1 unchanged"
    assert "--apply" in lines[-1]
    assert ask("export", "articles").out == before


def test_applied_it_is_a_file_to_be_read_again_and_a_second_time_nothing():
    answer = ask("reclean", "--apply")

    assert answer.code == 0
    assert "    is read again as f3" in answer.out.splitlines()
    assert "1 now being cleaned again, 1 unchanged" in answer.out
    shown = ask("show", "f3").out
    assert "f3  quarry.txt: waiting" in shown
    assert f"the original of {_quarry()}, cleaned again" in shown
    assert "0 would change, 0 unchanged" in ask("reclean").out
    assert ask("audit").code == 0


@pytest.mark.parametrize("apply", [False, True])
def test_json_is_one_document_of_its_shape(apply: bool):
    answer = ask("reclean", "--json", *["--apply"] * apply)

    document = answer.document
    assert misfits({"articles": [FINDING], "applied": apply}, document) == []
    (found,) = document["articles"]
    assert found["article_id"] == _quarry()
    assert f"-{TAIL}" in found["difference"]["text"]
    assert found["new_file_id"] == ("f3" if apply else None)
    assert document["counts"] == {
        "changed": 1,
        "unchanged": 1,
        "refused": 0,
        "unreadable": 0,
        "passed_over": 0,
    }


def test_an_original_that_is_gone_is_named():
    shutil.rmtree("data/archive")

    answer = ask("reclean")

    assert answer.code == 0
    assert answer.out.count("    unreadable: archive: ") == 2
    assert "2 without a readable original" in answer.out


def test_long_work_says_how_far_it_is(monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.cli.differences.PROGRESS_SECONDS", -1.0)

    assert "looked at 2 of 2 articles" in ask("reclean").err
    assert ask("--quiet", "reclean").err == ""
