"""The title: of a page by agreement of its witnesses, of copied text by the look of its lines."""

from __future__ import annotations

import difflib
import html
import re
from collections.abc import Iterable, Sequence
from urllib.parse import urlsplit

from services.extract.cleaning.json_ld import values
from services.extract.cleaning.lines import LineKind, ends_a_sentence, kind_of_line
from services.extract.cleaning.page_facts import PageFacts
from shared.model import Field, Source

_MAX_TITLE_CHARACTERS = 300
_SEPARATOR = re.compile(r"\s+[|•·»«›:–—-]+\s+|\s*\|\s*|\s+::\s+")
_WORDS = re.compile(r"\w+")
_SPACE = re.compile(r"\s+")
_LOOK_BACK_LINES = 15
_WORKING_TITLE_CHARACTERS = 80


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


def title_of_text(head: Sequence[str], paragraphs: Sequence[str]) -> tuple[Field | None, bool]:
    """Find the title of copied text.

    A title has no full stop and is followed by longer text. It is sought in the last lines before
    the body, then in the body's first line.

    Returns:
        The title or None, and whether it is the first paragraph (which then is no paragraph).
    """
    candidates = [line for line in head[-_LOOK_BACK_LINES:] if _may_be_title(line)]
    if candidates:
        best = max(candidates, key=lambda line: min(len(_WORDS.findall(line)), 8))
        return Field(best, Source.TEXT, 0.8), False
    if len(paragraphs) >= 2 and _may_be_title(paragraphs[0]) and _is_body(paragraphs[1]):
        return Field(paragraphs[0], Source.TEXT, 0.7), True
    return None, False


def _may_be_title(line: str) -> bool:
    if not 12 <= len(line) <= 220 or line.endswith((".", ":", ",", ";", "。")):
        return False
    if kind_of_line(line) not in {LineKind.SHORT, LineKind.PROSE}:
        return False
    return len(_WORDS.findall(line)) >= 3 or len(line.encode()) >= 2 * len(line)


def _is_body(line: str) -> bool:
    return len(line) >= 100 or ends_a_sentence(line)


def working_title(text: str) -> Field:
    """Give the first words of the text, to call an article without title by; always a guess."""
    start = _SPACE.sub(" ", text[:400]).strip()
    if len(start) > _WORKING_TITLE_CHARACTERS:
        start = start[:_WORKING_TITLE_CHARACTERS].rsplit(" ", 1)[0].rstrip(" ,;:–—-") + " …"
    return Field(start, Source.GUESS, 0.2)
