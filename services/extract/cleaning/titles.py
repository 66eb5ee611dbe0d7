"""The title of copied text, by the look of its lines; a working title where there is none."""

from __future__ import annotations

import re
from collections.abc import Sequence

from services.extract.cleaning.lines import LineKind, ends_a_sentence, kind_of_line
from shared.model import Field, Source

_WORDS = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_LOOK_BACK_LINES = 15
_WORKING_TITLE_CHARACTERS = 80


def title_of_text(head: Sequence[str], paragraphs: Sequence[str]) -> tuple[Field | None, bool]:
    """Find the title of copied text.

    A title has no full stop and is followed by longer text. It is sought in the last lines before
    the body, then in the body's first line.

    Returns:
        The title or None, and whether it is the first paragraph (which then is no paragraph).
    """
    candidates = [line for line in head[-_LOOK_BACK_LINES:] if _may_be_title(line)]
    if candidates:
        best = max(candidates, key=lambda line: min(len(_WORDS.findall(line)), 8))
        return Field(best, Source.TEXT, 0.8), False
    if len(paragraphs) >= 2 and _may_be_title(paragraphs[0]) and _is_body(paragraphs[1]):
        return Field(paragraphs[0], Source.TEXT, 0.7), True
    return None, False


def _may_be_title(line: str) -> bool:
    if not 12 <= len(line) <= 220 or line.endswith((".", ":", ",", ";", "。")):
        return False
    if kind_of_line(line) not in {LineKind.SHORT, LineKind.PROSE}:
        return False
    return len(_WORDS.findall(line)) >= 3 or len(line.encode()) >= 2 * len(line)


def _is_body(line: str) -> bool:
    return len(line) >= 100 or ends_a_sentence(line)


def working_title(text: str) -> Field:
    """Give the first words of the text, to call an article without title by; always a guess."""
    start = _SPACE.sub(" ", text[:400]).strip()
    if len(start) > _WORKING_TITLE_CHARACTERS:
        start = start[:_WORKING_TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"
    return Field(start, Source.GUESS, 0.2)
