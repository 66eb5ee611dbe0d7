"""From a cleaned article to the values of its rows: fingerprints, lines, terms, tags. Pure."""

from __future__ import annotations

import dataclasses
import re
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import Any

from services.extract.crediting import fields_with_credit
from services.extract.events import EventProfile, candidate_terms, profile_article
from services.extract.events.packing import pack_profile
from services.extract.reuse import (
    Spans,
    Tokens,
    content_hash,
    fingerprints,
    line_hashes,
    tokenize,
)
from services.extract.reuse.fingerprints import is_sampled
from shared.model import CleanArticle, Field, Readable, Span, Tag, deciding_date
from shared.query import analyse
from shared.topics import Taxonomy, tag_article

CLEANER_VERSION = "2"
GATE_DAYS = 30
EPOCH = date(1970, 1, 1)
NO_TITLE = "(no title)"
# PostgreSQL refuses index entries of more than 2,704 bytes, and a longer "word" is none.
LONGEST_TERM = 100

# Neither engine stores these; each is replaced by one character, so that offsets stay.
_UNSTORABLE = re.compile("[\x00\ud800-\udfff]")


# (term, day since 1970-01-01, weight), each once.
TermRows = tuple[tuple[str, int, float], ...]


@dataclass(frozen=True)
class ArticleDraft:
    """All rows of one article but their keys.

    `profile` is its packed event profile, with nothing left out as furniture.
    """

    columns: dict[str, Any]
    fingerprints: tuple[int, ...]
    lines: tuple[int, ...]
    terms: TermRows
    profile: bytes
    tags: tuple[Tag, ...]


def draft_article(
    clean: CleanArticle, *, received_at: datetime, taxonomy: Taxonomy
) -> ArticleDraft:
    """Compute everything that is stored of *clean*, which arrived at *received_at*."""
    clean = storable(clean)
    title = clean.value("title") or NO_TITLE
    published_at = parse_time(clean.value("published"))
    source = clean.fields["published"].source.value if "published" in clean.fields else None
    decides = deciding_date(published_at, source, received_at)
    tokens = tokenize(clean.text)
    profile = event_profile(title, clean.text, decides)
    columns = {
        "content_hash": content_hash(tokens),
        "title": title,
        "text": clean.text,
        "word_count": len(tokens),
        "outlet": clean.value("outlet"),
        "language": clean.value("language"),
        "url": clean.value("url"),
        "external_id": clean.value("external_id"),
        "authors": list(clean.authors),
        "fields": fields_with_credit(clean),
        "published_at": published_at,
        "published_source": source if published_at else None,
        "received_at": received_at,
        "cleaner_version": CLEANER_VERSION,
        "taxonomy_version": taxonomy.version,
    }
    return ArticleDraft(
        columns=columns,
        fingerprints=stored_grams(tokens),
        lines=line_hashes(clean.text, tokens),
        terms=term_rows(profile, decides, received_at),
        profile=pack_profile(profile),
        tags=tag_article(taxonomy, analyse(readable(columns))),
    )


def readable(columns: Any, furniture: Spans = ()) -> Readable:
    """Return what topics may ask of an article, from the columns of its row."""
    return Readable(
        title=columns["title"],
        text=columns["text"],
        outlet=columns["outlet"],
        language=columns["language"],
        authors=tuple(columns["authors"]),
        published_at=columns["published_at"],
        furniture=furniture,
    )


def storable(clean: CleanArticle) -> CleanArticle:
    """Return *clean* without characters that a database refuses; lengths and offsets stay."""
    return CleanArticle(
        text=_storable(clean.text),
        fields={
            name: Field(_storable(field.value), field.source, field.confidence)
            for name, field in clean.fields.items()
        },
        authors=tuple(_storable(author) for author in clean.authors),
    )


def _storable(text: str) -> str:
    return _UNSTORABLE.sub("\ufffd", text)


def parse_time(value: str | None) -> datetime | None:
    """Read ISO 8601; a bare date is its midnight in UTC, a time without zone is in UTC."""
    if not value:
        return None
    try:
        if len(value) == len("2025-11-02"):
            return datetime.combine(date.fromisoformat(value), time(), UTC)
        found = datetime.fromisoformat(value)
        return (found if found.tzinfo else found.replace(tzinfo=UTC)).astimezone(UTC)
    except (ValueError, OverflowError):
        return None


def arrival_day(received_at: datetime) -> int:
    """Return the day of arrival in UTC, in days since 1970-01-01."""
    return (received_at.astimezone(UTC).date() - EPOCH).days


def article_days(decides: datetime | None, received_at: datetime) -> tuple[int, ...]:
    """Return the days (since 1970-01-01) under which candidates find an article.

    Old material stands under both its own day and that of its arrival: the other half of its
    story may have no date at all.
    """
    received = arrival_day(received_at)
    if decides is None:
        return (received,)
    published = (decides.astimezone(UTC).date() - EPOCH).days
    return (published,) if abs(published - received) <= GATE_DAYS else (published, received)


def stored_grams(tokens: Tokens, furniture: Spans = ()) -> tuple[int, ...]:
    """Return the grams stored of a text: those by which it is counted, and those that find it.

    Counted are the sampled ones, *furniture* or not: what was seen of a gram must not depend on
    what is known of it. Where furniture leaves too few to be found by, others stand in.
    """
    sampled = [gram for gram in fingerprints(tokens) if is_sampled(gram)]
    others = [gram for gram in fingerprints(tokens, furniture) if not is_sampled(gram)]
    return (*sampled, *others)


def term_rows(profile: EventProfile, decides: datetime | None, received_at: datetime) -> TermRows:
    """Return the candidate terms of an article under each of its days."""
    days = article_days(decides, received_at)
    return tuple(
        (term.term, day, term.weight)
        for term in candidate_terms(profile)
        if len(term.term) <= LONGEST_TERM
        for day in days
    )


def spans_json(spans: tuple[Span, ...]) -> list[dict[str, Any]]:
    """Return evidence as it is stored."""
    return [dataclasses.asdict(span) for span in spans]


def event_profile(
    title: str, text: str, decides: datetime | None, left_out: Spans = ()
) -> EventProfile:
    """Return a stored article as evidence of its event, without the spans that are *left_out*."""
    heading = "" if title == NO_TITLE else title
    return profile_article(heading, text, decides, furniture=left_out)
