"""The body of a page: trafilatura over one tree, then our filter over its lines."""

from __future__ import annotations

import re
from collections.abc import Collection

import trafilatura
from lxml import etree
from lxml import html as lxml_html

from services.extract.cleaning.lone_links import read_lone_links
from services.extract.cleaning.page_lines import filter_lines
from services.extract.cleaning.parted_body import unite
from services.extract.outcome import LineFate

_LOST_FROM_CHARACTERS = 500
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


def body_lines(
    tree: lxml_html.HtmlElement, titles: Collection[str], authors: Collection[str] = ()
) -> tuple[LineFate, ...]:
    """Give the paragraphs of the article, and those dropped from among them; none if none found."""
    lines = _read_lines(tree)
    if lines and unite(tree, lines):
        lines = _read_lines(tree)
    return filter_lines(lines, titles, read_lone_links(tree), authors)


def _read_lines(tree: lxml_html.HtmlElement) -> list[str]:
    found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=True)
    text = None if found is None or isinstance(found, dict) else found.text
    lines = (_SPACE.sub(" ", line).strip() for line in (text or "").split("\n"))
    return [line for line in lines if line]


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
