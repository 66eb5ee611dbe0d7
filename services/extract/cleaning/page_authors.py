"""Who wrote a page: people from JSON-LD, meta and bylines; a house's or agency's credit apart."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from services.extract.cleaning.agencies import agency_named
from services.extract.cleaning.agreement import folded
from services.extract.cleaning.authors import before_date, names_in
from services.extract.cleaning.dates import parse_date
from services.extract.cleaning.headline_block import HeadLine
from services.extract.cleaning.json_ld import values
from services.extract.cleaning.page_facts import PageFacts

_META_AUTHORS = (
    "author", "article:author", "article:author_name", "articleauthor", "parsely-author",
    "sailthru.author", "dc.creator", "dcterms.creator", "byl",
    "dc.creator.name", "cxenseparse:author",
)  # fmt: skip
_WRITTEN_BY = re.compile(
    r"(?:written|posted|published)?\s?by$|author|autor|auteur|verfasst|geschrieben|[ée]crit|escrito"
    r"|scritto|geschreven|skrivet|skrevet|napisan|автор|作者|yazan|ditulis",
    re.IGNORECASE,
)
_BY = re.compile(
    r"(?:(?:written|story|text|words|reported|posted)\s)?"
    r"(?:by|von|par|por|di|door|av|af|oleh|text)[\s:]",
    re.IGNORECASE,
)
_BY_ALONE = re.compile(
    r"\W{0,2}(?:written\s)?(?:by|von|par|por|door|author|autor|autorin)\W{0,2}$", re.IGNORECASE
)
_OTHER_HAND = re.compile(
    r"\b(?:edited|reviewed|fact[ -]?checked|photo(?:graph)?s?|photography|illustrat\w{1,8}"
    r"|translated|updated|video|images?|medically|listen|narrated)\b",
    re.IGNORECASE,
)
_AUTHOR_ROLE = re.compile(
    r"(?:^|[\s_-])(?:byline|author|auteur|autor|autorin|verfasser|writer|post-?by)"
    r"|authors?container|dateandauthor"
)
_MAX_BYLINE_WORDS = 15


@dataclass(frozen=True, slots=True)
class Credits:
    """Who is credited: `authors` are people or, on a page that names none, the house or agency."""

    authors: tuple[str, ...] = ()
    agency: str | None = None


def credits_of_page(facts: PageFacts, outlet: str | None) -> Credits:
    """Take the first witness that names people; an agency beside them is a credit, no author."""
    houses = _names_of_house(facts, outlet)
    organisations: list[str] = []
    agency: str | None = None
    for texts in _witnesses(facts):
        names = names_in(_without_date(text) for text in texts)
        agency = agency or next(filter(None, map(agency_named, names)), None)
        people = tuple(name for name in names if not _is_organisation(name, houses))
        if people:
            return Credits(people, agency)
        organisations += names
    return Credits(tuple(organisations[:1]), agency)


def _witnesses(facts: PageFacts) -> Iterator[Sequence[str]]:
    for node in facts.articles:
        for key in ("author", "creator"):
            yield values(node.get(key), "name")
    for name in _META_AUTHORS:
        yield facts.meta.get(name, ())
    yield [_given_name_first(name) for name in facts.meta.get("citation_author", ())]
    if _WRITTEN_BY.search(facts.first("twitter:label1") or ""):
        yield facts.meta.get("twitter:data1", ())
    for byline in (*_bylines_beside(facts.beside), *facts.bylines):
        if all(map(_is_capital, names_in([_without_date(byline)]))):
            yield [byline]


def _bylines_beside(lines: Sequence[HeadLine]) -> Iterator[str]:
    """Give the lines beside the headline that name authors, the most certain of them first."""
    own = [line for line in lines if not _OTHER_HAND.search(line.text)]
    linked = itertools.dropwhile(lambda line: not line.linked, own)
    # Those further on, after lines without a link, wrote something else.
    together = itertools.takewhile(lambda line: line.linked, linked)
    yield "; ".join(text for line in itertools.islice(together, 10) for text in line.linked)
    for before, line in zip([None, *own], own, strict=False):
        is_after_by = before is not None and _BY_ALONE.match(before.text)
        is_byline = _BY.match(line.text) or is_after_by or _AUTHOR_ROLE.search(line.role)
        if is_byline and len(line.text.split()) <= _MAX_BYLINE_WORDS:
            yield line.text


def _without_date(byline: str) -> str:
    """Cut the date out of a byline, or all that follows where one begins."""
    before = before_date(byline)
    found = None if names_in([before]) else parse_date(byline)
    return found.rest if found else before


def _is_capital(name: str) -> bool:
    """Say whether all words of a name but `van`, `de` and the like begin as names do."""
    return not any(word[0].islower() and len(word) > 3 for word in name.split())


def _given_name_first(name: str) -> str:
    """Turn round what libraries write: `Lee, Ann` is Ann Lee."""
    family, comma, given = name.partition(",")
    return f"{given.strip()} {family.strip()}" if comma else name


def _names_of_house(facts: PageFacts, outlet: str | None) -> frozenset[str]:
    host = (urlsplit(facts.url or "").hostname or "").removeprefix("www.")
    publishers = [
        text for node in facts.articles[:3] for text in values(node.get("publisher"), "name")
    ]
    names = (
        outlet or "",
        *facts.meta.get("og:site_name", ()),
        *publishers,
        host,
        host.rsplit(".", 1)[0],
    )
    return frozenset(map(folded, names)) - {""}


def _is_organisation(name: str, houses: frozenset[str]) -> bool:
    return folded(name) in houses or agency_named(name) is not None
