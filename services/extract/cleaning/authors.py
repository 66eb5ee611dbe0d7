"""Names in bylines, with what is no name left out: roles, addresses, dates, credits of pictures."""

from __future__ import annotations

import html
import re
from collections.abc import Iterable

from services.extract.cleaning.agencies import agency_alone_on, agency_named
from services.extract.cleaning.agreement import folded
from services.extract.cleaning.dates import is_month

_MAX_AUTHORS = 20
_BY = re.compile(
    r"^\s*(?:(?:written|reported|posted|published|story|text|words|reporting)\s)?"
    r"(?:by|von|par|por|di|door|av|af|oleh|ecrit par|écrit par|author|autor|auteur)[\s:]+",
    re.IGNORECASE,
)
_SPLIT = re.compile(
    r"\s*(?:;|\||•|·|、|，|\n)\s*|\s*,\s+|\s*/\s*|\s+(?:and|und|et|y|e|en|og|och|&|with|mit)\s+",
    re.IGNORECASE,
)
_ASIDE = re.compile(r"\([^()]{0,80}\)|\[[^\[\]]{0,80}\]|\S{1,80}@\S{0,80}")
_PICTURE = re.compile(
    r"\W{0,3}(?:image|photo|picture|foto|bild|illustration|credit)\b", re.IGNORECASE
)
_AFTER_NAME = re.compile(
    r"\s{0,2}(?:기자|특파원|記者|记者)$|\s(?:in|aus|à|para|for|für)\s[^\W\d_][\w .-]{1,40}$"
)
_ROLE = re.compile(
    r"(?:\s(?:senior|staff|chief|managing|deputy|associate|contributing|guest|freelance|lifestyle|political"
    r"|business|sports?|tech|technology|science|health|news|national|foreign|world|research|digital"
    r"|executive|content|marketing|features|entertainment|general)){0,4}\s(?:writer|reporter|editor"
    r"|correspondent|journalist|author|contributor|columnist|analyst|executive|manager|director"
    r"|strategist|redakteur(?:in)?)$",
    re.IGNORECASE,
)
_LABEL = re.compile(
    r"\W{0,2}(?:quelle|source|fuente|fonte|text|bron|källa|kilde)\s?:\s?", re.IGNORECASE
)
_NO_WORD = re.compile(
    r"(?:agencies|agentur(?:en)?|agences?|agencias?|wires?|and|the|in|on|at|am|um|uhr|do|mo|di|mi|fr|sa"
    r"|so|mon|tue|wed|thu|fri|sat|sun|(?:mon|tues|wednes|thurs|fri|satur|sun)day)$",
    re.IGNORECASE,
)
_SLUG = re.compile(r"[a-z]+(?:-[a-z]+)+$")
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


def names_in(texts: Iterable[str]) -> tuple[str, ...]:
    """Split bylines into names, in order, without repeats and without what is no name."""
    found: dict[str, str] = {}
    for text in texts:
        if "://" in text or text.startswith(("www.", "@")) or _PICTURE.match(text):
            continue
        bare = _LABEL.sub("", _ASIDE.sub(" ", html.unescape(text[:400])), count=1)
        for part in _SPLIT.split(_BY.sub("", bare)):
            name = _SPACE.sub(" ", _BY.sub("", part)).strip(" \t.,:-–—()[]")
            name = _AFTER_NAME.sub("", _without_role(name))
            if _is_name(name) and not (found and _is_degree(name)):
                found.setdefault(folded(name), name)
    return tuple(found.values())[:_MAX_AUTHORS]


def authors_of_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Give the names of a byline, `By Ann Lee and Bo Chan   November 2, 2025`."""
    for line in lines:
        if len(line) <= 160 and (found := _BY.match(line)):
            return names_in([before_date(line[found.end() :])])
    return ()


def agencies_of_lines(lines: Iterable[str]) -> tuple[str, ...]:
    """Give the agencies that stand alone on a line, as under an article: `Yonhap`."""
    found = (agency_alone_on(line) for line in lines)
    return tuple(dict.fromkeys(agency for agency in found if agency))


def before_date(byline: str) -> str:
    """Cut a byline where its date or time begins."""
    return _DATE_BEGINS.split(byline, maxsplit=1)[0]


def _is_name(name: str) -> bool:
    if not 2 <= len(name) <= 60 or _DIGITS.search(name) or _NO_NAME.search(name):
        return False
    if _SLUG.match(name) or _NO_WORD.match(name) or _BY.match(f"{name} ") or is_month(name):
        return False
    return len(name.split()) <= 6 and any(character.isalpha() for character in name)


def _without_role(name: str) -> str:
    """Cut the role off a name of two words at least: `Ann Lee Lifestyle Writer` is Ann Lee."""
    bare = _ROLE.sub("", name)
    return bare if len(bare.split()) >= 2 else name


def _is_degree(name: str) -> bool:
    """`Ann Lee, PhD, CFA`: what follows a name and is short and capital is none."""
    is_capital = sum(character.isupper() for character in name) >= 2
    return is_capital and _DEGREE.match(name) is not None and agency_named(name) is None
