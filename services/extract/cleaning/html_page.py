"""The body of a page: trafilatura over one tree, then our filter over its lines."""

from __future__ import annotations

import html
import re
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from typing import Any

import trafilatura
from lxml import etree
from lxml import html as lxml_html

from services.extract.cleaning.lone_links import folded, read_lone_links
from services.extract.cleaning.page_lines import filter_lines
from services.extract.cleaning.parted_body import unite
from services.extract.outcome import LineFate

_LOST_FROM_CHARACTERS = 500
_FAR_MORE = 3
_STATED = "The text was taken from the page's JSON-LD: the page itself shows none of it, or little."
_MARKUP = re.compile(r"</?[A-Za-z][A-Za-z0-9]{0,20}[\s/>]")
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


@dataclass(frozen=True, slots=True)
class Body:
    """The lines of the article, those dropped from among them too, and notes on their origin."""

    lines: tuple[LineFate, ...]
    notes: tuple[str, ...] = ()


def read_body(
    tree: lxml_html.HtmlElement,
    articles: Iterable[Mapping[str, Any]],
    titles: Collection[str],
    authors: Collection[str] = (),
) -> Body:
    """Give the body that the page shows; that of its JSON-LD (*articles*) when it shows none."""
    lines = _read_lines(tree)
    if lines and unite(tree, lines):
        lines = _read_lines(tree)
    stated = _stated_lines(articles)
    if _is_stated_alone(stated, lines):
        return Body(filter_lines(stated, titles, authors=authors), (_STATED,))
    return Body(filter_lines(lines, titles, read_lone_links(tree), authors))


def _is_stated_alone(stated: list[str], lines: list[str]) -> bool:
    """Say whether the page shows far less than it states, or *lines* came from its JSON-LD too."""
    if sum(map(len, stated)) >= _FAR_MORE * max(_LOST_FROM_CHARACTERS, sum(map(len, lines))):
        return True
    return len(lines) < len(stated) and folded(" ".join(lines)) == folded(" ".join(stated))


def _stated_lines(articles: Iterable[Mapping[str, Any]]) -> list[str]:
    """Give the lines of the longest `articleBody`; none when it holds markup."""
    bodies = (body for node in articles if isinstance(body := node.get("articleBody"), str))
    longest = html.unescape(max(bodies, key=len, default=""))
    return [] if _MARKUP.search(longest) else _stripped(longest)


def _read_lines(tree: lxml_html.HtmlElement) -> list[str]:
    found = trafilatura.bare_extraction(tree, include_comments=False, include_tables=True)
    text = None if found is None or isinstance(found, dict) else found.text
    return _stripped(text or "")


def _stripped(text: str) -> list[str]:
    return [line for raw in text.split("\n") if (line := _SPACE.sub(" ", raw).strip())]


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
