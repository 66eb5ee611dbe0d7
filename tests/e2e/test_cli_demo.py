"""`newswatch demo` as somebody sees it: on a terminal, without one, and stopped half-way."""

import os
import signal
import subprocess
from pathlib import Path

from tests.e2e.commanding import STOP_SECONDS, Commands, command_line
from tests.waiting import wait_until

WHOLE = "all as seeds/expected.toml says"


def test_stopped_half_way_it_ends_with_130_and_compares_nothing(tmp_path: Path):
    commands = Commands(tmp_path)
    with commands.running("demo") as demo:
        demo.wait_for("inbox:")
        demo.process.send_signal(signal.SIGINT)

        assert demo.process.wait(STOP_SECONDS) == 130
        assert "stopped before all samples were through; nothing to compare" in demo.err
        assert "NOT AS EXPECTED" not in demo.err
        assert "Traceback" not in demo.err


def test_on_a_terminal_the_address_of_the_console_is_said_last(tmp_path: Path):
    commands = Commands(tmp_path)
    ours, theirs = os.openpty()
    os.set_blocking(ours, False)
    said = bytearray()

    def is_served() -> bool:
        try:
            said.extend(os.read(ours, 65536))
        except BlockingIOError:
            return b"(Ctrl-C to stop)" in said
        return False

    demo = subprocess.Popen(
        command_line(["demo"]),
        cwd=tmp_path,
        env=commands.environment,
        stdin=subprocess.DEVNULL,
        stdout=theirs,
        stderr=theirs,
    )
    try:
        wait_until(is_served, "the console's address", seconds=60)
        demo.send_signal(signal.SIGINT)
        assert demo.wait(STOP_SECONDS) == 0
    finally:
        demo.kill()
        demo.wait()
        os.close(ours)
        os.close(theirs)

    words = said.decode()
    assert words.index(WHOLE) < words.index("console: http://127.0.0.1:")


def test_without_a_terminal_it_says_that_nothing_is_served(tmp_path: Path):
    whole = Commands(tmp_path).run("demo")

    assert whole.code == 0, whole.err
    *_, verdict, last = whole.out.splitlines()
    assert verdict == WHOLE
    assert last.startswith("no terminal, so the console is not served; to see it: newswatch --data")
    assert last.endswith("demo run console")
