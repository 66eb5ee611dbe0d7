"""Every mistake a user can make at the prompt: the exit code, and one clear line on stderr."""

import os
import re
import shutil
import subprocess
from contextlib import closing
from pathlib import Path

import pytest

from shared.database import Database
from tests.e2e.commanding import RULES, Commands, ask, command_line, write_samples
from tests.rows import add_file


@pytest.fixture(scope="module")
def worked(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with an alert, a rejected file and two stories."""
    commands = Commands(tmp_path_factory.mktemp("worked"))
    rules = commands.folder / "rules.toml"
    rules.write_text(RULES, "utf-8")
    assert commands.run("rules", "sync", rules).code == 0
    write_samples(commands.folder / "samples")
    assert commands.run("add", "samples", "--wait").code == 4  # one of them is too short
    return commands.folder


@pytest.fixture(autouse=True)
def here(worked: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Work in a copy of the worked folder."""
    shutil.copytree(worked, tmp_path / "here")
    monkeypatch.chdir(tmp_path / "here")


MISTAKES = [
    pytest.param("nosuch", 2, "No such command 'nosuch'", id="unknown command"),
    pytest.param("storys", 2, "Did you mean 'stories'?", id="misspelt command"),
    pytest.param("--nope stories", 2, "No such option: --nope", id="unknown option"),
    pytest.param("show", 2, "newswatch show: Missing argument 'ID'", id="missing argument"),
    pytest.param("stories -n 0", 2, "--limit", id="limit of nothing"),
    pytest.param("show x1", 2, "'x1' is not an id; ids look like f12 (file)", id="no id"),
    pytest.param("show s99", 1, "there is no s99", id="id of nothing"),
    pytest.param("show m1", 2, "for m1 try: newswatch trace m1", id="show of a message"),
    pytest.param("show r1", 2, "for r1 try: newswatch rules list", id="show of a rule"),
    pytest.param("stories --topic nosuch", 2, "unknown topic 'nosuch'; known: cy", id="topic"),
    pytest.param("alerts --rule nosuch", 2, "unknown rule 'nosuch'; known: quarry", id="rule"),
    pytest.param("ack s1", 2, "s1 is not an alert; alerts look like al5", id="ack of a story"),
    pytest.param("rules sync nosuch.toml", 2, "nosuch.toml: No such file", id="no rule file"),
    pytest.param("rules set a (UXO", 2, "column 1: this parenthesis", id="rule with a mistake"),
    pytest.param(
        "rules set a topic:uxo-clearence", 2, "topic:uxo-clearance", id="rule of no topic"
    ),
    pytest.param(
        "rules test topic:uxo-clearence", 2, "topic:uxo-clearance", id="trial of no topic"
    ),
    pytest.param("rules set quarry UXO", 2, "change it there", id="rule of a file"),
    pytest.param("rules test UXO --file nosuch", 2, "nosuch: No such file", id="no test file"),
    pytest.param("subscribe anna", 2, "name a rule or a topic", id="subscription to nothing"),
    pytest.param("subscribe anna --rule nosuch", 2, "unknown rule 'nosuch'", id="no such rule"),
    pytest.param("subscribe anna --topic nosuch", 2, "unknown topic", id="no such topic"),
    pytest.param(
        "subscribe anna --rule quarry --mode weekly", 2, "there are first, new and every", id="mode"
    ),
    pytest.param(
        "subscribe anna --rule quarry --channel fil", 2, "--new-channel makes it", id="no channel"
    ),
    pytest.param("unsubscribe anna", 2, "name a rule or a topic", id="end of nothing"),
    pytest.param("unsubscribe anna --rule quarry", 1, "not subscribed to quarry", id="no such end"),
    pytest.param("rules remove quary", 2, "did you mean quarry?", id="removal of no rule"),
    pytest.param("rules remove quarry", 2, "edit the file", id="removal of a file's rule"),
    pytest.param("retry", 2, "give ids, or --all", id="retry of nothing"),
    pytest.param("retry zz", 2, "'zz' is not an id", id="retry of no id"),
    pytest.param("trace nosuch", 1, "nothing is known of 'nosuch'", id="trace of nothing"),
    pytest.param("reclean s1", 2, "s1 is not an article; articles look", id="reclean of a story"),
    pytest.param("reclean a1 --outlet x", 2, "give ids, or --outlet", id="reclean of too much"),
    pytest.param("reclean --since monday", 2, "expected a date, such as", id="reclean since when"),
    pytest.param("reclean --outlet nosuch", 2, "unknown outlet 'nosuch'", id="reclean of whom"),
    pytest.param("reclean --outlet x --json", 2, "unknown outlet 'x'", id="reclean of whom, JSON"),
    pytest.param("audit --originals some", 2, "expected sample, all or none", id="originals"),
    pytest.param("doctor --role nosuch", 2, "expected one of ingest, extract", id="health of whom"),
    pytest.param("export nosuch", 2, "expected one of articles, stories, alerts", id="export"),
    pytest.param("run nosuch", 2, "there is no service 'nosuch'", id="unknown service"),
    pytest.param("run console --drain", 2, "nothing to drain", id="drain of the console"),
    pytest.param("run link --workers 2", 2, "start run link several times", id="workers of one"),
    pytest.param("--set nonsense stories", 2, "expected section.key=value", id="set nonsense"),
    pytest.param("--set inbox.bach=3 stories", 2, "did you mean inbox.batch?", id="set misspelt"),
    pytest.param("--set inbox.batch=x stories", 2, "setting inbox.batch (flag)", id="set to words"),
    pytest.param("--config nosuch.toml stories", 2, "nosuch.toml does not exist", id="no config"),
    pytest.param("--set topics.dir=nosuch topics", 2, "topics.dir nosuch", id="no topics folder"),
    pytest.param("--set database.url=mysql://x stories", 2, "PostgreSQL or SQLite", id="mysql"),
    pytest.param("--set redis.url=nonsense queues", 2, "expected redis://", id="no redis address"),
    pytest.param(
        "--data-dir elsewhere stories",
        3,
        "nothing is stored in the folder elsewhere yet",
        id="no data",
    ),
    pytest.param("--data-dir rules.toml add rules.toml", 2, "data.dir rules.toml", id="data file"),
    pytest.param(
        "--set database.url=postgresql://a:hush@127.0.0.1:1/x stories",
        3,
        "database postgresql+psycopg://a:***@127.0.0.1:1/x",
        id="database down",
    ),
]


@pytest.mark.parametrize(("words", "code", "said"), MISTAKES)
def test_a_mistake_is_said_in_one_line_with_its_exit_code(words: str, code: int, said: str):
    answer = ask(*words.split())

    assert (answer.code, answer.out) == (code, "")
    assert said in answer.err
    assert "Traceback" not in answer.err
    assert "hush" not in answer.err
    first = answer.err.splitlines()[0]
    assert first.startswith("newswatch")
    assert len(answer.err.splitlines()) == 1 or "column" in first


PARTLY = [
    pytest.param("add samples/quarry.txt nosuch.txt", 4, "nosuch.txt: no such file", id="add"),
    pytest.param("ack al1 al99", 4, "there is no al99", id="ack"),
    pytest.param("retry f1 f99", 4, "f99: there is none", id="retry"),
    pytest.param("inspect samples/stub.txt", 1, "stub.txt: rejected:too_short", id="inspect one"),
    pytest.param("inspect samples", 4, "stub.txt: rejected:too_short", id="inspect a folder"),
    pytest.param("inspect nosuch.txt", 2, "nosuch.txt: unreadable: No such", id="inspect nothing"),
    pytest.param("rules test zebra --file samples/quarry.txt", 1, "not found", id="rule test: no"),
    pytest.param("rules test quarry --file samples/quarry.txt", 0, "matched", id="rule test: yes"),
    pytest.param("dead", 0, "nothing is dead", id="nothing dead"),
    pytest.param("reclean", 0, "0 would change, 0 unchanged", id="reclean of nothing"),
    pytest.param("reclean a1 a99", 4, "there is no a99", id="reclean"),
    pytest.param("stories --outlet nosuch", 1, "no stories with outlet nosuch", id="no outlet"),
    pytest.param("stories --topic cyber-security", 1, "no stories with topic cyb", id="no topic"),
    pytest.param("stories --outlet nosuch --json", 1, '"total": 0', id="no stories as JSON"),
    pytest.param("alerts --rule quarry", 0, "al1", id="alerts of a rule"),
    pytest.param("db check", 0, "up to date", id="schema"),
    pytest.param("db upgrade", 0, "up to date", id="upgrade of nothing"),
    pytest.param("audit", 0, "the books balance", id="audit"),
    pytest.param("--version", 0, "newswatch 0.", id="version"),
    pytest.param("--data-dir elsewhere --version", 0, "newswatch 0.", id="version after a flag"),
]


@pytest.mark.parametrize(("words", "code", "said"), PARTLY)
def test_an_answer_is_on_stdout_with_its_exit_code(words: str, code: int, said: str):
    answer = ask(*words.split())

    assert answer.code == code
    assert said in answer.out
    assert "Traceback" not in answer.err


def test_a_mistake_in_a_rule_file_names_line_and_column_and_changes_nothing():
    before = ask("rules", "list", "--json").document
    text = RULES.replace("quarry AND", "quarry OR mine AND")
    Path("rules.toml").write_text(text, "utf-8")

    for words, is_to_change in (
        (["rules", "sync", "rules.toml"], True),
        (["inspect", "samples", "--rules", "rules.toml"], False),
    ):
        answer = ask(*words)

        assert (answer.code, answer.out) == (2, "")
        assert answer.err.startswith(
            'newswatch: rules.toml:4: rule "quarry": column 16: AND and OR'
        )
        assert "^^^" in answer.err
        assert answer.err.endswith("\n\nnothing was changed\n") is is_to_change
        assert ("nothing was changed" in answer.err) is is_to_change
    assert ask("rules", "list", "--json").document == before


@pytest.mark.parametrize("more", [["--dry-run"], []])
def test_a_channel_that_could_send_nothing_is_named_by_sync(more: list[str]):
    Path("rules.toml").write_text(
        RULES
        + """
[[channel]]
name = "outside"
kind = "file"
path = "../../etc/alerts.jsonl"

[[channel]]
name = "hook"
kind = "webhook"
url = "https://example.org/hook"
secret_env = "NOPE_ENV"
""",
        "utf-8",
    )

    answer = ask("rules", "sync", "rules.toml", *more)

    assert answer.code == 0
    outside, hook = answer.err.splitlines()
    assert outside.startswith("newswatch: channel outside: nothing can be sent by it: file channel")
    assert "no folder" in outside
    assert "the environment has no NOPE_ENV" in hook


def test_the_end_of_a_rule_is_one_document_of_json_too():
    for words in (["rules", "set", "moths", "moth"], ["subscribe", "anna", "--rule", "moths"]):
        assert ask(*words).code == 0
    assert ask("subscribe", "bo", "--rule", "moths").code == 0

    ended = ask("unsubscribe", "bo", "--rule", "moths", "--json").document["ended"]
    gone = ask("rules", "remove", "moths", "--json").document

    assert [(each["subscriber"], each["channel"]) for each in ended] == [("bo", "bo")]
    assert (gone["name"], [each["subscriber"] for each in gone["ended"]]) == ("moths", ["anna"])


def test_what_was_begun_by_hand_is_ended_by_hand_and_both_say_where():
    assert ask("rules", "set", "moths", "moth").code == 0

    begun = ask("subscribe", "anna", "--rule", "moths")
    again = ask("subscribe", "bo", "--rule", "moths", "--channel", "anna")
    made = ask("subscribe", "bo", "--rule", "moths", "--channel", "sheet", "--new-channel")
    ended = ask("unsubscribe", "bo", "--rule", "moths", "--channel", "anna")
    gone = ask("rules", "remove", "moths")

    assert begun.out.splitlines()[1] == "    new channel anna: data/channels/anna.jsonl"
    assert again.out.splitlines()[1] == "    channel anna: data/channels/anna.jsonl"
    assert made.out.splitlines()[1] == "    new channel sheet: data/channels/sheet.jsonl"
    assert ended.out == "ended: bo (rule moths, by anna)\n"
    assert gone.out.splitlines() == [
        "removed: rule moths",
        "ended: anna (rule moths, by anna)",
        "ended: bo (rule moths, by sheet)",
    ]


@pytest.mark.parametrize("role", ["all", "extract", "notify"])
@pytest.mark.parametrize(
    ("setting", "said"),
    [
        pytest.param("topics.dir=topics", "mine.toml: not readable as TOML", id="topics"),
        pytest.param(
            "notify.allowed_networks=10.0.0.0/99", "notify.allowed_networks", id="networks"
        ),
    ],
)
def test_a_run_that_one_service_would_break_starts_none(role: str, setting: str, said: str):
    Path("topics").mkdir()
    Path("topics/mine.toml").write_text("not = [toml", "utf-8")

    answer = ask("--data-dir", "fresh", "--set", setting, "run", role, "--drain")

    assert (answer.code, answer.out) == (2, "")
    assert said in answer.err
    assert len(answer.err.splitlines()) == 1
    assert not Path("fresh").exists()


def test_retry_of_all_is_not_held_to_what_a_list_shows():
    database = Database("sqlite:///data/newswatch.db")
    with closing(database), database.write() as connection:
        for _ in range(101):
            add_file(connection, state="dead", died_in="received", last_error="out of memory")

    answer = ask("retry", "--all")

    assert (answer.err, answer.out) == ("", "101 of 101 put back\n")


def test_reading_makes_no_data_folder():
    assert ask("--data-dir", "elsewhere", "stories").code == 3
    assert not Path("elsewhere").exists()


@pytest.mark.parametrize(("words", "code"), [("doctor", 1), ("db check", 3)])
def test_looking_at_a_fresh_folder_makes_nothing_and_says_how_to_begin(words: str, code: int):
    answer = ask("--data-dir", "elsewhere", *words.split())

    assert answer.code == code
    assert (
        f"there is no newswatch.db in {Path('elsewhere').absolute()} yet" in answer.out + answer.err
    )
    assert "begin with newswatch run" in answer.out + answer.err
    assert "db upgrade" not in answer.out + answer.err
    assert not Path("elsewhere").exists()


def test_queues_count_what_nobody_takes():
    Path("inbox").mkdir(exist_ok=True)
    Path("inbox/one.txt").write_text("A bridge is opened.", "utf-8")

    lines = ask("queues").out.splitlines()

    assert lines[:2] == [
        "No worker is live. Nothing waits.",
        "1 file lies in inbox and nobody takes it: newswatch run",
    ]


def test_queues_with_redis_down_show_the_database_and_say_so():
    answer = ask("--set", "redis.url=redis://:hush@127.0.0.1:1/0", "queues", "--json")

    assert answer.code == 0
    assert answer.document["jobs"] is None
    assert answer.err.startswith("newswatch: redis: ")
    assert "hush" not in answer.err + answer.out


def test_doctor_says_what_to_do_and_answers_no():
    answer = ask("--set", "redis.url=redis://127.0.0.1:1/0", "doctor")

    assert answer.code == 1
    assert "NO  queue: redis: " in answer.out
    assert "correct redis.url (NEWSWATCH_REDIS_URL)" in answer.out


def test_a_setting_with_commas_is_a_list():
    answer = ask("--set", "console.allowed_hosts=a, b", "config", "show", "--json")

    shown = {row["name"]: (row["value"], row["origin"]) for row in answer.document}
    assert shown["console.allowed_hosts"] == (["a", "b"], "flag")


def test_secrets_are_not_shown():
    for more in ([], ["--json"]):
        answer = ask("--set", "database.url=postgresql://a:hush@h/x", "config", "show", *more)

        assert answer.code == 0
        assert "hush" not in answer.out


TABLES = [
    "stories",
    "topics",
    "queues",
    "rules list",
    "config show",
    "add samples/quarry.txt samples/stub.txt",
]


@pytest.mark.parametrize("words", TABLES)
def test_a_table_fits_80_columns(words: str, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr("services.cli.output.terminal_width", lambda: 80)

    answer = ask(*words.split())

    rows = [line for line in answer.out.splitlines() if not re.match(r"f\d+: ", line)]
    assert len(rows) > 1
    assert max(map(len, rows)) <= 80


HOSTILE = [
    "stories",
    "show s1",
    "show s2",
    "show a1",
    "show a2",
    "show al1",
    "alerts",
    "trace f1",
    "trace f2",
    "inspect samples",
    "inspect samples --full",
    "rules test moths --file samples/moth.json",
    "stories --json",
    "show s1 --json",
    "show s2 --json",
    "inspect samples --json",
    "export articles",
    "export stories",
]


@pytest.mark.parametrize("words", HOSTILE)
def test_nothing_a_terminal_obeys_gets_through(words: str):
    answer = ask(*words.split())

    assert answer.out
    assert all(c == "\n" or c.isprintable() for c in answer.out + answer.err)


def test_nobody_reading_on_is_no_error():
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stdout:
        done = subprocess.run(
            command_line(["export", "articles"]),
            stdout=stdout,
            stderr=subprocess.PIPE,
            check=False,
            timeout=90,
        )

    assert (done.returncode, done.stderr) == (0, b"")


def test_what_nobody_foresaw_is_one_line_and_a_traceback_only_when_asked_for(
    monkeypatch: pytest.MonkeyPatch,
):
    def break_(*_: object, **__: object) -> None:
        raise ZeroDivisionError("by nothing")

    monkeypatch.setattr("services.cli.reading.list_alerts", break_)

    answer = ask("alerts")

    assert (answer.code, answer.out) == (1, "")
    assert answer.err.startswith("newswatch: ZeroDivisionError: by nothing (a mistake of ours;")
    assert answer.err.count("\n") == 1
    with pytest.raises(ZeroDivisionError):
        ask("--verbose", "alerts")


def test_a_key_at_the_prompt_ends_with_130(monkeypatch: pytest.MonkeyPatch):
    def interrupt(*_: object, **__: object) -> None:
        raise KeyboardInterrupt

    monkeypatch.setattr("services.cli.reading.list_alerts", interrupt)

    assert ask("alerts").code == 130
