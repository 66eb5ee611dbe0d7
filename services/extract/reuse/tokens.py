"""Word tokens that remember where they stand in the stored text. Pure."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_left, bisect_right
from dataclasses import dataclass

_APOSTROPHES = "'\u2019\u02bc\u2018\u201b\uff07"
# Marks and invisible joiners belong to the word they stand in: a decomposed "é" is one letter, and
# a soft hyphen must not cut a word that a reader sees whole.
_MARKS = "".join(
    chr(point) for point in range(0x300, 0x1AC0) if unicodedata.category(chr(point)).startswith("M")
)
_INVISIBLE = "\u00ad\u200b\u200c\u200d\u2060\ufeff"
# Feeds escape twice: an entity left in the stored text is the punctuation it stands for.
_APOSTROPHE_ENTITY = r"&(?:apos|rsquo|lsquo|#0{0,3}39|#x27|#821[67]|#x201[89]);"
_ENTITY = r"&(?:[a-z]{2,8}|#[0-9]{1,7}|#x[0-9a-f]{1,6});"
_WORD = re.compile(
    rf"{_ENTITY}|([^\W_]++(?:[{_MARKS}{_INVISIBLE}]++(?:[^\W_]++)?"
    rf"|(?:[{_APOSTROPHES}]|{_APOSTROPHE_ENTITY})[^\W_]++)*+)",
    re.IGNORECASE,
)
_FOLD = {ord(mark): "'" for mark in _APOSTROPHES} | dict.fromkeys(map(ord, _INVISIBLE))


# Places in a stored text, `[start, end)` in code points.
Spans = tuple[tuple[int, int], ...]


@dataclass(frozen=True, slots=True)
class Tokens:
    """The words of one text in reading order, normalised, with their places.

    `words[i]` is the normalised form of `text[starts[i]:ends[i]]`; offsets are code points of the
    text as stored, so an HTML-decoded quote or a ligature never shifts them.
    """

    words: tuple[str, ...]
    starts: tuple[int, ...]
    ends: tuple[int, ...]

    def __len__(self) -> int:
        return len(self.words)

    def inside(self, spans: Spans) -> bytearray:
        """Mark with 1 the tokens that touch any of *spans* (sorted, apart), all others with 0."""
        mask = bytearray(len(self.words))
        for start, end in spans:
            first, last = bisect_right(self.ends, start), bisect_left(self.starts, end)
            mask[first:last] = b"\x01" * max(0, last - first)
        return mask


def normalise_word(word: str) -> str:
    """Return *word* lower-cased and NFKC-folded, apostrophes straight, invisible joiners gone."""
    if "&" in word:
        word = html.unescape(word)
    if word.isascii():
        return word.lower()
    folded = unicodedata.normalize("NFKC", word.translate(_FOLD)).lower()
    return unicodedata.normalize("NFKC", folded)


def tokenize(text: str) -> Tokens:
    """Split *text* into word tokens: word characters with inner apostrophes, in linear time.

    Quotes, dashes and spaces are never part of a word, so texts that differ only in those have
    equal `words`.
    """
    found = [match for match in _WORD.finditer(text) if match.lastindex]
    return Tokens(
        words=tuple([normalise_word(match.group()) for match in found]),
        starts=tuple([match.start() for match in found]),
        ends=tuple([match.end() for match in found]),
    )
