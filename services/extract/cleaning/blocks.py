"""The paragraphs of a body that is marked up exactly: NITF, or the XHTML an agency sends.

Nothing is guessed here, unlike on a page: the body is all text, but for pictures and notes.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import Any

from lxml import etree

_BLOCKS = frozenset(
    (
        "p", "div", "block", "bq", "blockquote", "section", "article", "main", "header", "hr",
        "h1", "h2", "h3", "h4", "h5", "h6", "hl1", "hl2", "hedline", "pre", "tr", "table",
        "li", "ul", "ol", "dl", "dt", "dd", "datasource", "caption", "address", "credit", "fn",
    )
)  # fmt: skip
_LEFT_OUT = {
    "media": "pictures with their captions", "figure": "pictures with their captions",
    "img": "pictures with their captions", "note": "notes to editors", "aside": "asides",
    "script": "scripts", "style": "styles", "nav": "menus", "footer": "footers", "form": "forms",
    "button": "forms", "iframe": "embedded pages", "object": "embedded pages",
    "embed": "embedded pages", "video": "videos", "audio": "sound recordings", "svg": "drawings",
    "head": "heads", "template": "scripts", "noscript": "scripts",
}  # fmt: skip
_SILENT = frozenset(("scripts", "styles", "heads"))
_REPEAT_FROM_CHARACTERS = 25


@dataclass(frozen=True, slots=True)
class Body:
    """The paragraphs of a body, and sentences about what was left out of it."""

    paragraphs: tuple[str, ...]
    notes: tuple[str, ...] = ()


def local_name(element: Any) -> str:
    """Give an element's name in small letters, without namespace; nothing for a comment."""
    tag = element.tag
    return tag.rpartition("}")[2].lower() if isinstance(tag, str) else ""


def body_of(*elements: Any) -> Body:
    """Read the text of *elements* (lxml) in order; a longer paragraph counts once."""
    walk = _Walk()
    for element in elements:
        walk.through(element)
    kept: dict[str, str] = {}
    for number, paragraph in enumerate(walk.paragraphs):
        is_long = len(paragraph) >= _REPEAT_FROM_CHARACTERS
        kept.setdefault(paragraph if is_long else f"{number}", paragraph)
    repeated = len(walk.paragraphs) - len(kept)
    if repeated:
        walk.left_out["repeated paragraphs"] = repeated
    notes = (f"Left out {count:,} {what}." for what, count in walk.left_out.items())
    return Body(tuple(kept.values()), tuple(notes))


def paragraphs_of_text(text: str) -> tuple[str, ...]:
    """Split plain text at its blank lines; without any, at every line end."""
    lines = [" ".join(line.split()) for line in text.split("\n")]
    if "" not in lines[1:-1]:
        return tuple(line for line in lines if line)
    paragraphs: list[list[str]] = [[]]
    for line in lines:
        if line:
            paragraphs[-1].append(line)
        elif paragraphs[-1]:
            paragraphs.append([])
    return tuple(" ".join(paragraph) for paragraph in paragraphs if paragraph)


class _Walk:
    """Gathers text; a block ends the paragraph before it and its own."""

    def __init__(self) -> None:
        self.paragraphs: list[str] = []
        self.left_out: Counter[str] = Counter()
        self._pieces: list[str] = []
        self._pre = 0  # how many `pre` are open: in them line ends count

    def through(self, root: Any) -> None:
        events = etree.iterwalk(root, events=("start", "end"))
        for event, element in events:
            name = local_name(element)
            if event == "start" and name in _LEFT_OUT and element is not root:
                events.skip_subtree()
                if _LEFT_OUT[name] not in _SILENT:
                    self.left_out[_LEFT_OUT[name]] += 1
            elif event == "start":
                self._boundary(name)
                self._pre += name == "pre"
                self._pieces.append("\n" if name == "br" else "")
                self._add(element.text)
            else:
                self._pre -= name == "pre"
                self._boundary(name)
            if event == "end" and element is not root:
                self._add(element.tail)
        self._end_paragraph()

    def _add(self, text: str | None) -> None:
        if text:
            self._pieces.append(text if self._pre else text.replace("\n", " "))

    def _boundary(self, name: str) -> None:
        if name in _BLOCKS:
            self._end_paragraph()
        elif name in {"td", "th"}:
            self._pieces.append(" ")

    def _end_paragraph(self) -> None:
        text, self._pieces = "".join(self._pieces), []
        if "\n" in text.strip():
            self._add_lines(text)
        elif found := " ".join(text.split()):
            self.paragraphs.append(found)

    def _add_lines(self, text: str) -> None:
        """Blank lines, as in `pre` or between two `br`, part paragraphs; other line ends do not."""
        for paragraph in _parted(text):
            if found := " ".join(paragraph.split()):
                self.paragraphs.append(found)


def _parted(text: str) -> list[str]:
    lines = [line.strip() for line in text.split("\n")]
    return "\n".join(lines).split("\n\n")
