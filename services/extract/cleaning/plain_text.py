"""The article within copied text: score each line, keep the run of lines with the largest sum.

Copied text has no markup to go by, but prose looks like prose: long lines that end as sentences
do. The best run (Kadane's maximum subarray) is the article; inside it captions, phrases of the page
and repeated lines go, and before it is sought the text is cut at a heading of further links.
"""

from __future__ import annotations

import re
import statistics
from collections import Counter
from dataclasses import dataclass

from services.extract.cleaning.lines import (
    LineKind,
    ends_a_sentence,
    kind_of_line,
    weight_in_characters,
)
from services.extract.outcome import LineFate

_CUT_AFTER_SHARE = 0.6
_REPEAT_FROM_CHARACTERS = 25
MAX_LINES = 20_000  # beyond, the rest is taken for one paragraph
_BREAKS = re.compile(r"\r\n?|[\n\x0b\x0c\x1c-\x1e\x85\u2028\u2029]")
_BLANKS = re.compile(r"[ \t\u00a0\u2000-\u200b\u3000\ufeff]+")


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the copied text, stripped, with its kind, points, and whether it was kept."""

    text: str
    kind: LineKind
    points: float
    is_repeat: bool


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
    """Find the article in copied text. Takes time linear in the number of lines."""
    lines = _scored(split_lines(text))
    start, end = _best_run(lines, _cut_at(lines))
    inside = lines[start:end]
    kept = [line for line in inside if _stays(line)]
    return CleanText(
        paragraphs=tuple(line.text for line in kept),
        head=tuple(line.text for line in lines[:start]),
        tail=tuple(line.text for line in lines[end:]),
        dropped_inside=tuple(line.text for line in inside if not _stays(line)),
        fates=(
            *(LineFate(line.text, _why(line) or "before the article") for line in lines[:start]),
            *(LineFate(line.text, _why(line)) for line in inside),
            *(LineFate(line.text, _why(line) or "after the article") for line in lines[end:]),
        ),
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


def _scored(texts: list[str]) -> list[Line]:
    seen: Counter[str] = Counter()
    lines: list[Line] = []
    for text in texts:
        folded = text.casefold()
        seen[folded] += 1
        is_repeat = seen[folded] > 1 and len(text) >= _REPEAT_FROM_CHARACTERS
        kind = kind_of_line(text)
        lines.append(Line(text, kind, _points(text, kind, is_repeat=is_repeat), is_repeat))
    return lines


def _points(text: str, kind: LineKind, *, is_repeat: bool) -> float:
    if is_repeat:
        return -0.5
    weight = weight_in_characters(text)
    match kind:
        case LineKind.CAPTION:
            return -0.5
        case LineKind.PHRASE:
            return -2.0
        case LineKind.BYLINE:
            return -1.5
        case LineKind.SHORT | LineKind.CUT:
            return -1.0
        case _:
            closed = ends_a_sentence(text)
            return min(weight, 400) / 100 + (0.5 if closed else -1.0)


def _cut_at(lines: list[Line]) -> int:
    """Return where further links begin: a heading with most of the prose behind it."""
    total = sum(line.points for line in lines if line.points > 0)
    behind = 0.0
    for index, line in enumerate(lines):
        if line.kind is LineKind.CUT and behind >= _CUT_AFTER_SHARE * total:
            return index
        behind += max(line.points, 0.0)
    return len(lines)


def _best_run(lines: list[Line], end: int) -> tuple[int, int]:
    """Return the run of lines with the largest sum of points (Kadane), within `lines[:end]`."""
    best, best_run, running, start = 0.0, (0, 0), 0.0, 0
    for index, line in enumerate(lines[:end]):
        if running <= 0:
            running, start = 0.0, index
        running += line.points
        if running > best:
            best, best_run = running, (start, index + 1)
    return best_run


def _stays(line: Line) -> bool:
    return _why(line) is None


def _why(line: Line) -> str | None:
    """Say why *line* goes wherever it stands; None for one that may stay."""
    if line.is_repeat:
        return "repeat"
    return None if line.kind in {LineKind.PROSE, LineKind.SHORT} else line.kind.value
