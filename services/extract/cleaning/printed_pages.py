"""Printed pages to paragraphs: lines that run through all pages go, the rest is joined.

A page gives its lines in the order in which they were set, which is the order of reading (column
after column) in what word processors, browsers and layout programs write.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from services.extract.cleaning.printed_lines import (
    PrintedLine,
    PrintedParagraph,
    is_same_size,
    join_lines,
)
from services.extract.outcome import LineFate

_MARGIN_SHARE = 0.12  # of the page's height, at the top and at the bottom
_SAME_PLACE_POINTS = 6.0
_TOUCHING_EMS = 1.6
_NUMBER = re.compile(r"\d+")
_PAGE_NUMBER = re.compile(
    r"^[\s\-–—|·]{0,6}(?:(?:page|p\.|seite|página|pagina|strona|trang|стр\.?)\s?)?\d{1,4}"
    r"(?:\s?(?:of|/|von|de|sur|di|z|из)\s?\d{1,4})?[\s\-–—|·]{0,6}$",
    re.IGNORECASE,
)
# What browsers put on a printed page: when it was printed, and from where.
_PRINTED_AT = re.compile(
    r"^\d{1,4}[./-]\d{1,2}[./-]\d{2,4},?\s\d{1,2}[:.]\d{2}(?:\s?[ap]m)?(?:\s|$)", re.IGNORECASE
)
_ADDRESS = re.compile(r"^((?:https?|file)://\S{3,2000})(?:\s+\d{1,4}\s?/\s?\d{1,4})?$")
_RUNNING = "runs through the pages"
_NUMBERED = "page number"
_PRINTED = "set by the browser that printed it"


@dataclass(frozen=True, slots=True)
class PrintedPage:
    """The lines of one page in the order they were set, and its height in points."""

    lines: tuple[PrintedLine, ...]
    height: float


@dataclass(frozen=True, slots=True)
class PrintedText:
    """What the pages say: paragraphs, the address a browser printed below, and lines that went."""

    paragraphs: tuple[PrintedParagraph, ...]
    address: str | None
    dropped: tuple[LineFate, ...]


def read_printed_pages(pages: Sequence[PrintedPage]) -> PrintedText:
    """Drop running heads, feet and page numbers; join lines to paragraphs, over pages too."""
    running = _running_lines(pages)
    kept: list[list[PrintedLine]] = []
    dropped: list[LineFate] = []
    for page in pages:
        reasons = _reasons(page, running)
        pairs = list(zip(page.lines, reasons, strict=True))
        dropped.extend(LineFate(line.text, why) for line, why in pairs if why)
        kept.append([line for line, why in pairs if not why])
    return PrintedText(tuple(join_lines(kept)), _address(dropped), tuple(dropped))


def _address(dropped: Iterable[LineFate]) -> str | None:
    """Give the address that a browser printed; what lay on a disk has none."""
    found = (_ADDRESS.match(fate.text) for fate in dropped)
    return next((match[1] for match in found if match and match[1].startswith("http")), None)


def _reasons(page: PrintedPage, running: set[tuple[str, int]]) -> list[str | None]:
    """Say of each line why it goes; what touches a line that stays is a part of the text."""
    reasons = [_why_furniture(line, page, running) for line in page.lines]
    for index, line in enumerate(page.lines):
        near = [n for n in (index - 1, index + 1) if 0 <= n < len(reasons) and not reasons[n]]
        if any(_touch(line, page.lines[n]) for n in near):
            reasons[index] = None
    return reasons


def _touch(one: PrintedLine, other: PrintedLine) -> bool:
    apart = abs(one.top - other.top)
    return is_same_size(one, other) and 0 < apart < _TOUCHING_EMS * one.size


def _why_furniture(
    line: PrintedLine, page: PrintedPage, running: set[tuple[str, int]]
) -> str | None:
    if not _is_in_margin(line, page):
        return None
    if any(key in running for key in _keys(line)):
        return _RUNNING
    if _PAGE_NUMBER.match(line.text):
        return _NUMBERED
    return _PRINTED if _PRINTED_AT.match(line.text) or _ADDRESS.match(line.text) else None


def _running_lines(pages: Sequence[PrintedPage]) -> set[tuple[str, int]]:
    """Give what stands at one place in the margins of half of the pages, and of two at least."""
    counts: Counter[tuple[str, int]] = Counter()
    for page in pages:
        counts.update(
            {key for line in page.lines if _is_in_margin(line, page) for key in _keys(line)}
        )
    enough = max(2, len(pages) // 2)
    return {key for key, count in counts.items() if count >= enough}


def _is_in_margin(line: PrintedLine, page: PrintedPage) -> bool:
    return not page.height * _MARGIN_SHARE < line.top < page.height * (1 - _MARGIN_SHARE)


def _keys(line: PrintedLine) -> Iterator[tuple[str, int]]:
    """Name a line by its text without numbers and by its place, to which it may be near."""
    text = _NUMBER.sub("#", line.text.casefold())
    slot = int(line.top / _SAME_PLACE_POINTS)
    yield text, slot
    yield text, slot + 1
