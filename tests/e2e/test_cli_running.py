"""`newswatch run` and `add` as processes: drained, stopped, refused, killed, without servers."""

import os
import re
import signal
import subprocess
import time
from pathlib import Path

import pytest
from redis import Redis
from sqlalchemy import select
from sqlalchemy.exc import OperationalError

from shared.tables import workers
from tests.e2e.commanding import Commands, Running, command_line
from tests.e2e.corpus import LANTERN, LANTERN_TITLE, QUARRY, QUARRY_TITLE
from tests.servers import RedisServer
from tests.waiting import wait_until

CLEAN_STOP_SECONDS = 8.0


@pytest.fixture
def commands(tmp_path: Path) -> Commands:
    """newswatch in a folder of its own."""
    return Commands(tmp_path)


def drop_two(commands: Commands) -> None:
    commands.drop("quarry.txt", f"{QUARRY_TITLE}\n\n{QUARRY}")
    commands.drop("moth.txt", f"{LANTERN_TITLE}\n\n{LANTERN}")


def fates(commands: Commands) -> dict[str, str | None]:
    """Return what came of each file so far; nothing before there is a database."""
    try:
        return {name: fate for name, fate in commands.books.outcomes().items() if fate}
    except OperationalError:
        return {}


def processes_of(parent: int) -> set[int]:
    """Return the processes below *parent*, by what the kernel says."""
    found, seen = {parent}, set[int]()
    while found - seen:
        seen |= found
        for stat in Path("/proc").glob("[0-9]*/stat"):
            try:
                after_name = stat.read_text("utf-8", "replace").rpartition(")")[2].split()
            except OSError:
                continue
            if int(after_name[1]) in seen:
                found.add(int(stat.parent.name))
    return seen - {parent}


def is_alive(process: int) -> bool:
    try:
        status = Path(f"/proc/{process}/stat").read_text("utf-8", "replace")
    except OSError:
        return False
    return status.rpartition(")")[2].split()[0] != "Z"


def test_a_drain_leaves_an_empty_inbox_and_ends_with_0(commands: Commands):
    drop_two(commands)

    answer = commands.run("run", "all", "--drain")

    assert answer.code == 0, answer.err
    assert list(commands.inbox.iterdir()) == []
    assert fates(commands) == {"moth.txt": "new", "quarry.txt": "new"}
    assert commands.ask("audit").code == 0


def test_a_drain_of_one_service_does_its_own_work_and_leaves_the_rest(commands: Commands):
    drop_two(commands)
    commands.prepare()

    assert commands.run("run", "ingest", "--drain").code == 0
    assert list(commands.inbox.iterdir()) == []
    assert commands.run("run", "extract", "--drain").code == 0

    steps = commands.ask("queues", "--json").document["steps"]
    due = {step["backlog"]["step"]: step["backlog"]["due"] for step in steps}
    assert (due["extract"], due["link"]) == (0, 2)


def test_a_run_stops_cleanly_at_sigterm_and_refuses_a_second_one(commands: Commands):
    with commands.running("run") as first:
        first.wait_for("console: http://127.0.0.1:")
        second = commands.run("run", "--drain")
        started = time.monotonic()
        code = first.stop()

    assert (code, time.monotonic() - started < CLEAN_STOP_SECONDS) == (0, True)
    assert "Traceback" not in first.err
    assert second.code == 2
    assert f"in use by another newswatch (process {first.process.pid})" in second.err
    assert len(second.err.splitlines()) == 1
    assert commands.ask("doctor", "--role", "all", "--quiet").code == 0


def test_a_run_refuses_the_inbox_of_another_and_works_on_without_its_pages(commands: Commands):
    with commands.running("run") as first:
        first.wait_for("console: http://127.0.0.1:")
        port = re.search(r"127\.0\.0\.1:(\d+)", first.err)
        assert port
        second = commands.run("--data-dir", "other", "run", "--drain")
        own = ["--data-dir", "other", "--inbox-dir", "theirs"]
        with commands.running(*own, "--set", f"console.port={port[1]}", "run") as third:
            third.wait_for("console cannot run: ")
            assert third.stop() == 0
        assert first.stop() == 0

    assert second.code == 2
    assert "another newswatch, of another data folder, takes its files" in second.err
    assert len(second.err.splitlines()) == 1
    assert third.err.count("everything else works on, without its pages") == 1
    assert "NEWSWATCH_CONSOLE_PORT" in third.err


def test_add_waits_for_the_workers_there_are(commands: Commands):
    (commands.folder / "stub.txt").write_text(LANTERN_TITLE.split()[0], "utf-8")
    with commands.running("run") as run:
        run.wait_for("console: ")
        wait_until(
            lambda: live_roles(commands) >= {"extract", "link", "alert"}, "live workers", seconds=60
        )
        added = commands.run("add", "stub.txt", "--wait", "--json")
        assert run.stop() == 0

    assert [row["fate"] for row in added.document["files"]] == ["rejected:too_short"]
    # Who rejects a file says so: they did the work, and not we.
    assert ("too_short" in run.err, "too_short" in added.err) == (True, False)


def live_roles(commands: Commands) -> set[str]:
    return {row.role for row in commands.books.rows(select(workers))}


