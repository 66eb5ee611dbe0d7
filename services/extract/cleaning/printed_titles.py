"""The title of a printed text: its first large line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence

from services.extract.cleaning.document_fields import stated_title
from services.extract.cleaning.printed_lines import PrintedParagraph
from shared.model import Field, Source

_LARGER = 1.15  # than the text
_LIKE_THE_LARGEST = 0.75
_MAX_TITLE_CHARACTERS = 300
_WORD = re.compile(r"\w+")


def title_of_print(paragraphs: Sequence[PrintedParagraph], stated: str) -> Field | None:
    """Choose among the large paragraphs of the first page.

    The one that the document's properties state (*stated*) wins, then the first of those about as
    large as the largest, if it has words enough: a letterhead is larger still, but short.
    """
    large = _large_paragraphs(paragraphs)
    said = _folded(stated_title(stated) or "")
    agreeing = (p for p in large if said and len(_folded(p.text)) >= 12 and _folded(p.text) in said)
    if agreed := next(agreeing, None):
        return Field(agreed.text, Source.TEXT, 0.9)
    wordy = [
        p
        for p in large
        if len(_WORD.findall(p.text)) >= 4 or len(p.text.encode()) >= 2 * len(p.text)
    ]
    chosen = [p for p in wordy if p.size >= _LIKE_THE_LARGEST * max(q.size for q in wordy)]
    return Field(chosen[0].text, Source.TEXT, 0.8) if chosen else None


def _large_paragraphs(paragraphs: Sequence[PrintedParagraph]) -> list[PrintedParagraph]:
    sizes: Counter[float] = Counter()
    for paragraph in paragraphs:
        sizes[round(paragraph.size, 1)] += len(paragraph.text)
    usual = sizes.most_common(1)[0][0] if sizes else 0.0
    return [
        p
        for p in paragraphs
        if p.page == 0 and p.size >= _LARGER * usual and len(p.text) <= _MAX_TITLE_CHARACTERS
    ]


def _folded(text: str) -> str:
    return "".join(_WORD.findall(text.casefold()))
