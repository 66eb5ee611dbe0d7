"""When a page says it was published, and which of its witnesses to believe."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import date

from services.extract.cleaning.dates import dated_field, is_plausible
from services.extract.cleaning.json_ld import values
from services.extract.cleaning.page_facts import PageFacts, TimeElement
from shared.model import Field, Source

_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/_-]?(\d{2})[/_-]?(\d{2})(?=[/_.-]|$|\D)")
_UPDATED = re.compile(
    r"\b(?:updated?|modified|edited|aktualisiert|mis à jour|actualizado|cập nhật)\b", re.IGNORECASE
)
_META_PUBLISHED = (
    "article:published_time", "og:article:published_time", "og:published_time", "datepublished",
    "publishdate", "pubdate", "publish-date", "publish_date", "published", "parsely-pub-date",
    "sailthru.date", "dc.date.issued", "dcterms.issued", "dc.date.created", "dcterms.created",
    "dc.date", "dcterms.date", "cxenseparse:recs:publishtime", "article.published",
    "article_date_original", "originalpublicationdate", "publication_date", "citation_date",
    "citation_publication_date", "date", "rnews:datepublished", "bt:pubdate",
    "article:published", "datecreated", "displaydate", "ptime", "timestamp",
)  # fmt: skip
_META_UPDATED = (
    "article:modified_time", "og:updated_time", "datemodified", "dcterms.modified",
    "dc.date.modified", "last-modified", "article:modified", "lastmod",
)  # fmt: skip


def published_of_page(facts: PageFacts) -> Field | None:
    """Choose the date of publication: JSON-LD, meta, the page's times, its address."""
    said = _json_ld(facts, "datePublished", "dateCreated", "uploadDate")
    return (
        _first_date(said, Source.JSON_LD, 0.98)
        or _first_date(_metas(facts, _META_PUBLISHED), Source.META, 0.95)
        or _of_times(facts.times)
        or date_in_url(facts.url)
    )


def updated_of_page(facts: PageFacts) -> Field | None:
    """Choose the date of the last change: JSON-LD, then meta."""
    return _first_date(_json_ld(facts, "dateModified"), Source.JSON_LD, 0.95) or _first_date(
        _metas(facts, _META_UPDATED), Source.META, 0.9
    )


def date_in_url(url: str | None) -> Field | None:
    """Read `/2025/11/02/` or `/20251102` in an address."""
    found = _URL_DATE.search((url or "")[:2000])
    if found is None:
        return None
    try:
        day = date(*(int(part) for part in found.groups()))
    except ValueError:
        return None
    return Field(day.isoformat(), Source.URL, 0.85) if is_plausible(day) else None


def _json_ld(facts: PageFacts, *keys: str) -> list[str]:
    return [
        text for key in keys for node in facts.articles for text in values(node.get(key), "@value")
    ]


def _metas(facts: PageFacts, names: Iterable[str]) -> list[str]:
    return [text for name in names for text in facts.meta.get(name, ())]


def _first_date(texts: Iterable[str], source: Source, confidence: float) -> Field | None:
    found = (dated_field(text, source, confidence) for text in texts)
    return next((field for field in found if field), None)


def _of_times(times: Iterable[TimeElement]) -> Field | None:
    """Take a `<time>` that names its role; of unnamed ones only a single day is believed."""
    dated = [
        (field.value, element.role)
        for element in times
        if not _UPDATED.search(element.role)
        and (field := _first_date((element.machine, element.shown), Source.PAGE, 0.9))
        and field.source is Source.PAGE
    ]
    named = [iso for iso, role in dated if re.search("publish|pubdate|posted", role)]
    if named:
        return Field(named[0], Source.PAGE, 0.9)
    if len({iso[:10] for iso, _ in dated}) == 1:
        return Field(dated[0][0], Source.PAGE, 0.8)
    return Field(dated[0][0], Source.GUESS, 0.5) if dated else None
