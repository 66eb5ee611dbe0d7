"""The body of a page: trafilatura over one tree, then our filter over its lines."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Collection

import trafilatura
from lxml import etree
from lxml import html as lxml_html

from services.extract.cleaning.lines import LineKind, kind_of_line
from services.extract.outcome import LineFate

_LOST_FROM_CHARACTERS = 500
_REPEAT_FROM_CHARACTERS = 25
_SPACE = re.compile(r"[ \t\u00a0]+")
_INVISIBLE = {"script", "style", "noscript", "template", "title", "nav", "footer", "header", "form"}


def parse_page(source: str) -> lxml_html.HtmlElement | None:
    """Parse a page made harmless (see `html_source`); None when it holds no element at all."""
    parser = lxml_html.HTMLParser(
        huge_tree=True, remove_comments=True, remove_pis=True, encoding="utf-8"
    )
    try:
        tree = lxml_html.document_fromstring(source.encode("utf-8", "replace"), parser=parser)
    except etree.ParserError:
        return None
    return tree


def body_lines(tree: lxml_html.HtmlElement, titles: Collection[str]) -> tuple[LineFate, ...]:
    """Give the paragraphs of the article, and those dropped from among them; none if none found."""
    found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=True)
    text = None if found is None or isinstance(found, dict) else found.text
    lines = [_SPACE.sub(" ", line).strip() for line in (text or "").split("\n")]
    return filter_lines([line for line in lines if line], titles)


def filter_lines(lines: list[str], titles: Collection[str]) -> tuple[LineFate, ...]:
    """Drop titles at the start, phrases of the page, captions and repeated lines."""
    shown_as_title = {title.casefold() for title in titles}
    seen: Counter[str] = Counter()
    fates: list[LineFate] = []
    for position, line in enumerate(lines):
        folded = line.casefold()
        seen[folded] += 1
        if seen[folded] > 1 and len(line) >= _REPEAT_FROM_CHARACTERS:
            dropped: str | None = "repeat"
        elif position < 3 and folded in shown_as_title:
            dropped = "title"
        else:
            kind = kind_of_line(line)
            dropped = kind.value if kind in {LineKind.PHRASE, LineKind.CAPTION} else None
        fates.append(LineFate(line, dropped))
    return tuple(fates)


def has_lost_text(tree: lxml_html.HtmlElement) -> bool:
    """Say whether the page shows more than 500 characters to a reader."""
    characters = 0
    for element in tree.iter():
        if element.tag not in _INVISIBLE:
            characters += len((element.text or "").strip())
        characters += len((element.tail or "").strip())
        if characters > _LOST_FROM_CHARACTERS:
            return True
    return False
