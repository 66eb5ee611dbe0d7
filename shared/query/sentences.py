"""Where paragraphs and sentences start. Pure."""

from __future__ import annotations

import re
from bisect import bisect_right

_PARAGRAPH = re.compile(r"\n[ \t\r]*\n\s*+")
_LINE = re.compile(r"\n\s*+")
_STOP = re.compile(
    r"(?<=[.!?…])[\"'”’)\]]{0,3}+\s++(?=[\"'“‘(\[]?[^\W_a-z])"  # full stop, then a capital or digit
    r"|\n(?=[ \t]{0,8}[-•*–])"  # an item of a list
)
_LAST_WORD = re.compile(r"[^\s(\[\"“‘]{1,12}\Z")
_ABBREVIATED = """
    mr. mrs. ms. dr. prof. gen. lt. col. maj. capt. sgt. adm. gov. sen. rep. rev. st. jr. sr.
    no. vs. inc. ltd. co. corp. jan. feb. mar. apr. jun. jul. aug. sep. sept. oct. nov. dec.
    u.s. u.n. u.k. e.u.
"""
_ABBREVIATIONS = frozenset(_ABBREVIATED.split())


def paragraph_starts(text: str) -> list[int]:
    """Return where paragraphs start: after a blank line, or after any line if there is none."""
    ends = [found.end() for found in _PARAGRAPH.finditer(text)]
    if not ends:
        ends = [found.end() for found in _LINE.finditer(text)]
    return [0, *ends]


def paragraph_number(text: str, offset: int) -> int:
    """Return which paragraph of *text*, from 1, holds *offset*; blank lines before do not count."""
    skipped = len(text) - len(text.lstrip())
    starts = [start for start in paragraph_starts(text) if start >= skipped or start == 0]
    return bisect_right(starts, offset) - (1 if 0 < skipped in starts else 0)


def sentence_starts(text: str) -> list[int]:
    """Return the offsets at which sentences start; a known abbreviation ends none."""
    starts = set(paragraph_starts(text))
    for found in _STOP.finditer(text):
        last = _LAST_WORD.search(text, max(0, found.start() - 13), found.start())
        if last is None or not _is_abbreviation(last.group()):
            starts.add(found.end())
    return sorted(starts)


def _is_abbreviation(word: str) -> bool:
    lowered = word.lower()
    if lowered in _ABBREVIATIONS:
        return True
    return len(lowered) == 2 and lowered[0].isalpha() and lowered[1] == "."


def sentence_around(text: str, start: int, end: int) -> tuple[int, int]:
    """Return `[start, end)` of the sentence of *text* that holds the span, without outer spaces."""
    starts = sentence_starts(text)
    at = bisect_right(starts, start) - 1
    after = next((s for s in starts[at + 1 :] if s >= end), len(text))
    sentence = text[starts[at] : after]
    left = starts[at] + len(sentence) - len(sentence.lstrip())
    return min(left, start), max(starts[at] + len(sentence.rstrip()), end)
