"""The repository as files: what is in it, and its Markdown pages as links and code."""

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
NOT_THE_PROJECT = {".git", ".venv", ".env", ".hypothesis", "data", "inbox", "secrets", "dist"}
FENCE = re.compile(r"^(```|~~~).*?^\1", re.MULTILINE | re.DOTALL)
LINK = re.compile(r"!?\[[^\]\n]*\]\(([^)\s]+)(?: \"[^\"]*\")?\)")
HEADING = re.compile(r"^#{1,6} +(.+?) *#*$", re.MULTILINE)


def project_files(folder: Path = ROOT) -> Iterator[Path]:
    """Yield every file of the project, without caches and what a run leaves behind."""
    for path in sorted(folder.iterdir()):
        is_top_level = folder == ROOT
        if path.is_symlink() or path.name == "__pycache__" or path.name.endswith("_cache"):
            continue
        if is_top_level and path.name in NOT_THE_PROJECT:
            continue
        if path.is_dir():
            yield from project_files(path)
        elif path.suffix != ".pyc":
            yield path


def markdown_pages() -> list[Path]:
    """Return the pages people read: those at the top, and docs/."""
    return sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])


def prose(markdown: str) -> str:
    """Return *markdown* without its fenced blocks, where brackets mean something else."""
    return FENCE.sub("", markdown)


def links(markdown: str) -> list[str]:
    """Return the targets of the inline links of *markdown*."""
    return LINK.findall(prose(markdown))


def anchors(markdown: str) -> set[str]:
    """Return the anchors that the headings of *markdown* get on the usual forges."""
    headings = HEADING.findall(prose(markdown))
    return {re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-") for heading in headings}
