"""The title of a page, by agreement of its witnesses."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from services.extract.cleaning.json_ld import values
from services.extract.cleaning.page_facts import PageFacts
from shared.model import Field, Source

_MAX_TITLE_CHARACTERS = 300
_SEPARATOR = re.compile(r"\s+[|•·»«›:–—-]+\s+|\s*\|\s*|\s+::\s+")
_WORDS = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")


def title_of_page(facts: PageFacts) -> Field | None:
    """Choose the title: the heading others agree with, JSON-LD, og:title, `<h1>`, `<title>`."""
    headline = _first(
        text for node in facts.articles for text in values(node.get("headline") or node.get("name"))
    )
    shared = _cleaned(facts.first("og:title", "twitter:title"), facts)
    page = _cleaned(facts.title_tag, facts)
    headings = [_squeezed(heading) for heading in facts.headings]
    for heading in headings:
        agreeing = [other for other in (headline, shared, page) if other and _agree(heading, other)]
        if agreeing:
            return Field(_without_kicker(heading, agreeing), Source.PAGE, 0.95)
    lone = headings[0] if len(headings) == 1 and len(headings[0]) >= 15 else None
    chosen = (
        (_cleaned(headline, facts), Source.JSON_LD, 0.9),
        (shared, Source.META, 0.85),
        (lone, Source.PAGE, 0.8),
        (page, Source.META, 0.7),
    )
    return next((Field(text, source, sure) for text, source, sure in chosen if text), None)


def _first(texts: Iterable[str]) -> str | None:
    found = next(iter(texts), None)
    return _squeezed(found) if found else None


def _squeezed(text: str) -> str:
    return _SPACE.sub(" ", html.unescape(text)).strip()[:_MAX_TITLE_CHARACTERS]


def _cleaned(text: str | None, facts: PageFacts) -> str | None:
    """Cut the outlet's name off the end; at the start (`Outlet: Title`) it may be a topic."""
    if not text:
        return None
    title = _squeezed(text)
    site = _folded(facts.first("og:site_name", "application-name") or "")
    host = _folded(
        (urlsplit(facts.url or "").hostname or "").removeprefix("www.").rsplit(".", 1)[0]
    )
    for _ in range(2):
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts:
            break
        tail = _folded(title[cuts[-1].end() :])
        if not tail or not _names_outlet(tail, site, host):
            break
        title = title[: cuts[-1].start()].strip()
    return title or None


def _without_kicker(heading: str, others: Sequence[str]) -> str:
    """Take the words of another witness when the heading only adds a kicker or a date to them."""
    folded = _folded(heading)
    within = (other for other in others if len(_folded(other)) >= 20 and _folded(other) in folded)
    return next(within, heading)


def _names_outlet(tail: str, site: str, host: str) -> bool:
    if site and (tail in site or site in tail):
        return True
    return len(tail) >= 3 and bool(host) and (tail in host or host in tail)


def _folded(text: str) -> str:
    return "".join(_WORDS.findall(text.casefold()))


def _agree(one: str, other: str) -> bool:
    a, b = _folded(one), _folded(other)
    if not a or not b:
        return False
    if a == b or (len(a) >= 20 and (a in b or b in a)):
        return True
    return difflib.SequenceMatcher(None, a, b, autojunk=False).ratio() >= 0.8
