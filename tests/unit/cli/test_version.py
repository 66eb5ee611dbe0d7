"""`newswatch --version` answers at once: nothing heavy is imported for it."""

import subprocess
import sys

import pytest

from services import __version__

HEAVY = ("typer", "sqlalchemy", "rq", "redis", "pydantic", "lxml", "fastapi", "shared.settings")


@pytest.mark.parametrize("flag", ["--version", "-V"])
def test_version_imports_nothing_heavy(flag: str):
    program = (
        "import sys; sys.argv = ['newswatch', sys.argv[1]]\n"
        "from services.cli import main; main()\n"
        f"print(sorted(set({HEAVY!r}) & set(sys.modules)))"
    )

    done = subprocess.run(
        [sys.executable, "-c", program, flag], capture_output=True, text=True, check=True
    )

    assert done.stdout == f"newswatch {__version__}\n[]\n"
    assert done.stderr == ""
