"""How a file and its title are said in one short line of the log."""

from __future__ import annotations


def said(file_id: int, name: str) -> str:
    """Return `f7 report.html`."""
    return f"f{file_id} {short(name)}"


def short(text: str, characters: int = 100) -> str:
    """Return the start of *text* on one line, with nothing in it that a terminal would obey."""
    line = "".join(c if c.isprintable() else " " for c in text[: characters + 1])
    return line if len(line) <= characters else f"{line[:characters]}…"
