"""One item of a feed, of whatever kind of feed, as a file of its own: a JSON record."""

from __future__ import annotations

import html
import json
from dataclasses import dataclass

from services.extract.cleaning.records import holds_markup
from services.extract.formats.marked_text import count_words, shown_line
from services.extract.outcome import Member, ReadRequest

# A summary under this is a teaser: a line or two that send readers to the page.
MIN_SUMMARY_WORDS = 40
MAX_TITLE_CHARACTERS = 5000
_COUNTED_CHARACTERS = 100_000
_SIGNATURE_CHARACTERS = 120  # beside the title


@dataclass(frozen=True, slots=True)
class FeedItem:
    """What an item states; nothing where it states nothing.

    `content` is the item's full text as the feed gives it, `summary` what it calls a summary or
    description; either may hold HTML. Dates are as written.
    """

    title: str = ""
    url: str = ""
    external_id: str = ""
    published: str = ""
    updated: str = ""
    authors: tuple[str, ...] = ()
    outlet: str = ""
    language: str = ""
    content: str = ""
    summary: str = ""


def member_of(item: FeedItem, place: int, request: ReadRequest) -> Member:
    """Give *item* as the record `feed.xml#12.json`, complete without the feed."""
    stated = {
        "id": item.external_id,
        "title": shown_line(item.title[:MAX_TITLE_CHARACTERS]),
        "url": item.url,
        "published": item.published,
        "updated": item.updated,
        "authors": list(item.authors),
        "outlet": shown_line(item.outlet),
        "language": item.language,
    }
    record = {name: value for name, value in stated.items() if value} | _text_of(item)
    return Member(f"{request.name}#{place}.json", json.dumps(record, ensure_ascii=False).encode())


def member_as_it_stands(source: str, place: int, request: ReadRequest) -> Member:
    """Give an item too long to be looked into; it is refused by its size when it is read."""
    record = json.dumps({"text": source}, ensure_ascii=False)
    return Member(f"{request.name}#{place}.json", record.encode())


def _text_of(item: FeedItem) -> dict[str, str]:
    """Give the item's text under the key that says what it is; a teaser is no article."""
    content = shown_line(item.content[:_COUNTED_CHARACTERS])
    summary = shown_line(item.summary[:_COUNTED_CHARACTERS])
    is_full = count_words(content) >= count_words(summary) and bool(content)
    if is_full or count_words(summary) >= MIN_SUMMARY_WORDS:
        full = _without_signature(item.content if is_full else item.summary, item)
        return {"content_html": full} if holds_markup(full) else {"text": html.unescape(full)}
    return {"summary": summary or shown_line(item.title[:MAX_TITLE_CHARACTERS])}


def _without_signature(markup: str, item: FeedItem) -> str:
    """Cut a last paragraph that only names and links the item: `The post … appeared first on …`."""
    start = markup.rfind("<p")
    last = markup[start:] if start > 0 else ""
    if not item.url or item.url not in last:
        return markup
    shown, title = shown_line(last), shown_line(item.title[:MAX_TITLE_CHARACTERS])
    is_signature = title and title in shown and len(shown) <= len(title) + _SIGNATURE_CHARACTERS
    return markup[:start] if is_signature else markup
