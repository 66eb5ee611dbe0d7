"""When a page says it was published, and which of its witnesses to believe."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from services.extract.cleaning.dates import dated_field, is_in_future, is_plausible
from services.extract.cleaning.json_ld import values
from services.extract.cleaning.page_facts import PageFacts
from services.extract.cleaning.shown_dates import dates_beside
from shared.model import UNDECIDED_SOURCES, Field, Source

_URL_DATE = re.compile(r"/((?:19|20)\d{2})[/_-]?(\d{2})[/_-]?(\d{2})(?=[/_.-]|$|\D)")
_NAMED_PUBLISHED = re.compile(r"publish|pubdate|posted")
_TITLE_PART = re.compile(r"\s[|–—-]\s|,\s(?=\d)")
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


@dataclass(frozen=True, slots=True)
class Publication:
    """When a page was published and last changed; None where nothing tells."""

    published: Field | None
    updated: Field | None


def publication_of_page(
    facts: PageFacts, known_at: datetime | None = None, file_time: datetime | None = None
) -> Publication:
    """Choose both dates; what lies after *known_at* (receipt) is passed over as wrong.

    The order of belief: JSON-LD, meta, an element named for it, the line beside the headline, a
    lone `<time>`, the address. What may be two days counts only if nothing better is found, and
    then as a guess; `3 hours ago` is counted back from *file_time* and no better.
    """
    shown = dates_beside(facts.beside, facts.html_language, file_time or known_at)
    changed = _best([*_said_to_be_updated(facts), shown.updated], known_at)
    said = _best(_said_to_be_published(facts), known_at)
    seen = _best([*_of_times(facts), shown.published], known_at)
    if said and changed and seen and _is_overtaken(said, changed, seen):
        said = None
    others = [*_of_lone_time(facts, changed), date_in_url(facts.url), _in_title_tag(facts)]
    return Publication(_best([said, seen, *others, _as_guess(changed)], known_at), changed)


def _is_overtaken(said: Field, changed: Field, shown: Field) -> bool:
    """Say whether a site's *said* date of publication only tells when it was last built.

    Then it is no earlier than the last change, and the page shows readers an earlier day (by two
    days at least: one may be a time zone).
    """
    if UNDECIDED_SOURCES & {said.source, shown.source}:
        return False
    one, other = datetime.fromisoformat(said.value), datetime.fromisoformat(changed.value)
    if one.tzinfo and other.tzinfo and one > other:
        return True
    earlier = _day(said) - _day(shown)
    return _day(said) >= _day(changed) and earlier >= timedelta(days=2)


def _day(field: Field) -> date:
    return date.fromisoformat(field.value[:10])


def _in_title_tag(facts: PageFacts) -> Field | None:
    """Read the last part of `<title>` when it is a date alone: `Title | Outlet | 02.11.2025`."""
    last = _TITLE_PART.split(facts.title_tag[-100:])[-1]
    is_alone = last != facts.title_tag and len(last) <= 20
    return dated_field(last, Source.META, 0.8, facts.html_language) if is_alone else None


def _as_guess(changed: Field | None) -> Field | None:
    return Field(changed.value, Source.GUESS, 0.3) if changed else None


def _best(fields: Iterable[Field | None], known_at: datetime | None) -> Field | None:
    """Take the first date that may decide, else the first that may not."""
    possible = [field for field in fields if field and not is_in_future(field.value, known_at)]
    sure = (field for field in possible if field.source not in UNDECIDED_SOURCES)
    return next(sure, None) or next(iter(possible), None)


def _said_to_be_published(facts: PageFacts) -> Iterator[Field | None]:
    language = facts.html_language
    for text in _json_ld(facts, "datePublished", "dateCreated", "uploadDate"):
        yield dated_field(text, Source.JSON_LD, 0.98, language)
    for text in _metas(facts, _META_PUBLISHED):
        yield dated_field(text, Source.META, 0.95, language)


def _said_to_be_updated(facts: PageFacts) -> Iterator[Field | None]:
    for text in _json_ld(facts, "dateModified"):
        yield dated_field(text, Source.JSON_LD, 0.95, facts.html_language)
    for text in _metas(facts, _META_UPDATED):
        yield dated_field(text, Source.META, 0.9, facts.html_language)


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


def _of_times(facts: PageFacts) -> Iterator[Field | None]:
    """Read the elements named for the date of publication."""
    for element in facts.times:
        if _NAMED_PUBLISHED.search(element.role) and not element.is_elsewhere:
            for text in (element.machine, element.shown):
                yield dated_field(text, Source.PAGE, 0.9, facts.html_language)


def _of_lone_time(facts: PageFacts, changed: Field | None) -> Iterator[Field | None]:
    """Read the other `<time>` elements: only a single day is believed, and not that of a change."""
    own = [
        e for e in facts.times if not e.is_elsewhere and not _UPDATED.search(f"{e.role} {e.shown}")
    ]
    read = (
        dated_field(element.machine, Source.PAGE, 0.8)
        or dated_field(element.shown, Source.PAGE, 0.8)
        for element in own
    )
    found = [field for field in read if field]
    is_one = len({field.value[:10] for field in found}) == 1
    is_change = bool(found and changed and found[0].value[:10] == changed.value[:10])
    for field in found[:1]:
        yield field if is_one and not is_change else Field(field.value, Source.GUESS, 0.5)
