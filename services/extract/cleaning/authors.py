"""Who wrote it: names from JSON-LD, meta and bylines, with what is no name left out."""

from __future__ import annotations

import re
from collections.abc import Iterable

from services.extract.cleaning.agencies import agency_alone_on, agency_named
from services.extract.cleaning.json_ld import values
from services.extract.cleaning.page_facts import PageFacts

_MAX_AUTHORS = 20
_BY = re.compile(
    r"^\s*(?:(?:written|reported|posted|published|story|text|words|reporting)\s)?"
    r"(?:by|von|par|por|di|door|av|af|oleh|ecrit par|écrit par|author|autor|auteur)[\s:]+",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||•|·|\n)\s*|\s*,\s+|\s*/\s*|\s+(?:and|und|et|y|e|en|og|och|&|with|mit)\s+",
    re.IGNORECASE,
)
_SPACE = re.compile(r"\s+")
_DEGREE = re.compile(r"[A-Z][A-Za-z]{0,4}(?:[.-][A-Za-z]{1,4})*\.?®?$")
_DIGITS = re.compile(r"\d")
_DATE_BEGINS = re.compile(
    r"\s{2,}|\s[|•·–—-]\s|,?\s(?:on\s)?(?:(?:mon|tues|wednes|thurs|fri|satur|sun)day"
    r"|jan|feb|mar|apr|may|june?|july?|aug|sept?|oct|nov|dec)[a-z]{0,9}\.?\s\d|\s\d"
    r"|\s(?:updated|published|posted)\b",
    re.IGNORECASE,
)
_NO_NAME = re.compile(
    r"https?:|www\.|@|\.(?:com|org|net|vn|kr)\b|\b(?:staff|editors?|correspondent|reporter|admin|administrator|"
    r"contributors?|newsroom|redaktion|redaction|rédaction|redacción|redacao|redazione|desk|team|updated|published|writer|"
    r"freelance|journalist|min read|minutes?|ago|news agency|service|author|columnist|special to|"
    r"follow|profile|photo(?:graph)?s?|image|getty)\b",
    re.IGNORECASE,
)
_META_AUTHORS = (
    "author", "article:author", "article:author_name", "parsely-author", "sailthru.author",
    "dc.creator",
    "dcterms.creator", "citation_author", "byl", "dc.creator.name", "cxenseparse:author",
)  # fmt: skip


def authors_of_page(facts: PageFacts, outlet: str | None) -> tuple[str, ...]:
    """Give the authors: those of JSON-LD, else of the meta elements, else of the first byline.

    The outlet's own name (templates put it where none is known) counts if no other is found.
    """
    said = [text for node in facts.articles[:1] for text in values(node.get("author"), "name")]
    metas = [text for name in _META_AUTHORS for text in facts.meta.get(name, ())]
    own_name: tuple[str, ...] = ()
    for texts in (said, metas, *([byline] for byline in facts.bylines)):
        found = names_in(_before_date(_BY.sub("", text)) for text in texts)
        if authors := tuple(name for name in found if name.casefold() != (outlet or "").casefold()):
            return authors
        own_name = own_name or found
    return own_name


def names_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Split bylines into names, in order, without repeats and without what is no name."""
    found: dict[str, str] = {}
    for text in texts:
        if "://" in text or text.startswith(("www.", "@")):
            continue
        for part in _SPLIT.split(_BY.sub("", text[:400])):
            name = _SPACE.sub(" ", _BY.sub("", part)).strip(" \t.,:-–—()[]")
            if _is_name(name) and not (found and _is_degree(name)):
                found.setdefault(name.casefold(), name)
    return tuple(found.values())[:_MAX_AUTHORS]


def authors_of_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Give the names of a byline, `By Ann Lee and Bo Chan   November 2, 2025`."""
    for line in lines:
        if len(line) <= 160 and (found := _BY.match(line)):
            return names_in([_before_date(line[found.end() :])])
    return ()


def agencies_of_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Give the agencies that stand alone on a line, as under an article: `Yonhap`."""
    found = (agency_alone_on(line) for line in lines)
    return tuple(dict.fromkeys(agency for agency in found if agency))


def _before_date(byline: str) -> str:
    """Cut a byline where its date or time begins."""
    return _DATE_BEGINS.split(byline, maxsplit=1)[0]


def _is_name(name: str) -> bool:
    if not 2 <= len(name) <= 60 or _DIGITS.search(name) or _NO_NAME.search(name):
        return False
    return len(name.split()) <= 6 and any(character.isalpha() for character in name)


def _is_degree(name: str) -> bool:
    """`Ann Lee, PhD, CFA`: what follows a name and is short and capital is none."""
    is_capital = sum(character.isupper() for character in name) >= 2
    return is_capital and _DEGREE.match(name) is not None and agency_named(name) is None
