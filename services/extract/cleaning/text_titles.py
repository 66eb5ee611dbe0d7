"""The title of copied text, by the look of its lines; a working title where there is none."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence

from services.extract.cleaning.datelines import without_dateline
from services.extract.cleaning.lines import LineKind, ends_a_sentence, kind_of_line
from shared.model import Field, Source

_LOOK_BACK_LINES = 40
_BODY_CHARACTERS = 20_000
_ENOUGH_SHARED = 0.25  # of its words; asked of lines further than a few above the body
_NEAR_LINES = 3
_POINTS_PER_LINE = -0.01
_POINTS_ABOVE_BYLINE = 0.6  # between byline and body stand captions and standfirsts
_POINTS_IF_LONG = -0.3
_LONG_CHARACTERS = 110
_FULL_WORDS = 7
_WORKING_TITLE_CHARACTERS = 80
_SPACE = re.compile(r"\s+")
_WORDS = re.compile(r"\w+")
_SCRIPTS_WITHOUT_SPACES = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff]")
_SENTENCE = re.compile(r"^(.{20,200}?[.!?…])[\"'”’»)]{0,2}(?=\s[^\W\d_a-z])|^(.{8,100}?[。！？])")
_NO_TITLE = re.compile(r"https?:|www\.|\s\|\s.{0,40}\s\|\s|\.\.\.$|…$")


def title_of_text(head: Sequence[str], paragraphs: Sequence[str]) -> tuple[Field | None, bool]:
    """Find the title of copied text.

    A title has no full stop, stands before longer text and shares words with it. It is sought in
    the last lines before the body, and in the body's first line.

    Returns:
        The title or None, and whether it is the first paragraph (which then is no paragraph).
    """
    opens_body = len(paragraphs) >= 2 and _may_be_title(paragraphs[0]) and _is_body(paragraphs[1])
    known = _terms(" ".join(paragraphs[1 if opens_body else 0 :])[:_BODY_CHARACTERS])
    judged = list(_judged(head[-_LOOK_BACK_LINES:], known))
    if opens_body:
        judged.append((_score(paragraphs[0], known), paragraphs[0]))
    if not judged:
        return None, False
    line = max(judged, key=lambda found: found[0])[1]
    stands_in_body = opens_body and line == paragraphs[0]
    return Field(line, Source.TEXT, 0.7 if stands_in_body else 0.8), stands_in_body


def _judged(head: Sequence[str], known: frozenset[str]) -> Iterator[tuple[float, str]]:
    """Judge the lines that may be a title, the last first."""
    below_byline = True
    for distance, line in enumerate(reversed(head), start=1):
        kind = kind_of_line(line)
        below_byline = below_byline and kind is not LineKind.BYLINE
        if not _may_be_title(line):
            continue
        if distance <= _NEAR_LINES or _shared(line, known) >= _ENOUGH_SHARED:
            points = _score(line, known) + distance * _POINTS_PER_LINE
            yield points + (0.0 if below_byline else _POINTS_ABOVE_BYLINE), line


def working_title(text: str) -> Field:
    """Name an article without title by its first sentence, shortened at a word; always a guess."""
    start = _SPACE.sub(" ", without_dateline(text[:400].strip())).strip()
    if sentence := _SENTENCE.match(start):
        start = sentence[0].rstrip(".。")
    if len(start) > _WORKING_TITLE_CHARACTERS:
        start = start[:_WORKING_TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"
    return Field(start, Source.GUESS, 0.2)


def _may_be_title(line: str) -> bool:
    if not 12 <= len(line) <= 220 or line.endswith((".", ":", ",", ";", "。")):
        return False
    if kind_of_line(line) not in {LineKind.SHORT, LineKind.PROSE} or _NO_TITLE.search(line):
        return False
    return len(_WORDS.findall(line)) >= 3 or _SCRIPTS_WITHOUT_SPACES.search(line) is not None


def _is_body(line: str) -> bool:
    return len(line) >= 100 or ends_a_sentence(line)


def _score(line: str, known: frozenset[str]) -> float:
    words = min(len(_WORDS.findall(line)), _FULL_WORDS) / (2 * _FULL_WORDS)
    return _shared(line, known) + words + (_POINTS_IF_LONG if len(line) > _LONG_CHARACTERS else 0)


def _shared(line: str, known: frozenset[str]) -> float:
    terms = _terms(line)
    return len(terms & known) / len(terms) if terms else 0.0


def _terms(text: str) -> frozenset[str]:
    """Give the longer words, or pairs of characters in scripts without spaces."""
    words = [word for word in _WORDS.findall(text.casefold()) if len(word) >= 4]
    wide = _SCRIPTS_WITHOUT_SPACES.findall(text)
    pairs = (a + b for a, b in itertools.pairwise(wide))
    return frozenset(pairs) if len(wide) * 2 > len(text) else frozenset(words)
