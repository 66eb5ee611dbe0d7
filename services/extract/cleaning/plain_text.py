"""The article within copied text: score each line, keep the run of lines with the largest sum.

Copied text has no markup to go by, but prose looks like prose (see `line_points`). The best run
is the article; inside it captions, phrases of the page and repeated lines go.
"""

from __future__ import annotations

import re
import statistics
from collections.abc import Iterator
from dataclasses import dataclass

from services.extract.cleaning.line_points import Line, article_span
from services.extract.cleaning.lines import LineKind, ends_a_sentence
from services.extract.outcome import LineFate

MAX_LINES = 20_000  # beyond, the rest is taken for one paragraph
_BREAKS = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200b\u3000\ufeff]+")


@dataclass(frozen=True, slots=True)
class CleanText:
    """The body, and the lines around it: fields are sought in `head` and `tail`."""

    paragraphs: tuple[str, ...]
    head: tuple[str, ...]
    tail: tuple[str, ...]
    dropped_inside: tuple[str, ...]
    fates: tuple[LineFate, ...] = ()

    @property
    def text(self) -> str:
        """Return the paragraphs separated by a blank line."""
        return "\n\n".join(self.paragraphs)


def clean_plain_text(text: str) -> CleanText:
    """Find the article in copied text. Takes time linear in the text.

    Text without a line of prose (a poem, a table) is kept but for what is known to be the page's.
    """
    lines, start, end = article_span(split_lines(text))
    if start == end:
        start, end = 0, len(lines)
    fates = tuple(_fates(lines, start, end))
    inside = fates[start:end]
    return CleanText(
        paragraphs=tuple(fate.text for fate in inside if not fate.dropped),
        head=tuple(line.text for line in lines[:start]),
        tail=tuple(line.text for line in lines[end:]),
        dropped_inside=tuple(fate.text for fate in inside if fate.dropped),
        fates=fates,
    )


def split_lines(text: str) -> list[str]:
    """Split into stripped, non-empty lines; unwrap paragraphs wrapped at a fixed width."""
    blocks: list[list[str]] = [[]]
    for raw in _BREAKS.split(text, maxsplit=MAX_LINES):
        line = _BLANKS.sub(" ", raw).strip()
        if line:
            blocks[-1].append(line)
        elif blocks[-1]:
            blocks.append([])
    if _is_hard_wrapped(blocks):
        return [" ".join(block) for block in blocks if block]
    return [line for block in blocks for line in block]


def _is_hard_wrapped(blocks: list[list[str]]) -> bool:
    """Wrapped text has blank lines, and many lines of one length that break in mid-sentence."""
    inner = [line for block in blocks for line in block[:-1]]
    if len(inner) < 6 or len([block for block in blocks if block]) < 2:
        return False
    lengths = [len(line) for line in inner]
    middle = statistics.median(lengths)
    if not 45 <= middle <= 100 or max(lengths) > middle * 1.5:
        return False
    broken = sum(not ends_a_sentence(line) for line in inner)
    near = sum(abs(length - middle) <= 14 for length in lengths)
    return broken >= 0.7 * len(inner) and near >= 0.75 * len(inner)


def _fates(lines: list[Line], start: int, end: int) -> Iterator[LineFate]:
    """Say of each line why it went; the last word on a line outside the article is its place."""
    place = "before the article"
    for index, line in enumerate(lines):
        if index == end:
            place = "after the article"
        why = _why(line)
        yield LineFate(line.text, why if start <= index < end else why or place)
        if index >= end and line.kind is LineKind.CUT:
            place = "after the heading of further links"


def _why(line: Line) -> str | None:
    """Say why *line* goes wherever it stands; None for one that may stay."""
    if line.is_repeat:
        return "repeat"
    return None if line.kind in {LineKind.PROSE, LineKind.SHORT} else line.kind.value
