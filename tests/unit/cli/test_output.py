"""Tables and JSON: what fits, and what never reaches a terminal."""

import json
import os
import shutil
import sys
from collections.abc import Iterator

import pytest

from services.cli.output import (
    one_line,
    print_json,
    print_json_list,
    print_table,
    say,
    shortened,
)


@pytest.mark.parametrize(
    "text",
    [
        pytest.param("a\x1b[31mb", id="escape"),
        pytest.param("a\x9bb", id="control sequence of one byte"),
        pytest.param("a\u202eb", id="turned round"),
        pytest.param("a\x7fb", id="delete"),
        pytest.param("a\udcffb", id="half a pair"),
        pytest.param("a\u2028b", id="line separator"),
        pytest.param("a\U000e0001b", id="tag beyond the basic plane"),
    ],
)
def test_what_a_terminal_obeys_is_a_blank_in_words_and_an_escape_in_json(
    text: str, capsys: pytest.CaptureFixture[str]
):
    say(text)
    print_json({"title": text})

    words, _, document = capsys.readouterr().out.partition("\n")
    assert words.replace(" ", "") == one_line(text).replace(" ", "")
    assert all(c == "\n" or c.isprintable() for c in words + document)
    assert json.loads(document) == {"title": text}


def test_say_keeps_lines_and_indentation(capsys: pytest.CaptureFixture[str]):
    say("rule\n    ^^^")

    assert capsys.readouterr().out == "rule\n    ^^^\n"


@pytest.fixture
def terminal(capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch) -> None:
    """Print to a terminal of 80 columns; after *capsys*, which puts its own in the place."""
    del capsys
    monkeypatch.setattr(type(sys.stdout), "isatty", lambda _: True)
    monkeypatch.setattr(shutil, "get_terminal_size", lambda _: os.terminal_size((80, 24)))


@pytest.mark.usefixtures("terminal")
def test_the_widest_column_gives_way_to_80_columns(capsys: pytest.CaptureFixture[str]):
    print_table(("id", "title", "n"), [("s1", "word " * 40, 7), ("s2", "short", None)])

    header, first, second = capsys.readouterr().out.splitlines()
    assert header.split() == ["id", "title", "n"]
    assert len(first) <= 80
    assert first.endswith("…  7")
    assert second.endswith("  -")


@pytest.mark.usefixtures("terminal")
def test_a_wide_terminal_is_used(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
):
    monkeypatch.setattr(shutil, "get_terminal_size", lambda _: os.terminal_size((160, 24)))

    print_table(("id", "title", "n"), [("s1", "word " * 40, 7)])

    assert len(capsys.readouterr().out.splitlines()[1]) == 160


def test_nothing_is_cut_in_a_pipe(capsys: pytest.CaptureFixture[str]):
    print_table(("id", "title", "n"), [("s1", "word " * 40, 7)])

    assert ("word " * 40).strip() in capsys.readouterr().out


@pytest.mark.usefixtures("terminal")
def test_wide_characters_count_twice(capsys: pytest.CaptureFixture[str]):
    print_table(("title", "n"), [("河内会议" * 20, 1), ("e\u0301te\u0301", 2)])

    header, wide, narrow = capsys.readouterr().out.splitlines()
    columns = sum(2 if ord(c) > 0x2FFF else 1 for c in wide)
    assert columns <= 80
    assert header.index("n") == len(narrow.replace("\u0301", "")) - 1


@pytest.mark.parametrize(
    ("text", "columns", "expected"),
    [
        pytest.param("ten  letters", 11, "ten letters", id="just fits"),
        pytest.param("ten letters", 10, "ten lette…", id="one too many"),
        pytest.param("見出し見出し", 7, "見出し…", id="two columns a character"),
        pytest.param("any " * 100, None, ("any " * 100).strip(), id="no limit"),
    ],
)
def test_a_line_is_shortened_to_the_columns_there_are(
    text: str, columns: int | None, expected: str
):
    assert shortened(text, columns) == expected


@pytest.mark.parametrize("rows", [[], [{"file_id": 1}, {"file_id": 2, "name": "\x1b"}]])
def test_a_list_printed_row_by_row_is_one_document(
    rows: list[dict[str, object]], capsys: pytest.CaptureFixture[str]
):
    seen: list[object] = []

    def one_by_one() -> Iterator[dict[str, object]]:
        for row in rows:
            seen.append(row)
            yield row

    print_json_list("files", one_by_one(), lambda: {"n": len(seen)})

    printed = capsys.readouterr().out
    assert "\x1b" not in printed
    assert json.loads(printed) == {
        "files": [row | {"file_id": f"f{row['file_id']}"} for row in rows],
        "n": len(rows),
    }
