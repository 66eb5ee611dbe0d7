"""Frozen values that cross a service boundary. Pure: no database, no clock, no settings."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from enum import StrEnum


class Source(StrEnum):
    """Where a field's value came from. `file` and `guess` never decide anything."""

    JSON_LD = "json-ld"
    META = "meta"
    PAGE = "page"
    URL = "url"
    DATELINE = "dateline"
    TEXT = "text"
    FILE = "file"
    GUESS = "guess"


@dataclass(frozen=True, slots=True)
class Field:
    """A value read from an article, with where it came from and how sure we are (0 to 1)."""

    value: str
    source: Source
    confidence: float


@dataclass(frozen=True, slots=True)
class CleanArticle:
    """One readable item: its text as a reader sees it, and its fields.

    `text` is the cleaned text as written (no Unicode folding, no quote folding); paragraphs are
    separated by a blank line. It is immutable: every offset anywhere refers to it, in code points.
    Evidence in the title refers to the value of `fields["title"]`.

    Keys of `fields`: title, published, updated (ISO 8601; a bare date when the time is unknown),
    outlet, language (ISO 639-1), url, external_id, dateline, agency. An unknown field is absent.
    """

    text: str
    fields: Mapping[str, Field]
    authors: tuple[str, ...] = ()

    def value(self, name: str) -> str | None:
        """Return the value of the field *name*, or None when it is unknown."""
        found = self.fields.get(name)
        return found.value if found else None


Spans = tuple[tuple[int, int], ...]
"""Parts of a text, `[start, end)` in code points, in order and apart from each other."""


@dataclass(frozen=True, slots=True)
class Span:
    """Evidence: `[start, end)` in code points of one field (`title` or `text`), and its words."""

    field: str
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Tag:
    """The fact that an article has a topic, at level `mention` or `about`, and why."""

    topic: str
    level: str
    evidence: tuple[Span, ...]


@dataclass(frozen=True, slots=True)
class Readable:
    """What rules and topics may ask of an article.

    `furniture` are the spans of `text` in which neither finds a word.
    """

    title: str
    text: str
    outlet: str | None = None
    language: str | None = None
    authors: tuple[str, ...] = ()
    published_at: datetime | None = None
    topics: Mapping[str, str] = field(default_factory=dict)  # topic id -> level
    topic_evidence: Mapping[str, tuple[Span, ...]] = field(default_factory=dict)  # by topic id
    outlet_aliases: tuple[str, ...] = ()
    furniture: Spans = ()


UNDECIDED_SOURCES = frozenset({Source.FILE, Source.GUESS})
# Clocks and time zones differ by a day at most; a date further ahead is a mistake or a lie.
FUTURE_TOLERANCE = timedelta(days=1)


def deciding_date(
    published_at: datetime | None, source: str | None, received_at: datetime
) -> datetime | None:
    """Return the publication time if it may decide: known, not guessed, not in the future."""
    if published_at is None or source is None or source in UNDECIDED_SOURCES:
        return None
    return published_at if published_at <= received_at + FUTURE_TOLERANCE else None
