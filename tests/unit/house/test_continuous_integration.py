import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.unit.house.repository import ROOT

SUMMARY = "=================== 1 failed, 9 passed in 12.34s ==================="
# Whatever the machine lacks, the script must not install it from a test.
STUBBED = ("apt-get", "redis-server", "chromium")


def stub(folder: Path, name: str, script: str) -> None:
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n", "utf-8")
    path.chmod(0o755)


def run_ci(tmp_path: Path, make: str) -> subprocess.CompletedProcess[str]:
    clone, programs = tmp_path / "clone", tmp_path / "bin"
    (clone / ".ci").mkdir(parents=True)
    programs.mkdir()
    shutil.copy(ROOT / ".ci/run", clone / ".ci/run")
    stub(programs, "make", make)
    stub(programs, "id", "echo 0")
    for name in STUBBED:
        stub(programs, name, f'echo "{name} $*" >> "{tmp_path}/called"')
    return subprocess.run(
        [str(clone / ".ci/run")],
        env={**os.environ, "PATH": f"{programs}:{os.environ['PATH']}"},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )


@pytest.mark.parametrize(
    ("tests_exit", "is_success"),
    [pytest.param(0, True, id="tests pass"), pytest.param(1, False, id="tests fail")],
)
def test_the_last_line_is_the_summary_of_pytest(tmp_path, tests_exit, is_success):
    make = f'test "$1" = check && exit 0; echo "{SUMMARY}"; exit {tests_exit}'
    if tests_exit:
        make = make.replace("exit 1", 'echo "make: *** [test] Error 1" >&2; exit 1')
    done = run_ci(tmp_path, make)

    assert done.stdout.splitlines()[-1] == SUMMARY
    assert (done.returncode == 0) == is_success


def test_a_failed_check_stops_before_the_tests(tmp_path):
    done = run_ci(tmp_path, f'echo "make $1"; echo "$1" >> "{tmp_path}/targets"; exit 1')

    assert done.returncode != 0
    assert (tmp_path / "targets").read_text().split() == ["check"]


def test_the_tests_are_told_that_services_are_required(tmp_path):
    done = run_ci(tmp_path, 'echo "$1 required=$NEWSWATCH_REQUIRE_SERVICES"')

    assert "test required=1" in done.stdout
