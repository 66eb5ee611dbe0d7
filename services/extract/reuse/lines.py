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

from services.extract.reuse.tokens import Tokens

LINES_AT_EACH_END = 100
# Of the two kinds of hash one is never taken for the other: no gram holds this character.
_PREFIX = b"line\n"
_BREAK = re.compile(r"\r\n?|\n|\u2028|\u2029|\x0b|\x0c|\x85")


@dataclass(frozen=True, slots=True)
class Line:
    """The words of one line: `[start, end)` in code points, first word to last, and their hash."""

    start: int
    end: int
    hash: int


def find_lines(text: str, tokens: Tokens) -> tuple[Line, ...]:
    """Return every line of *text* that holds a word, in reading order.

    *tokens* are those of *text*. The hash is BLAKE2b over the line's normalised words, as a signed
    64-bit integer.
    """
    breaks = [0, *(match.end() for match in _BREAK.finditer(text)), len(text)]
    firsts = [bisect_left(tokens.starts, at) for at in breaks]
    return tuple(
        [
            Line(tokens.starts[first], tokens.ends[last - 1], _hash(tokens.words[first:last]))
            for first, last in pairwise(firsts)
            if first < last
        ]
    )


def line_hashes(text: str, tokens: Tokens) -> tuple[int, ...]:
    """Choose the lines by which furniture is counted: the distinct hashes, at most 200.

    Kept are the first 100 and the last 100: furniture stands around an article, not in the middle
    of a long one.
    """
    hashes = list(dict.fromkeys(line.hash for line in find_lines(text, tokens)))
    if len(hashes) > 2 * LINES_AT_EACH_END:
        hashes[LINES_AT_EACH_END:-LINES_AT_EACH_END] = []
    return tuple(hashes)


def _hash(words: tuple[str, ...]) -> int:
    digest = hashlib.blake2b(_PREFIX + " ".join(words).encode(), digest_size=8).digest()
    return int.from_bytes(digest, "big", signed=True)
