"""What a reader of the page sees beside the article: each line with where it stands."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from lxml import etree
from lxml import html as lxml_html

from services.extract.cleaning.lone_links import folded
from services.extract.outcome import LineFate

MAX_LINES_LISTED = 2000
_MAX_LINE_CHARACTERS = 2000
_UNSEEN = frozenset(["head", "script", "style", "noscript", "template", "select", "option"])
_INLINE = {
    "a", "abbr", "acronym", "b", "bdi", "bdo", "big", "cite", "code", "data", "del", "dfn", "em",
    "font", "i", "img", "ins", "kbd", "label", "mark", "q", "s", "samp", "small", "span", "strong",
    "sub", "sup", "time", "tt", "u", "var", "wbr",
}  # fmt: skip
_OUTSIDE = "outside the article"
_PLACES = {
    "nav": "navigation",
    "header": "head of the page",
    "footer": "foot of the page",
    "aside": "beside the article",
    "figcaption": "caption",
    "form": "form",
    "button": "button",
    "h1": "title",
}


def with_page_lines(
    tree: lxml_html.HtmlElement, body: Sequence[LineFate]
) -> tuple[tuple[LineFate, ...], tuple[str, ...]]:
    """Put the other visible lines of the page around and between those of *body*.

    Returns:
        At most 2,000 more lines, in reading order, and a note when the page has still more.
    """
    others = _merged(tree, body)
    lines: list[LineFate] = []
    listed = left_out = 0
    for fate, is_of_body in others:
        listed += not is_of_body
        if is_of_body or listed <= MAX_LINES_LISTED:
            lines.append(fate)
        else:
            left_out += 1
    notes = (f"{left_out:,} more lines of the page are not listed.",) if left_out else ()
    return tuple(lines), notes


def _merged(
    tree: lxml_html.HtmlElement, body: Sequence[LineFate]
) -> Iterator[tuple[LineFate, bool]]:
    places: dict[str, int] = {}
    for place, fate in enumerate(body):
        places.setdefault(folded(fate.text), place)
    cells = {folded(cell) for fate in body if "|" in fate.text for cell in fate.text.split("|")}
    given = 0
    for text, where in visible_lines(tree):
        key = folded(text)
        place = places.get(key, -1)
        if place >= given:
            yield from ((fate, True) for fate in body[given : place + 1])
            given = place + 1
        elif place < 0 and key not in cells:
            yield LineFate(text[:_MAX_LINE_CHARACTERS], where), False
    yield from ((fate, True) for fate in body[given:])


def visible_lines(tree: lxml_html.HtmlElement) -> Iterator[tuple[str, str]]:
    """Yield the lines of a page as it shows them, each with the place it stands in."""
    buffer: list[str] = []
    places = [_OUTSIDE]
    walker = etree.iterwalk(tree, events=("start", "end"))
    for event, element in walker:
        starts = event == "start"
        if element.tag not in _INLINE:
            yield from _flushed(buffer, places[-1])
        if element.tag in _UNSEEN:
            if starts:
                walker.skip_subtree()
        elif starts:
            places += [_PLACES[element.tag]] if element.tag in _PLACES else []
            buffer.append(element.text or "")
        elif element.tag in _PLACES:
            places.pop()
        if not starts:
            buffer.append(element.tail or "")
    yield from _flushed(buffer, _OUTSIDE)


def _flushed(buffer: list[str], place: str) -> Iterator[tuple[str, str]]:
    text = " ".join("".join(buffer).split())
    buffer.clear()
    if text:
        yield text, place
