"""The title of a page, by the agreement of its witnesses: heading, JSON-LD, og:title, `<title>`."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from services.extract.cleaning.agreement import agree, folded, share_words
from services.extract.cleaning.json_ld import values
from services.extract.cleaning.page_facts import PageFacts
from shared.model import Field, Source

_MAX_TITLE_CHARACTERS = 300
_SEPARATOR = re.compile(r"\s+[|•·»«›:–—-]{1,3}\s+|\s*\|\s*|\s+::\s+")
_AFTER_OUTLET = re.compile(r"\s+[|•·»›–—-]{1,2}\s+|\s*\|\s*")
_SPACE = re.compile(r"\s+")
_LONG_HEADING_CHARACTERS = 15


def title_of_page(facts: PageFacts) -> Field | None:
    """Choose the title a reader sees, unless the page names another one twice.

    JSON-LD and og:title that say the same are the editors' title; else the heading that another
    witness confirms; else what is left, by its worth.
    """
    outlets = _names_of_outlet(facts)
    headings = [_cleaned(h, outlets) for h in facts.headings if folded(h) not in outlets]
    headline = _cleaned(_headline(facts), outlets)
    shared = _cleaned(facts.first("og:title", "twitter:title"), outlets)
    page = _cleaned(facts.title_tag, outlets)
    witnesses = [text for text in (headline, shared, page) if text]
    shown = next((h for h in headings if any(agree(h, text) for text in witnesses)), None)
    if headline and shared and folded(headline) == folded(shared):
        is_shown = shown and folded(shown) == folded(headline)
        if not (is_shown and shown):
            return Field(headline, Source.JSON_LD, 0.9)
    if shown:
        return _shown_title(shown, [text for text in witnesses if agree(shown, text)])
    if lone := _lone_heading(headings, [t for t in (headline, shared) if t] or [page]):
        return lone
    chosen = (
        (headline, Source.JSON_LD, 0.9),
        (shared, Source.META, 0.85),
        (page, Source.META, 0.7),
    )
    return next((Field(text, source, sure) for text, source, sure in chosen if text), None)


def _headline(facts: PageFacts) -> str:
    """Give the headline in JSON-LD; the name of a `WebPage` only repeats its `<title>`."""
    named = (node for node in facts.articles if "WebPage" not in values(node.get("@type")))
    said = (values(node.get("headline") or node.get("name")) for node in named)
    return next((texts[0] for texts in said if texts), "")


def _shown_title(heading: str, agreeing: Sequence[str]) -> Field:
    """Take the heading, or what agrees with it when it only adds a kicker or shouts."""
    is_said = any(folded(text) == folded(heading) for text in agreeing)
    without = next((text for text in agreeing if _is_kicker(heading, text)), heading)
    title = heading if is_said else without
    if title.isupper():
        title = next((text for text in agreeing if not text.isupper()), title)
    return Field(title, Source.PAGE, 0.95)


def _is_kicker(heading: str, title: str) -> bool:
    """Say whether *heading* is *title* with a few words and a sign before it: `Syria - Title`."""
    before = heading.casefold().removesuffix(title.casefold()).rstrip()
    return before != heading.casefold().rstrip() and before.endswith((":", "-", "–", "|", "•", "/"))


def _lone_heading(headings: Sequence[str], witnesses: Sequence[str]) -> Field | None:
    """Take the heading that shares words with another witness, or the only one if it is long."""
    akin = (heading for heading in headings if any(share_words(heading, w) for w in witnesses))
    if found := next(akin, None):
        return Field(found, Source.PAGE, 0.85)
    if len(headings) == 1 and len(headings[0]) >= _LONG_HEADING_CHARACTERS:
        return Field(headings[0], Source.PAGE, 0.75)
    return None


def _cleaned(text: str | None, outlets: Iterable[str]) -> str:
    """Cut the outlet's name off either end; `Outlet: Title` stays, for that may be a topic."""
    title = _SPACE.sub(" ", html.unescape(text or "")).strip()[:_MAX_TITLE_CHARACTERS]
    outlets = tuple(outlets)
    for _ in range(3):
        cuts = list(_SEPARATOR.finditer(title))
        if not cuts or not _is_outlet(folded(title[cuts[-1].end() :]), outlets):
            break
        title = title[: cuts[-1].start()].strip()
    opening = _AFTER_OUTLET.search(title)
    if opening and folded(title[: opening.start()]) in outlets:
        title = title[opening.end() :].strip()
    return title


def _names_of_outlet(facts: PageFacts) -> tuple[str, ...]:
    """Give what the outlet may be called, folded: site name, publisher, host name."""
    host = (urlsplit(facts.url or "").hostname or "").removeprefix("www.")
    publishers = [
        text for node in facts.articles[:2] for text in values(node.get("publisher"), "name")
    ]
    sites = (*facts.meta.get("og:site_name", ()), *facts.meta.get("application-name", ()))
    logos = [heading for heading in facts.headings if _ends_title(heading, facts.title_tag)]
    names = (*sites[:4], *publishers[:4], *logos, host, host.rsplit(".", 1)[0])
    return tuple(dict.fromkeys(name for name in map(folded, names) if len(name) >= 2))


def _ends_title(heading: str, title_tag: str) -> bool:
    """Say whether a heading is what `<title>` ends with after something longer: a logo."""
    *before, last = _SEPARATOR.split(title_tag[:_MAX_TITLE_CHARACTERS])
    return folded(heading) == folded(last) and sum(map(len, before)) > len(last)


def _is_outlet(tail: str, outlets: Sequence[str]) -> bool:
    if len(tail) < 2:
        return False
    return tail in outlets or any(
        (len(tail) >= 3 and tail in name) or (name in tail and len(tail) <= 2 * len(name) + 6)
        for name in outlets
        if len(name) >= 3
    )
