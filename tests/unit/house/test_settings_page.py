"""docs/operations.md and newswatch.toml.example say what the settings are, no more and no less."""

import re
import tomllib
from typing import Any

from shared.settings import Settings, known_keys, load_settings
from tests.unit.house.repository import ROOT

DEFAULTS = Settings()


def shown(default: Any) -> str:
    """Return *default* as the table writes it."""
    if default is None:
        return ""
    if isinstance(default, bool):
        return f"`{str(default).lower()}`"
    if isinstance(default, list):
        return f"`{','.join(default)}`" if default else "none"
    return f"`{default}`"


def expected_rows() -> list[str]:
    rows = []
    for name, meaning in known_keys().items():
        section, _, key = name.partition(".")
        default = shown(getattr(getattr(DEFAULTS, section), key))
        rows.append(f"| `{name}` | {default} | {meaning.replace('|', '/')} |")
    return rows


def test_the_settings_table_is_the_code_row_by_row():
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    rows = re.findall(r"^\| `[a-z]+\.[a-z_]+` \|.*$", page, re.MULTILINE)

    assert rows == expected_rows()


def test_the_example_file_is_accepted_as_it_is_and_with_every_line_switched_on(tmp_path):
    example = (ROOT / "newswatch.toml.example").read_text("utf-8")
    switched_on = tmp_path / "newswatch.toml"
    switched_on.write_text(re.sub(r"^# ?(?=[a-z_]+ = )", "", example, flags=re.MULTILINE), "utf-8")

    load_settings(environment={}, file=ROOT / "newswatch.toml.example")
    load_settings(environment={}, file=switched_on)
    assert tomllib.loads(switched_on.read_text("utf-8"))["inbox"]["take"] == "leave"
