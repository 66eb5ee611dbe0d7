"""Which outlet published it: the page's own word, lines of copied text, the folder's name."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable
from urllib.parse import urlsplit

from services.extract.cleaning.agreement import folded
from services.extract.cleaning.json_ld import values
from services.extract.cleaning.page_facts import PageFacts
from shared.model import Field, Source

_YEARS = r"(?:\d{4}(?:\s?[-–]\s?\d{4})?,?\s)?"
_FORMS = (
    (r"(?i:source\s?:)\s{0,3}(.{2,60})", 0.85),
    (r"(?i:discover more from)\s(.{2,60})", 0.85),
    (r"with the\s([A-Z].{2,50})", 0.75),
    (rf"(?i:copyright\s)?©\s?{_YEARS}([^\d\W].{{2,50}}?)(?i:[.,]?\s?all rights reserved\.?)?", 0.6),
    (r"(?i:.{0,20}\b(?:first|originally) (?:appeared|published) (?:in|on|by))\s(.{2,50})", 0.6),
    (r"(?i:subscribe|sign up) to\s((?:the\s)?[A-Z][\w.&' -]{2,50}?)(?:\snewsletters?)?[.!]?", 0.5),
)
_LINES = tuple((re.compile(f"^{form}$"), confidence) for form, confidence in _FORMS)
_TITLE_PART = re.compile(r"\s[|•·»–—-]\s")
_NO_OUTLET = re.compile(
    r"https?:|\b(?:our|your|newsletter|email|inbox|getty|reuters|afp)\b", re.IGNORECASE
)


def outlet_of_page(facts: PageFacts) -> Field | None:
    """Choose the outlet: og:site_name, the publisher in JSON-LD, other meta elements."""
    site = facts.first("og:site_name")
    publishers = [text for node in facts.articles for text in values(node.get("publisher"), "name")]
    other = facts.first("application-name", "dc.publisher", "dcterms.publisher", "publisher")
    choices = (
        (site, Source.META, 0.95),
        (publishers[0] if publishers else None, Source.JSON_LD, 0.9),
        (other, Source.META, 0.7),
    )
    for name, source, sure in choices:
        if name and 2 <= len(name) <= 100 and not name.startswith("http"):
            return Field(html.unescape(name), source, sure)
    return _outlet_in_title_tag(facts)


def _outlet_in_title_tag(facts: PageFacts) -> Field | None:
    """Take the last part of `<title>` when it is the name of the host: `Title | Harbour Post`."""
    *before, last = _TITLE_PART.split(facts.title_tag)
    host = (urlsplit(facts.url or "").hostname or "").removeprefix("www.")
    name = folded(last)
    if before and len(name) >= 4 and name in folded(host):
        return Field(last.strip(), Source.META, 0.7)
    return None


def outlet_of_lines(lines: Iterable[str]) -> Field | None:
    """Read `Source: X`, `Discover more from X`, `with the X` around copied text."""
    waiting = [line for line in lines if len(line) <= 100]
    for pattern, confidence in _LINES:
        for line in waiting:
            found = pattern.match(line)
            if found and not _NO_OUTLET.search(found[1]):
                return Field(found[1].strip(" ."), Source.TEXT, confidence)
    return None


def outlet_of_folder(folder: str | None) -> Field | None:
    """Take the name of the sub-folder a file was dropped in for the outlet."""
    return Field(folder, Source.FILE, 0.6) if folder else None
