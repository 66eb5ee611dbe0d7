"""Lines as they were printed, joined to the paragraphs they are parts of."""

from __future__ import annotations

import itertools
import re
import statistics
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from services.extract.cleaning.lines import LineKind, ends_a_sentence, kind_of_line

_LIGATURES = {
    0xFB00: "ff",
    0xFB01: "fi",
    0xFB02: "fl",
    0xFB03: "ffi",
    0xFB04: "ffl",
    0xFB05: "st",
    0xFB06: "st",
    0x7F: "•",
}
_BULLET = re.compile(r"^[•‣◦▪▫●○■□∙\uf0b7\uf0a7]\s?")
_MARK = re.compile(
    r"^(?:[*·–—-]|\(?(?:\d{1,2}|[a-z])[.)])\s", re.IGNORECASE
)  # or so may prose go on
_BROKEN_WORD = re.compile(r"([^\W\d_]{2,40})[-\u2010\u00ad]$")
_HYPHENS = ("-", "\u2010", "\u00ad")
_WORD = re.compile(r"[^\W\d_]{2,80}(?:-[^\W\d_]{2,80}){0,5}")
_NEXT_WORD = re.compile(r"[^\W\d_]{1,60}")
_UNSPACED = re.compile(r"[\u0e00-\u0e7f\u3000-\u30ff\u3400-\u9fff\uf900-\ufaff\uff00-\uffef]")
_SIZE_TOLERANCE = 0.06
_GAP_FACTOR = 1.25  # of the usual distance between lines: more parts two paragraphs
_INDENT_EMS = 0.8
_SHORT_SHARE = 0.85  # of the usual length: a sentence that ends so early ends a paragraph
_VERY_SHORT_SHARE = 0.6  # of the longest nearby: what ends so early is a line of its own


@dataclass(frozen=True, slots=True)
class PrintedLine:
    """One line: its text, where it begins (points from the left and the top), size in points."""

    text: str
    left: float
    top: float
    size: float
    is_bold: bool = False


@dataclass(frozen=True, slots=True)
class PrintedParagraph:
    """Lines joined, with the size and weight they were set in, and the page (from 0)."""

    text: str
    size: float
    is_bold: bool
    page: int


@dataclass(frozen=True, slots=True)
class _Measure:
    """What is usual in a text: the distance and length of lines of each size."""

    pitch: dict[float, float]
    length: dict[float, float]
    body_size: float
    words: Counter[str]


def join_lines(pages: Sequence[Sequence[PrintedLine]]) -> Iterator[PrintedParagraph]:
    """Yield the paragraphs; one may begin on a page and end on the next."""
    measure = _measured(pages)
    open_lines: list[PrintedLine] = []
    began_on = 0
    for number, page in enumerate(pages):
        for line in page:
            if open_lines and _begins_paragraph(open_lines, line, measure):
                yield _joined(open_lines, began_on, measure.words)
                open_lines = []
            if not open_lines:
                began_on = number
            open_lines.append(line)
    if open_lines:
        yield _joined(open_lines, began_on, measure.words)


def plain_line(text: str) -> str:
    """Give a line without ligatures and with single blanks."""
    return " ".join(text.translate(_LIGATURES).split())


def _measured(pages: Sequence[Sequence[PrintedLine]]) -> _Measure:
    gaps: dict[float, list[float]] = {}
    lengths: dict[float, list[int]] = {}
    words: Counter[str] = Counter()
    sizes: Counter[float] = Counter()
    for page in pages:
        for above, line in itertools.pairwise(page):
            if is_same_size(above, line) and 0 < line.top - above.top < 4 * line.size:
                gaps.setdefault(round(line.size), []).append(line.top - above.top)
        for line in page:
            lengths.setdefault(round(line.size), []).append(len(line.text))
            sizes[line.size] += len(line.text)
            words.update(word.casefold() for word in _WORD.findall(line.text))
    return _Measure(
        pitch={size: _usual(found) for size, found in gaps.items()},
        length={
            size: statistics.quantiles(found, n=10)[6]
            for size, found in lengths.items()
            if len(found) > 3
        },
        body_size=sizes.most_common(1)[0][0] if sizes else 0.0,
        words=words,
    )


