"""Lines of a page that are nothing but a link: teasers, unless they stand in a list or heading."""

from __future__ import annotations

import itertools
from collections.abc import Iterator
from dataclasses import dataclass

from lxml import html as lxml_html

_BLOCKS = {
    "p", "li", "h1", "h2", "h3", "h4", "h5", "h6", "div", "td", "th", "dd", "dt", "figcaption",
    "blockquote", "section", "article", "aside", "header", "footer", "body", "html",
}  # fmt: skip
_MAX_PARTS = 40
_MAX_CHARACTERS = 400
_MAX_LINKS = 5000
_KICKER_CHARACTERS = 60


@dataclass(frozen=True, slots=True)
class LoneLinks:
    """Folded texts that are links: `paragraphs` fill a whole `<p>`, `anywhere` any link at all."""

    paragraphs: frozenset[str] = frozenset()
    anywhere: frozenset[str] = frozenset()


def folded(text: str) -> str:
    """Give *text* without blanks, list marks and capitals, to compare what two parsers give."""
    return "".join(text.split()).casefold().lstrip("-")


def read_lone_links(tree: lxml_html.HtmlElement) -> LoneLinks:
    """Collect the texts of the page's first 5,000 links that lead away from it."""
    paragraphs: set[str] = set()
    anywhere: set[str] = set()
    for link, text in itertools.islice(_links(tree), _MAX_LINKS):
        anywhere.add(folded(text))
        block = _block_of(link)
        if block is not None and block.tag == "p" and _is_filled(block, text):
            paragraphs.add(folded(_text_of(block)))
    return LoneLinks(frozenset(paragraphs), frozenset(anywhere))


def _links(tree: lxml_html.HtmlElement) -> Iterator[tuple[lxml_html.HtmlElement, str]]:
    for link in tree.iter("a"):
        address = link.get("href")
        if address and not address.startswith("#") and (text := _text_of(link)):
            yield link, text


def _block_of(element: lxml_html.HtmlElement) -> lxml_html.HtmlElement | None:
    return next((above for above in element.iterancestors() if above.tag in _BLOCKS), None)


def _is_filled(block: lxml_html.HtmlElement, link_text: str) -> bool:
    """Say whether *block* holds the link alone, or after a kicker: `MORE: ...`, `Read | ...`."""
    before, found, after = _text_of(block).partition(link_text)
    if not found or len(folded(after)) > 1:
        return False
    kicker = before.strip(" ([-–—>")
    return not kicker or (len(kicker) <= _KICKER_CHARACTERS and kicker.endswith((":", "|")))


def _text_of(element: lxml_html.HtmlElement) -> str:
    """Give the text of a short element, blanks squeezed; nothing for a long one."""
    parts = list(itertools.islice(element.itertext(), _MAX_PARTS))
    text = " ".join("".join(parts).split())
    return text if len(parts) < _MAX_PARTS and len(text) <= _MAX_CHARACTERS else ""
