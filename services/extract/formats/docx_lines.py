"""The lines of a Word document, from the HTML that mammoth makes of it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from lxml import html as lxml_html

from shared.model import Field, Source

HEADINGS = ("h1", "h2", "h3", "h4", "h5", "h6")
_BLOCKS = (*HEADINGS, "p", "li", "tr")
_LISTS = ("ul", "ol")
_LONGEST_CELL_CHARACTERS = 100  # longer ones are text that a table only lays out
_TITLE_WITHIN = 8  # a heading further down parts the text


@dataclass(frozen=True, slots=True)
class DocumentLine:
    """One line, and the element it comes from: `title`, `h1` to `h6`, `p`, `li` or `tr`."""

    text: str
    kind: str


def lines_of_html(html: str) -> tuple[DocumentLine, ...]:
    """Give headings, paragraphs, items of lists and rows of tables as lines, then the notes."""
    if not html.strip():
        return ()
    body = lxml_html.document_fromstring(f"<html><body>{html}</body></html>").body
    for reference in body.xpath("//a[starts-with(@href, '#') and contains(@href, 'note-')]"):
        reference.drop_tree()
    for line_break in body.iter("br"):
        line_break.tail = "\n" + (line_break.tail or "")
    return tuple(_lines(body))


def heading_among(lines: Sequence[DocumentLine]) -> Field | None:
    """Take what has the style Title for the title, else a heading among the first lines."""
    for text in (line.text for line in lines if line.kind == "title"):
        return Field(text, Source.TEXT, 0.95)
    for line in lines[:_TITLE_WITHIN]:
        if line.kind in HEADINGS and len(line.text.split()) >= 2:
            return Field(line.text, Source.TEXT, 0.85)
    return None


def _lines(parent: lxml_html.HtmlElement) -> Iterator[DocumentLine]:
    is_row: dict[lxml_html.HtmlElement, bool] = {}
    for element in parent.iter(*_BLOCKS):
        if element.tag == "tr":
            is_row[element] = _is_row(element)
            if is_row[element]:
                cells = (" ".join(cell.text_content().split()) for cell in element)
                yield from _line(" | ".join(cell for cell in cells if cell), "tr")
        elif not is_row.get(next(element.iterancestors("tr"), None), False):
            kind = "title" if element.get("class") == "title" else str(element.tag)
            for text in _own_text(element).split("\n"):
                yield from _line(" ".join(text.split()), kind)


def _line(text: str, kind: str) -> Iterator[DocumentLine]:
    if text:
        yield DocumentLine(text, kind)


def _is_row(row: lxml_html.HtmlElement) -> bool:
    """Say whether a row holds values; a letterhead or a whole text may be laid out by a table."""
    cells = [cell for cell in row if cell.text_content().strip()]
    return len(cells) > 1 and all(
        len(cell) <= 1 and len(cell.text_content()) <= _LONGEST_CELL_CHARACTERS for cell in cells
    )


def _own_text(element: lxml_html.HtmlElement) -> str:
    """Give the text that no block inside gives: an item that holds a list has text of its own."""
    if not _holds_blocks(element):
        return str(element.text_content())
    if element.tag != "li":
        return ""
    texts = [element.text or ""]
    for child in element:
        is_block = child.tag in {*_BLOCKS, *_LISTS} or _holds_blocks(child)
        texts += ["\n" if is_block else str(child.text_content()), child.tail or ""]
    return "".join(texts)


def _holds_blocks(element: lxml_html.HtmlElement) -> bool:
    inside = element.iterdescendants(*_BLOCKS, *_LISTS)
    return next(inside, None) is not None
