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

_AFTER_HEADING = "after a heading of further links"
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
    if not any(fate.dropped is None for fate in fates):
        fates = tuple(LineFate(line.text) for line in lines)
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
    for line in lines[:start]:
        yield LineFate(line.text, _why(line) or "before the article")
    is_listing = False
    for line in lines[start:end]:
        is_listing = line.kind is LineKind.CUT or (is_listing and not _is_sentence(line))
        yield LineFate(line.text, _why(line) or (_AFTER_HEADING if is_listing else None))
    place = "after the article"
    for line in lines[end:]:
        yield LineFate(line.text, _why(line) or place)
        place = _AFTER_HEADING if line.kind is LineKind.CUT else place


def _is_sentence(line: Line) -> bool:
    return line.is_prose and ends_a_sentence(line.text)


def _why(line: Line) -> str | None:
    """Say why *line* goes wherever it stands; None for one that may stay."""
    if line.is_repeat:
        return "repeat"
    return None if line.kind in {LineKind.PROSE, LineKind.SHORT} else line.kind.value
