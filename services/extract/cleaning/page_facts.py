"""What a page says about itself: JSON-LD, meta, headings, times, bylines.

The few elements that can hold fields are cut out of the one parsed tree and given to
BeautifulSoup, which costs a quarter of parsing the whole page again.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import urljoin, urlsplit

from bs4 import BeautifulSoup, Tag
from lxml import html as lxml_html

from services.extract.cleaning.agreement import agree, folded
from services.extract.cleaning.headline_block import HeadLine, is_elsewhere, lines_beside
from services.extract.cleaning.json_ld import article_nodes
from services.extract.cleaning.page_articles import addresses_of, own_articles, own_first

_MAX_FRAGMENT_CHARACTERS = 5000
_MAX_HEADING_CHARACTERS = 500
_LIMITS = {"meta": 300, "title": 1, "script": 40, "link": 10}
_MAX_HEADINGS = 6
_MAX_TIMES = 40
_MAX_BYLINES = 15
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|author|auteur|autor|verfasser|writer)", re.IGNORECASE
)
_NOT_BYLINE_CLASS = re.compile(
    r"bio|avatar|image|photo|social|follow|comment|related|box|desc", re.IGNORECASE
)
_DATED = frozenset(("datepublished", "datemodified", "datecreated", "dateline"))
_SPACE = re.compile(r"\s+")
_UNSEEN = re.compile("[\u00ad\u200b\u2060\ufeff]")
_NO_SPACE_BEFORE = frozenset(",.;:!?)]»”’…、。，」』】")


@dataclass(frozen=True, slots=True)
class TimeElement:
    """A `<time>` or dated element: its machine value, what it shows, and its class and itemprop.

    `is_elsewhere`: it stands among comments, teasers, in a footer and the like.
    """

    machine: str
    shown: str
    role: str
    is_elsewhere: bool = False


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The raw material of a page's fields, nothing decided; keys of `meta` are small letters.

    `articles` are JSON-LD objects, those about this page first and those about another left out;
    `beside` are the short lines at the headline.
    """

    articles: tuple[Mapping[str, Any], ...]
    meta: Mapping[str, tuple[str, ...]]
    title_tag: str
    headings: tuple[str, ...]
    times: tuple[TimeElement, ...]
    bylines: tuple[str, ...]
    beside: tuple[HeadLine, ...]
    url: str | None
    html_language: str | None

    def first(self, *names: str) -> str | None:
        """Return the first non-empty meta value of the first of *names* that has one."""
        return next((value for name in names for value in self.meta.get(name, ())), None)


def read_page_facts(tree: lxml_html.HtmlElement) -> PageFacts:
    """Collect the facts from a parsed page; the tree is left as it was."""
    soup = _soup_of_head(tree)
    meta = _meta(soup)
    title_tag = _UNSEEN.sub("", _text(soup.find("title")))
    headings = [(element, text) for element in _headings(tree) if (text := shown_text(element))]
    titles = [*meta.get("og:title", ())[:1], title_tag]
    articles = article_nodes(script.get_text() for script in soup.find_all("script"))
    addresses = _addresses(soup)
    heading = _own_heading(headings, titles)
    if heading is None:
        heading = _bears_title(tree, titles)
    around = frozenset(heading.iterancestors()) if heading is not None else frozenset()
    shown = [text for text in (*titles, *(text for _, text in headings)) if text]
    own = own_articles(articles, addresses, shown)
    url = next(filter(_is_whole, addresses), None) or _stated_address(own)
    return PageFacts(
        articles=tuple(own_first(own, url, shown)),
        meta=meta,
        title_tag=title_tag,
        headings=tuple(text for _, text in headings),
        times=tuple(_times(tree, around)),
        bylines=tuple(_bylines(tree, around)),
        beside=lines_beside(heading) if heading is not None else (),
        url=url,
        html_language=tree.get("lang") or tree.get("xml:lang"),
    )


def shown_text(element: lxml_html.HtmlElement) -> str:
    """Give the text of an element as it is seen: its parts apart, but no space before a comma."""
    text = ""
    for part in itertools.islice(element.itertext(), 50):
        apart = text and part and text[-1].isalnum() and part[0] not in _NO_SPACE_BEFORE
        text += f" {part}" if apart else part
        if len(text) > _MAX_HEADING_CHARACTERS:
            break
    return _SPACE.sub(" ", _UNSEEN.sub("", text)).strip()[:_MAX_HEADING_CHARACTERS]


def _soup_of_head(tree: lxml_html.HtmlElement) -> BeautifulSoup:
    taken = dict.fromkeys(_LIMITS, 0)
    fragments: list[str] = []
    for element in tree.iter(*_LIMITS):
        if element.tag == "link" and "canonical" not in element.get("rel", "").lower().split():
            continue
        taken[element.tag] += 1
        if taken[element.tag] <= _LIMITS[element.tag]:
            fragment = lxml_html.tostring(element, encoding="unicode", with_tail=False)
            if len(fragment) <= _MAX_FRAGMENT_CHARACTERS or element.tag == "script":
                fragments.append(fragment)
    return BeautifulSoup(f"<html><body>{''.join(fragments)}</body></html>", "lxml")


