"""Log lines: one each, for people or for machines, with the ids they are about."""

import json
import logging
import sys

import pytest

from shared.logs import JsonLines, TextLines, configure_logs
from shared.settings import LogsSettings


def record(
    message: str = "file read",
    arguments: tuple[object, ...] = (),
    about: dict[str, object] | None = None,
    failed: bool = False,
) -> logging.LogRecord:
    made = logging.LogRecord(
        "newswatch.extract", logging.INFO, __file__, 1, message, arguments, None
    )
    if about is not None:
        made.about = about
    if failed:
        try:
            raise ValueError("broken\npage")
        except ValueError:
            made.exc_info = sys.exc_info()
    return made


def test_a_json_line_is_one_object_with_the_ids_as_keys():
    line = json.loads(JsonLines().format(record("%s read", ("f12",), {"file": "f12", "story": 3})))
    assert line["message"] == "f12 read"
    assert (line["level"], line["logger"]) == ("info", "newswatch.extract")
    assert (line["file"], line["story"]) == ("f12", 3)
    assert line["at"].endswith("+00:00")


def test_a_json_line_stays_one_line_whatever_is_in_it():
    text = JsonLines().format(record("two\nlines", about={"path": object()}, failed=True))
    assert "\n" not in text
    assert "ValueError" in json.loads(text)["error"]


def test_ids_never_replace_the_time_level_or_text_of_a_line():
    line = json.loads(JsonLines().format(record(about={"message": "m6", "at": "x", "level": "y"})))
    assert (line["message"], line["level"]) == ("file read", "info")


def test_a_text_line_is_short_and_names_the_ids_behind_the_text():
    text = TextLines().format(record(about={"file": "f12"}))
    assert text[2:].split(" ", 1)[1] == "info extract: file read file=f12"


def test_a_text_line_has_its_traceback_below():
    first, *rest = TextLines().format(record(failed=True)).splitlines()
    assert first.endswith("file read")
    assert rest[-2:] == ["ValueError: broken", "page"]


@pytest.fixture
def _logging_as_before():
    root, ours = logging.getLogger(), logging.getLogger("newswatch")
    before = root.handlers[:], root.level, ours.level
    yield
    root.handlers[:], root.level = before[0], before[1]
    ours.setLevel(before[2])
    for name in ("rq", "rq.worker"):
        logging.getLogger(name).setLevel(logging.NOTSET)


@pytest.mark.usefixtures("_logging_as_before")
def test_logs_go_to_stderr_ours_from_the_level_set_and_others_from_warnings_on(capsys):
    configure_logs(LogsSettings(format="json", level="info"))
    logging.getLogger("newswatch.link").info("ours")
    logging.getLogger("newswatch.link").debug("too fine")
    logging.getLogger("alembic").info("theirs")
    logging.getLogger("alembic").warning("theirs, and grave")
    logging.getLogger("rq.worker").warning("chatter")
    out, err = capsys.readouterr()
    assert out == ""
    assert [json.loads(line)["message"] for line in err.splitlines()] == [
        "ours",
        "theirs, and grave",
    ]


@pytest.mark.usefixtures("_logging_as_before")
def test_a_flag_may_lower_the_level_for_one_run(capsys):
    configure_logs(LogsSettings(), level="debug")
    logging.getLogger("newswatch").debug("finer")
    assert "finer" in capsys.readouterr().err