def _usual(gaps: Sequence[float]) -> float:
    """Give the lower of what is frequent: the distance within paragraphs, not between them."""
    counts = Counter(round(gap, 0) for gap in gaps)
    enough = max(2, len(gaps) // 5)
    return min(
        (gap for gap, count in counts.items() if count >= enough), default=statistics.median(gaps)
    )


def is_same_size(one: PrintedLine, other: PrintedLine) -> bool:
    """Say whether two lines are set in one size, but for rounding."""
    return abs(one.size - other.size) <= _SIZE_TOLERANCE * max(one.size, other.size)


def _begins_paragraph(before: Sequence[PrintedLine], line: PrintedLine, measure: _Measure) -> bool:
    above = before[-1]
    if not is_same_size(above, line) or _is_item(line, before):
        return True
    if _is_broken_off(above, line):
        return False
    gap = line.top - above.top
    if gap <= 0 or gap > 8 * line.size:  # the next column or page
        return ends_a_sentence(above.text) or above.is_bold != line.is_bold
    usual = measure.pitch.get(round(line.size), 1.2 * line.size)
    return gap > _GAP_FACTOR * usual + 1 or _begins_by_its_looks(before, line, measure)


def _begins_by_its_looks(
    before: Sequence[PrintedLine], line: PrintedLine, measure: _Measure
) -> bool:
    above = before[-1]
    if above.is_bold != line.is_bold and (above.is_bold or len(before) > 1):
        return True
    if line.size > measure.body_size * (1 + _SIZE_TOLERANCE):
        return False  # headings are centred and broken at will
    if len(before) == 1 and _is_byline(above, measure):
        return True
    return _is_indented(before, line) or _ended_early(before, line, measure)


def _is_byline(line: PrintedLine, measure: _Measure) -> bool:
    if line.text[0].islower() or len(line.text) > 0.7 * measure.length.get(round(line.size), 0.0):
        return False
    return kind_of_line(line.text) is LineKind.BYLINE


def _is_item(line: PrintedLine, before: Sequence[PrintedLine]) -> bool:
    if _BULLET.match(line.text):
        return True
    above = before[-1].text
    is_possible = ends_a_sentence(above) or above.endswith(":") or _MARK.match(before[0].text)
    return bool(is_possible) and _MARK.match(line.text) is not None


def _is_broken_off(above: PrintedLine, line: PrintedLine) -> bool:
    return above.text.endswith(_HYPHENS) and line.text[:1].islower()


def _is_indented(before: Sequence[PrintedLine], line: PrintedLine) -> bool:
    """Say whether *line* is set in from those above; below a bullet that is the same item."""
    above = before[-1]
    is_item = (_BULLET.match(before[0].text) or _MARK.match(before[0].text)) is not None
    shift = line.left - above.left
    if is_item and len(before) == 1:
        return shift < -_INDENT_EMS * line.size
    if len(before) == 1:  # the first line itself may have been set in
        return shift > _INDENT_EMS * line.size
    return abs(shift) > _INDENT_EMS * line.size


def _ended_early(before: Sequence[PrintedLine], line: PrintedLine, measure: _Measure) -> bool:
    """Say whether the next word would still have found room on the line above."""
    above = before[-1]
    needed = len(above.text) + 1 + len(line.text.split(" ", 1)[0])
    if ends_a_sentence(above.text) and not line.text[:1].islower():
        return needed <= _SHORT_SHARE * measure.length.get(round(line.size), 0.0)
    nearby = max(len(other.text) for other in (*before[-3:], line))  # pictures make lines shorter
    return needed <= _VERY_SHORT_SHARE * nearby and not line.text[:1].islower()


def _joined(lines: Sequence[PrintedLine], page: int, words: Counter[str]) -> PrintedParagraph:
    parts = [lines[0].text]
    for line in lines[1:]:
        parts[-1] = _before(parts[-1], line.text, words)
        parts.append(line.text)
    text = _BULLET.sub("", "".join(parts).replace("\u00ad", ""))
    return PrintedParagraph(text, lines[0].size, all(line.is_bold for line in lines), page)


def _before(line: str, following: str, words: Counter[str]) -> str:
    """Give a line as it stands before the next: with a blank, or without its hyphen."""
    if _UNSPACED.match(line[-1]) and _UNSPACED.match(following[0]):
        return line
    broken = _BROKEN_WORD.search(line, max(0, len(line) - 50))
    rest = _NEXT_WORD.match(following)
    if broken is None or rest is None:
        return f"{line} "
    keeps_hyphen = following[0].isupper() or _is_compound(broken[1], rest[0], words)
    return line if keeps_hyphen else line[:-1]


def _is_compound(start: str, end: str, words: Counter[str]) -> bool:
    """Say whether the document writes this word with its hyphen elsewhere."""
    start, end = start.casefold(), end.casefold()
    return words[f"{start}-{end}"] > 0 and words[start + end] == 0
