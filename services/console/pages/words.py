"""How values are said on a page: ages, counts, names, and text that cannot lie. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Protocol
from urllib.parse import urlsplit

from shared.model import deciding_date

# Controls, bidi marks and embeddings, zero-width and tag characters, lone surrogates: what can hide
# or reorder words. Joiners stay (spelling in some scripts), soft hyphens too (they hide nothing).
_UNSEEN = re.compile(
    "[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\u061c\u180e\u200b\u200e\u200f\u2028-\u202e"
    "\u2060-\u206f\ufeff\ufff9-\ufffb\ud800-\udfff\U000e0000-\U000e007f]"
)
_URL_CHARACTERS = 2000
_LANGUAGE = re.compile(r"[A-Za-z]{2,3}(?:-[A-Za-z0-9]{2,8}){0,3}\Z")


def visible(text: str) -> str:
    """Return *text* with every character that cannot be seen, or reorders others, written out."""
    return _UNSEEN.sub(lambda found: f"⟨U+{ord(found[0]):04X}⟩", text)


def link_address(url: str | None) -> str | None:
    """Return *url* if it is an ordinary web address that may become a link, else None."""
    if url is None or len(url) > _URL_CHARACTERS or not url.isprintable() or " " in url:
        return None
    if visible(url) != url:
        return None
    try:
        parts = urlsplit(url)
    except ValueError:
        return None
    return url if parts.scheme in {"http", "https"} and parts.hostname else None


def language_tag(language: str | None) -> str | None:
    """Return *language* if it has the form of a language tag (BCP 47), else None."""
    return language if language is not None and _LANGUAGE.match(language) else None


def duration(seconds: float) -> str:
    """Return a length of time in the unit a person would use: `1.2 s`, `14 min`, `3 h`, `5 d`."""
    if seconds < 10:
        return f"{max(seconds, 0):.1f} s"
    if seconds < 90:
        return f"{seconds:.0f} s"
    if seconds < 90 * 60:
        return f"{seconds / 60:.0f} min"
    if seconds < 36 * 3600:
        return f"{seconds / 3600:.0f} h"
    return f"{seconds / 86400:.0f} d"


def relative(at: datetime, now: datetime) -> str:
    """Return *at* as seen from *now*: `just now`, `14 min ago`, `in 3 h`."""
    return relative_seconds((now - at).total_seconds())


def relative_seconds(seconds: float) -> str:
    """Return how long ago, or for a negative number in how long: `14 min ago`, `in 3 h`."""
    if abs(seconds) < 10:
        return "just now"
    return f"{duration(seconds)} ago" if seconds > 0 else f"in {duration(-seconds)}"


def exact_time(at: datetime) -> str:
    """Return *at* in UTC to the second: `2026-11-21 14:02:07 UTC`."""
    return at.astimezone(UTC).strftime("%Y-%m-%d %H:%M:%S UTC")


def machine_time(at: datetime) -> str:
    """Return *at* as the `datetime` attribute of `<time>` wants it."""
    return at.astimezone(UTC).isoformat(timespec="seconds")


def counted(count: int, one: str, many: str | None = None) -> str:
    """Return `1 article`, `7 articles`, `1,200 copies`."""
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def shortened(text: str, characters: int = 300) -> str:
    """Return the start of *text*, and how much more there is, if it is longer than a page wants."""
    if len(text) <= characters:
        return text
    return f"{text[:characters]} … ({len(text) - characters:,} more characters)"


class Datable(Protocol):
    """What is known of an article's time."""

    @property
    def published_at(self) -> datetime | None:
        """When it says it was published."""

    @property
    def published_source(self) -> str | None:
        """Where that is said."""

    @property
    def received_at(self) -> datetime:
        """When it arrived."""


def is_dated(article: Datable) -> bool:
    """Return whether *article* says when it was published; a guess, or the future, is no date."""
    said = article.published_at, article.published_source, article.received_at
    return deciding_date(*said) is not None


def dated(article: Datable) -> str:
    """Return the day *article* was published, or that it tells none and the day it arrived."""
    if is_dated(article):
        return f"{article.published_at:%Y-%m-%d}"
    return f"undated, arrived {article.received_at:%Y-%m-%d}"


def spoken(name: str) -> str:
    """Return an enum value as words: `first_in_story` -> `first in story`."""
    return name.replace("_", " ").replace(":", ": ")
