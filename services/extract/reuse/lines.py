"""Lines: the second thing by which furniture is counted. Pure.

Most furniture is a line too short to hold a gram: a caption, a link to another page, a request to
subscribe. A line is known by its normalised words, so quotes, dashes and spaces do not matter.
"""

from __future__ import annotations

import hashlib
import re
from bisect import bisect_left
from dataclasses import dataclass
from itertools import pairwise

from services.extract.reuse.fingerprints import GRAM_WORDS
from services.extract.reuse.tokens import Tokens

LINES_AT_EACH_END = 100
# Of the two kinds of hash one is never taken for the other: no gram holds this character.
_PREFIX = b"line\n"
_BREAK = re.compile(r"\r\n?|\n|\u2028|\u2029|\x0b|\x0c|\x85")


@dataclass(frozen=True, slots=True)
class Line:
    """One line: `[start, end)` in code points, first word to last, its hash and words."""

    start: int
    end: int
    hash: int
    words: int


def find_lines(text: str, tokens: Tokens) -> tuple[Line, ...]:
    """Return every line of *text* that holds a word, in reading order.

    *tokens* are those of *text*. The hash is BLAKE2b over the line's normalised words, as a signed
    64-bit integer.
    """
    breaks = [0, *(match.end() for match in _BREAK.finditer(text)), len(text)]
    firsts = [bisect_left(tokens.starts, at) for at in breaks]
    return tuple(
        [
            Line(
                tokens.starts[first],
                tokens.ends[last - 1],
                _hash(tokens.words[first:last]),
                last - first,
            )
            for first, last in pairwise(firsts)
            if first < last
        ]
    )


def line_hashes(text: str, tokens: Tokens) -> tuple[int, ...]:
    """Choose the lines by which furniture is counted: the distinct hashes, at most 200.

    Kept are the first 100 and the last 100: furniture stands around an article, not in the middle
    of a long one.
    """
    return tuple([line.hash for line in _kept_lines(text, tokens)])


def long_lines(text: str, tokens: Tokens) -> tuple[int, ...]:
    """Return those of `line_hashes` that hold as many words as a gram.

    They find articles that share words as fingerprints do: a quotation that stands alone in its
    line is always found, though a sample of grams misses one in three.
    """
    kept = _kept_lines(text, tokens)
    return tuple([line.hash for line in kept if line.words >= GRAM_WORDS])


def _kept_lines(text: str, tokens: Tokens) -> list[Line]:
    lines = list({line.hash: line for line in find_lines(text, tokens)}.values())
    if len(lines) > 2 * LINES_AT_EACH_END:
        lines[LINES_AT_EACH_END:-LINES_AT_EACH_END] = []
    return lines


def _hash(words: tuple[str, ...]) -> int:
    digest = hashlib.blake2b(_PREFIX + " ".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
