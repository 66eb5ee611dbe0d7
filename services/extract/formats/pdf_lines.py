"""The lines of one PDF page, with place and size, from the fragments that pypdf visits."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from services.extract.cleaning.printed_lines import PrintedLine, plain_line
from services.extract.cleaning.printed_pages import PrintedPage

if TYPE_CHECKING:
    from pypdf import PageObject


def page_lines(page: PageObject) -> PrintedPage:
    """Read the lines of *page* in the order they were set."""
    box = page.mediabox
    lines = _Lines(float(box.top))
    page.extract_text(visitor_text=lines.take)
    lines.end()
    return PrintedPage(tuple(lines.ended), float(box.height))


class _Lines:
    """Gathers fragments into lines; a line is where its first visible fragment is."""

    def __init__(self, page_top: float) -> None:
        self.ended: list[PrintedLine] = []
        self._page_top = page_top
        self._texts: list[str] = []
        self._begun: tuple[float, float, float, bool] | None = None

    def take(
        self,
        text: str,
        page_matrix: Sequence[float],
        text_matrix: Sequence[float],
        font: Mapping[str, Any] | None,
        size: float,
    ) -> None:
        """Take one fragment, with the matrices that place it on the page (in points)."""
        for index, part in enumerate(text.split("\n")):
            if index:
                self.end()
            self._texts.append(part)
            if self._begun is None and part.strip():
                left, up, scale = _placed(page_matrix, text_matrix)
                is_bold = "bold" in str((font or {}).get("/BaseFont", "")).lower()
                self._begun = (left, self._page_top - up, size * scale, is_bold)

    def end(self) -> None:
        """End the line; one without visible text is none."""
        text = plain_line("".join(self._texts))
        if text and self._begun:
            self.ended.append(PrintedLine(text, *self._begun))
        self._texts, self._begun = [], None


def _placed(page: Sequence[float], text: Sequence[float]) -> tuple[float, float, float]:
    """Give where a fragment begins (from the left and the bottom), and how its size is scaled."""
    left = text[4] * page[0] + text[5] * page[2] + page[4]
    up = text[4] * page[1] + text[5] * page[3] + page[5]
    across = text[2] * page[0] + text[3] * page[2]
    return left, up, math.hypot(across, text[2] * page[1] + text[3] * page[3])
