"""One item of a feed, of whatever kind of feed, as a file of its own: a JSON record."""

from __future__ import annotations

import html
import json
import re
from dataclasses import dataclass

from services.extract.cleaning.records import holds_markup
from services.extract.outcome import Member, ReadRequest

# A summary under this is a teaser: a line or two that send readers to the page.
MIN_SUMMARY_WORDS = 40
_TAG = re.compile(r"</?[A-Za-z!][^<>]{0,5000}>")
_WORD = re.compile(r"[^\W_]+")
_WIDE = re.compile(r"[\u0e00-\u0e7f\u3040-\u30ff\u3400-\u9fff\uf900-\ufaff]")


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
        "title": shown_text(item.title),
        "url": item.url,
        "published": item.published,
        "updated": item.updated,
        "authors": list(item.authors),
        "outlet": shown_text(item.outlet),
        "language": item.language,
    }
    record = {name: value for name, value in stated.items() if value} | _text_of(item)
    return Member(f"{request.name}#{place}.json", json.dumps(record, ensure_ascii=False).encode())


def _text_of(item: FeedItem) -> dict[str, str]:
    """Give the item's text under the key that says what it is; a teaser is no article."""
    content, summary = shown_text(item.content), shown_text(item.summary)
    is_full = _count_words(content) >= _count_words(summary) and bool(content)
    if is_full or _count_words(summary) >= MIN_SUMMARY_WORDS:
        full = item.content if is_full else item.summary
        return {"content_html": full} if holds_markup(full) else {"text": html.unescape(full)}
    return {"summary": summary or shown_text(item.title)}


def shown_text(markup: str) -> str:
    """Give the words a reader sees, in one line."""
    return " ".join(html.unescape(_TAG.sub(" ", markup)).split())


def _count_words(text: str) -> int:
    return len(_WORD.findall(text)) + len(_WIDE.findall(text)) // 2
