"""Marked-up text as a reader sees it: its words, and how many. Pure."""

from __future__ import annotations

import html
import re

_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,5000}>")
_WORD = re.compile(r"[^\W_]+")
# Scripts that put no space between words; two of their characters make about one word.
_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


def without_tags(markup: str) -> str:
    """Put a space in the place of every tag, and characters in that of entities."""
    return html.unescape(_TAG.sub(" ", markup))


def shown_line(markup: str) -> str:
    """Give the words a reader sees, in one line."""
    return " ".join(without_tags(markup).split())


def count_words(text: str) -> int:
    """Count the words of plain text, whatever its script."""
    return len(_WORD.findall(text)) + len(_WIDE.findall(text)) // 2
