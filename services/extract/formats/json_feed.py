"""JSON Feed (https://jsonfeed.org/version/1.1): a container, also when it holds one item."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

from services.extract.cleaning.json_ld import values
from services.extract.formats.decoding import decode
from services.extract.formats.feed_items import FeedItem, member_of
from services.extract.outcome import Member, Reading, ReadRequest, Reason, UnreadableError


def read(data: bytes, _request: ReadRequest) -> Reading:
    """Say that the feed is a container; UnreadableError when it holds no item."""
    decoded = decode(data)
    if not _items(_feed(decoded.text)):
        raise UnreadableError(Reason.EMPTY, "The feed holds no items.")
    return Reading("json_feed", members=True, notes=decoded.notes)


def iter_members(data: bytes, request: ReadRequest) -> Iterator[Member]:
    """Yield each item as a record of its own: `feed.json#12.json`."""
    feed = _feed(decode(data).text)
    for place, item in enumerate(_items(feed), start=1):
        yield member_of(_item(item, feed), place, request)


def _feed(text: str) -> Mapping[str, Any]:
    try:
        found = json.loads(text.lstrip("\ufeff"), strict=False)
    except ValueError as wrong:
        raise UnreadableError(Reason.MALFORMED, f"The feed is no whole JSON: {wrong}.") from wrong
    return found if isinstance(found, Mapping) else {}


def _items(feed: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    found = feed.get("items")
    return [i for i in found if isinstance(i, Mapping)] if isinstance(found, list) else []


def _item(item: Mapping[str, Any], feed: Mapping[str, Any]) -> FeedItem:
    """Read one item; authors and language are the feed's where the item names none."""
    outlet = _text(feed, "title")
    authors = _authors(item) or [name for name in _authors(feed) if name != outlet]
    return FeedItem(
        title=_text(item, "title"),
        url=_text(item, "url", "external_url"),
        external_id=_text(item, "id"),
        published=_text(item, "date_published"),
        updated=_text(item, "date_modified"),
        authors=tuple(authors),
        outlet=outlet,
        language=_text(item, "language") or _text(feed, "language"),
        content=_text(item, "content_html", "content_text"),
        summary=_text(item, "summary"),
    )


def _authors(found: Mapping[str, Any]) -> list[str]:
    """Give the names of version 1.1 (`authors`) or of version 1 (`author`)."""
    return values(found.get("authors"), "name") or values(found.get("author"), "name")


def _text(found: Mapping[str, Any], *keys: str) -> str:
    """Give the first of *keys* that holds text or a number."""
    for key in keys:
        value = found.get(key)
        if isinstance(value, str) and value.strip():
            return value.strip()
        if isinstance(value, int | float) and not isinstance(value, bool):
            return str(value)
    return ""