def _headings(tree: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    return itertools.islice(tree.iter("h1"), _MAX_HEADINGS)


def _own_heading(
    headings: Sequence[tuple[lxml_html.HtmlElement, str]], titles: Sequence[str]
) -> lxml_html.HtmlElement | None:
    """Give the heading that bears the page's title, else the only one."""
    own = next((e for e, text in headings if any(agree(text, title) for title in titles)), None)
    if own is None and len(headings) == 1:
        return headings[0][0]
    return own


def _bears_title(
    tree: lxml_html.HtmlElement, titles: Sequence[str]
) -> lxml_html.HtmlElement | None:
    """Give the first other element whose text is the page's title: some pages have no `<h1>`."""
    wanted = {folded(title) for title in titles} - {""}
    longest = 2 * max(map(len, titles), default=0)
    for element in tree.iter("h2", "h3", "h4", "p", "div", "span"):
        text = element.text or ""
        if 0 < len(text) <= longest and folded(text) in wanted:
            return element
    return None


def _bylines(
    tree: lxml_html.HtmlElement, around: Collection[lxml_html.HtmlElement]
) -> Iterator[str]:
    elements = tree.iter("a", "span", "div", "p", "address", "li", "strong", "b", "em")
    bylines = (element for element in elements if _is_byline(element))
    found = (_shown(element) for element in bylines if not is_elsewhere(element, around))
    return itertools.islice(filter(None, found), _MAX_BYLINES)


def _shown(element: lxml_html.HtmlElement) -> str:
    """Give the text of a short element, its parts apart; nothing for a long one."""
    parts = list(itertools.islice(element.itertext(), 30))
    shown = " ".join(stripped for part in parts if (stripped := part.strip()))
    return _SPACE.sub(" ", shown) if len(parts) < 30 and len(shown) <= 300 else ""


def _is_byline(element: lxml_html.HtmlElement) -> bool:
    if "author" in (element.get("rel", "") + " " + element.get("itemprop", "")).lower().split():
        return True
    names = element.get("class")
    return bool(names) and bool(_BYLINE_CLASS.search(names)) and not _NOT_BYLINE_CLASS.search(names)


def _meta(soup: BeautifulSoup) -> dict[str, tuple[str, ...]]:
    found: defaultdict[str, list[str]] = defaultdict(list)
    for tag in soup.find_all("meta"):
        content = _SPACE.sub(" ", str(tag.get("content") or "")).strip()
        for key in ("property", "name", "itemprop"):
            name = str(tag.get(key) or "").strip().lower()
            if name and content:
                found[name].append(content)
    return {name: tuple(contents) for name, contents in found.items()}


def _times(
    tree: lxml_html.HtmlElement, around: Collection[lxml_html.HtmlElement]
) -> Iterator[TimeElement]:
    elements = (e for e in tree.iter("time", "span", "div", "p", "abbr") if _is_dated(e))
    for element in itertools.islice(elements, _MAX_TIMES):
        outer = element.getparent()
        names = [element.get("itemprop"), element.get("class")]
        names += [outer.get("class")] if outer is not None else []
        role = " ".join(filter(None, names)).lower()
        machine = (element.get("datetime") or element.get("content") or "").strip()
        yield TimeElement(machine, _shown(element), role, is_elsewhere(element, around))


def _is_dated(element: lxml_html.HtmlElement) -> bool:
    return element.tag == "time" or (element.get("itemprop") or "").lower() in _DATED


def _addresses(soup: BeautifulSoup) -> list[str]:
    """Give the page's addresses: the canonical link, made whole by og:url if it can, and og:url."""
    og = soup.find("meta", property="og:url")
    shared = str(og.get("content") or "").strip() if isinstance(og, Tag) else ""
    tag = soup.find("link")  # no other kind was cut out
    canonical = str(tag.get("href") or "").strip() if isinstance(tag, Tag) else ""
    try:
        addresses = (urljoin(shared, canonical), shared)
        return [text for text in addresses if _is_of_article(text) or not _is_whole(text)]
    except ValueError:  # an address like `http://[`
        return []


def _stated_address(articles: Sequence[Mapping[str, Any]]) -> str | None:
    """Give the address in JSON-LD, when only one article is described there."""
    said = [text for node in articles[:1] for text in addresses_of(node)]
    try:
        return next((text for text in said if len(articles) == 1 and _is_of_article(text)), None)
    except ValueError:
        return None


def _is_whole(address: str) -> bool:
    return urlsplit(address).scheme != ""


def _is_of_article(address: str) -> bool:
    """Say whether it is a whole address of more than a front page; ValueError for a broken one."""
    parts = urlsplit(address)
    return parts.scheme in {"http", "https"} and (len(parts.path) > 1 or bool(parts.query))


def _text(tag: Any) -> str:
    return _SPACE.sub(" ", tag.get_text(" ")).strip() if isinstance(tag, Tag) else ""
