"""Words of a text, with their offsets. Pure."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass

_UNSPACED = "\u0e00-\u0eff\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff"
_MARKS = "\u0300-\u036f\u1dc0-\u1dff\u20d0-\u20f0\ufe20-\ufe2f\u00ad\u200b-\u200d\u2060"
_ALNUM = rf"[^\W_{_UNSPACED}]"
_TOKEN = re.compile(
    r"(?:US|HK|NZ|A|C|S)\$"  # a currency: `US` in `US$130 million` is not the country
    r"|(?<![^\W_])[^\W\d_](?:\.[^\W\d_])+(?![^\W_])\.?"  # U.S.  D.C.  U.N
    r"|\d+(?:[.,]\d+)+"
    rf"|[{_UNSPACED}]"  # scripts without spaces: one character a token
    r"|['’ʼ][sS](?![^\W_])"  # a possessive: matched, then left out
    rf"|{_ALNUM}++(?:[{_MARKS}]++{_ALNUM}*+)*+"
    rf"(?:['’ʼ](?![sS](?![^\W_])){_ALNUM}++(?:[{_MARKS}]++{_ALNUM}*+)*+)*+"
)
_APOSTROPHES = frozenset("'’ʼ")


@dataclass(frozen=True, slots=True)
class Token:
    """One word of a text: `[start, end)` in code points and its spelling without dots."""

    start: int
    end: int
    spelling: str


def tokens(text: str) -> Iterator[Token]:
    """Yield the words of *text* in order; linear time, no folding yet."""
    for start, end, spelling in scan(text, 0, len(text)):
        yield Token(start, end, spelling)


def scan(text: str, low: int, high: int) -> Iterator[tuple[int, int, str]]:
    """Yield start, end and spelling of the words in `text[low:high]`: tokens that cost less."""
    for found in _TOKEN.finditer(text, low, high):
        spelling = found.group()
        if spelling[0] in _APOSTROPHES:
            continue
        if "." in spelling and not spelling[0].isdigit():
            spelling = spelling.replace(".", "")
        yield found.start(), found.end(), spelling