def test_add_without_workers_does_the_work_itself(commands: Commands):
    (commands.folder / "quarry.txt").write_text(f"{QUARRY_TITLE}\n\n{QUARRY}", "utf-8")

    first = commands.run("add", "quarry.txt", "--json")
    waited = commands.run("add", "quarry.txt", "--wait", "--json")

    assert [row["fate"] for row in first.document["files"]] == ["waiting"]
    assert (waited.code, [row["fate"] for row in waited.document["files"]]) == (0, ["exact_copy"])
    assert fates(commands) == {"quarry.txt": "exact_copy"}


@pytest.mark.usefixtures("_redis_of_this_process")
def test_processes_outlive_their_private_redis_and_end_at_sigterm(commands: Commands):
    commands.prepare()
    with commands.running("run", "all", "--workers", "2") as run:
        run.wait_for("2 extract workers")
        os.kill(server_of(run), signal.SIGKILL)
        drop_two(commands)
        wait_until(
            lambda: fates(commands).keys() == {"moth.txt", "quarry.txt"}, "both files", seconds=60
        )
        run.wait_for("-server ended (signal 9)")
        below = processes_of(run.process.pid)
        code = run.stop()
        left = [each for each in below if is_alive(each)]

    assert (code, left) == (0, [])
    assert len(below) >= 8  # six services, one of them twice, and the server


@pytest.mark.usefixtures("_redis_of_this_process")
def test_processes_and_their_private_redis_end_when_the_supervisor_is_killed(commands: Commands):
    commands.prepare()
    with commands.running("run", "all", "--workers", "2") as run:
        run.wait_for("2 extract workers")
        wait_until(lambda: len(processes_of(run.process.pid)) >= 8, "every process", seconds=60)
        below = processes_of(run.process.pid)
        assert server_of(run) in below
        run.process.kill()
        run.process.wait()
        wait_until(lambda: not any(map(is_alive, below)), "every process to end", seconds=60)


def server_of(run: Running) -> int:
    """Return the process of the private Redis, or Valkey."""
    (found,) = (each for each in processes_of(run.process.pid) if "-server" in _command_of(each))
    return found


def _command_of(process: int) -> str:
    try:
        return Path(f"/proc/{process}/cmdline").read_text("utf-8", "replace")
    except OSError:
        return ""


def test_processes_drain_with_a_redis_whose_address_is_in_a_file(
    commands: Commands, redis_url: str
):
    secret = commands.folder / "redis_url"
    secret.write_text(redis_url, "utf-8")
    drop_two(commands)

    answer = commands.run("run", "all", "--drain", NEWSWATCH_REDIS_URL_FILE=str(secret))

    assert answer.code == 0, answer.err
    assert list(commands.inbox.iterdir()) == []
    assert fates(commands).keys() == {"moth.txt", "quarry.txt"}


def test_a_service_waits_for_redis_says_so_once_and_goes_on(
    commands: Commands, redis_server: RedisServer
):
    commands.environment["NEWSWATCH_REDIS_URL"] = redis_server.url
    commands.prepare()
    redis_server.stop()
    commands.drop("quarry.txt", f"{QUARRY_TITLE}\n\n{QUARRY}")

    with commands.running("run", "ingest") as run:
        run.wait_for("redis: ")
        wait_until(lambda: run.process.poll() is None and _slept(run, 2.0), "two more tries")
        assert run.err.count("\n") == 1
        assert list(commands.inbox.iterdir()) != []
        redis_server.start()
        run.wait_for("everything answers now; going on")
        wait_until(lambda: not any(commands.inbox.iterdir()), "the file to be taken")
        assert run.stop() == 0


def _slept(run: Running, seconds: float) -> bool:
    """Return whether the log has been still for so long."""
    return time.time() - run.log.stat().st_mtime > seconds


def test_a_wrong_password_of_redis_is_one_clear_line(commands: Commands, redis_server: RedisServer):
    commands.prepare()
    with Redis.from_url(redis_server.url) as connection:
        connection.config_set("requirepass", "right")
    path = redis_server.url.removeprefix("unix://")
    commands.environment["NEWSWATCH_REDIS_URL"] = f"unix://:hush@{path}"

    doctor = commands.ask("doctor")
    with commands.running("run", "link") as run:
        run.wait_for("refused our password")
        assert run.stop() == 0

    assert doctor.code == 1
    assert "NO  queue: redis: refused our password" in doctor.out
    assert run.err.count("\n") == 1
    assert "hush" not in run.err + doctor.out


def test_jobs_in_redis_are_what_rq_itself_counts(commands: Commands, redis_url: str):
    commands.environment["NEWSWATCH_REDIS_URL"] = redis_url
    for number in range(3):
        commands.drop(f"{number}.txt", f"{QUARRY_TITLE} {number}\n\n{QUARRY}")
    commands.prepare()
    assert commands.run("run", "ingest", "--drain").code == 0

    report = commands.ask("queues", "--json").document
    rq = Path(command_line([])[0]).with_name("rq")
    done = subprocess.run(
        [rq, "info", "--raw", "--only-queues", "--url", redis_url],
        capture_output=True,
        text=True,
        check=True,
        timeout=30,
    )

    counted = {
        line.split()[1]: int(line.split()[2].rstrip(","))
        for line in done.stdout.splitlines()
        if line.startswith("queue ")
    }
    assert report["jobs"]["extract"] == counted["extract"] > 0
    assert {name: count for name, count in report["jobs"].items() if count} == counted
    due = {step["backlog"]["step"]: step["backlog"]["due"] for step in report["steps"]}
    assert due["extract"] == 3
