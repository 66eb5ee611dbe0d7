"""The command `newswatch`."""

from __future__ import annotations

import sys

from services import __version__


def main() -> None:
    """Run the command line; `--version` answers before anything heavy is imported."""
    if sys.argv[1:] in (["--version"], ["-V"]):
        print(f"newswatch {__version__}")
        return
    from services.cli.app import run

    sys.exit(run(sys.argv[1:]))
