"""What a page says about itself: JSON-LD, meta, headings, times, bylines.

The few elements that can hold fields are cut out of the one parsed tree and given to
BeautifulSoup, which costs a quarter of parsing the whole page again.
"""

from __future__ import annotations

import itertools
import re
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from bs4 import BeautifulSoup, Tag
from lxml import html as lxml_html

from services.extract.cleaning.json_ld import article_nodes

_MAX_FRAGMENT_CHARACTERS = 5000
_LIMITS = {"meta": 300, "h1": 6, "time": 40, "title": 1, "script": 40, "link": 10, "byline": 15}
_BYLINE_CLASS = re.compile(
    r"(?:^|[\s_-])(?:byline|author|auteur|autor|verfasser|writer)", re.IGNORECASE
)
_NOT_BYLINE_CLASS = re.compile(
    r"bio|avatar|image|photo|social|follow|comment|related|box|desc", re.IGNORECASE
)
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class TimeElement:
    """A `<time>` or dated element: its machine value, what it shows, and its class and itemprop."""

    machine: str
    shown: str
    role: str


@dataclass(frozen=True, slots=True)
class PageFacts:
    """The raw material of a page's fields, nothing decided; keys of `meta` are small letters."""

    articles: tuple[Mapping[str, Any], ...]
    meta: Mapping[str, tuple[str, ...]]
    title_tag: str
    headings: tuple[str, ...]
    times: tuple[TimeElement, ...]
    bylines: tuple[str, ...]
    url: str | None
    html_language: str | None

    def first(self, *names: str) -> str | None:
        """Return the first non-empty meta value of the first of *names* that has one."""
        return next((value for name in names for value in self.meta.get(name, ())), None)


def read_page_facts(tree: lxml_html.HtmlElement) -> PageFacts:
    """Collect the facts from a parsed page; the tree is left as it was."""
    kept = dict.fromkeys(_LIMITS, 0)
    fragments = (
        lxml_html.tostring(element, encoding="unicode", with_tail=False)
        for element, kind in _fragments(tree)
        if _may_take(kind, kept)
    )
    short = (f for f in fragments if len(f) <= _MAX_FRAGMENT_CHARACTERS or f.startswith("<script"))
    soup = BeautifulSoup(f"<html><body>{''.join(short)}</body></html>", "lxml")
    return PageFacts(
        articles=tuple(article_nodes(script.get_text() for script in soup.find_all("script"))),
        meta=_meta(soup),
        title_tag=_text(soup.find("title")),
        headings=tuple(text for h1 in soup.find_all("h1") if (text := _text(h1))),
        times=tuple(_times(soup)),
        bylines=tuple(text for tag in soup.find_all("address") if (text := _text(tag))),
        url=_canonical(soup),
        html_language=tree.get("lang") or tree.get("xml:lang"),
    )


def _may_take(kind: str, kept: dict[str, int]) -> bool:
    kept[kind] += 1
    return kept[kind] <= _LIMITS[kind]


def _fragments(tree: lxml_html.HtmlElement) -> Iterator[tuple[lxml_html.HtmlElement, str]]:
    for element in tree.iter("script", "meta", "title", "h1", "time", "link"):
        if element.tag != "link" or element.get("rel", "").lower() == "canonical":
            yield element, element.tag
    found = 0
    for element in tree.iter("a", "span", "div", "p", "address", "li", "strong", "b", "em"):
        if _is_byline(element) and (shown := _shown(element)):
            fragment = lxml_html.Element("address")  # one name for them all, to find them again
            fragment.text = shown
            yield fragment, "byline"
            found += 1
        if found >= _LIMITS["byline"]:
            return


def _shown(element: lxml_html.HtmlElement) -> str:
    """Give the text of a short element, its parts apart; nothing for a long one."""
    parts = list(itertools.islice(element.itertext(), 30))
    shown = " ".join(part for part in parts if part.strip())
    return shown if len(parts) < 30 and len(shown) <= 300 else ""


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


def _times(soup: BeautifulSoup) -> Iterator[TimeElement]:
    for tag in soup.find_all("time"):
        role = " ".join(str(part) for part in (tag.get("itemprop"), tag.get("class")) if part)
        yield TimeElement(str(tag.get("datetime") or "").strip(), _text(tag), role.lower())


def _canonical(soup: BeautifulSoup) -> str | None:
    tag = soup.find("link", rel="canonical")
    address = str(tag.get("href") or "").strip() if isinstance(tag, Tag) else ""
    if not address.startswith("http"):
        og = soup.find("meta", property="og:url")
        address = str(og.get("content") or "").strip() if isinstance(og, Tag) else ""
    return address if address.startswith(("http://", "https://")) else None


def _text(tag: Any) -> str:
    return _SPACE.sub(" ", tag.get_text(" ")).strip() if isinstance(tag, Tag) else ""
