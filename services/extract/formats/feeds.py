"""RSS and Atom files: a container; each item becomes a JSON record of its own.

Items are cut out of the text one by one and parsed alone: a feed of any length needs the memory of
one item, a fault in one leaves the others whole, and no document type reaches a parser.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from services.extract.formats.decoding import decode
from services.extract.formats.feed_items import member_as_it_stands, member_of
from services.extract.formats.feed_xml import FeedHead, read_head, read_item
from services.extract.outcome import Member, Reading, ReadRequest, Reason, UnreadableError

MAX_ITEM_CHARACTERS = 4_000_000
_MAX_HEAD_CHARACTERS = 500_000
_ROOT = re.compile(r"<(?:[\w.-]{1,60}:)?(rss|rdf|feed)(?=[\s>/])", re.IGNORECASE)
_TOKEN = re.compile(
    r"<!\[CDATA\[|<!--|<(/?)((?:rss:|atom:)?(?:item|entry))(?=[\s>/])[^<>]{0,2000}>", re.IGNORECASE
)
_END = re.compile(r"</(?:[\w.-]{1,60}:)?(?:rss|rdf|feed)\s{0,20}>", re.IGNORECASE)
_ENDS = {"<![CDATA[": "]]>", "<!--": "-->"}
_PROLOG = re.compile(r"\s*+(?:<\?[^>]*+>|<!--(?:[^-]|-(?!->))*+-->)")
_DOCTYPE = re.compile(r"\s*+<!DOCTYPE(?:[^\[\]<>\"']++|\"[^\"]*+\"|'[^']*+')*+(.?)", re.IGNORECASE)


def read(data: bytes, _request: ReadRequest) -> Reading:
    """Say that the feed is a container; UnreadableError when it holds no item."""
    decoded = decode(data)
    root = _root(decoded.text)
    next(_item_sources(decoded.text, root.start()))
    return Reading(_kind(root), members=True, notes=decoded.notes)


def iter_members(data: bytes, request: ReadRequest) -> Iterator[Member]:
    """Yield each item as a record of its own: `feed.xml#12.json`.

    Raises:
        UnreadableError: The feed breaks off, after the items up to there.
    """
    text = decode(data).text
    root = _root(text)
    head: FeedHead | None = None
    for place, (start, end) in enumerate(_item_sources(text, root.start()), start=1):
        if head is None:
            head = read_head(text[root.start() : start][:_MAX_HEAD_CHARACTERS])
        if end - start > MAX_ITEM_CHARACTERS:
            yield member_as_it_stands(text[start:end], place, request)
        else:
            yield member_of(read_item(text[start:end], head), place, request)


def _root(text: str) -> re.Match[str]:
    """Find the root element, past what may stand before it."""
    position = 1 if text.startswith("\ufeff") else 0
    while found := _PROLOG.match(text, position):
        position = found.end()
    doctype = _DOCTYPE.match(text, position)
    if doctype and doctype[1] != ">":
        detail = (
            "The feed declares a document type of its own, which is not read: "
            "drop the DOCTYPE from the file."
        )
        raise UnreadableError(Reason.MALFORMED, detail)
    root = _ROOT.search(text, doctype.end() if doctype else position)
    if root is None:
        raise UnreadableError(Reason.MALFORMED, "The feed has no root element (rss, RDF or feed).")
    return root


def _kind(root: re.Match[str]) -> str:
    return "atom" if root[1].lower() == "feed" else "rss"


def _item_sources(text: str, position: int) -> Iterator[tuple[int, int]]:
    """Yield where each item stands; an item left open ends where the next begins."""
    start, count, trusted = -1, 0, set(_ENDS)
    while found := _TOKEN.search(text, position):
        position = found.end()
        opener = found[0]
        if opener in _ENDS:
            end = text.find(_ENDS[opener], position) if opener in trusted else -1
            if end < 0:
                trusted.discard(opener)  # one that never ends hides nothing
            else:
                position = end
            continue
        if start >= 0:
            count += 1
            yield start, found.end() if found[1] else found.start()
            start = -1
        if not found[1] and not opener.endswith("/>"):
            start = found.start()
    if start >= 0 or not _END.search(text, position):
        raise UnreadableError(Reason.MALFORMED, _broken_off(count))
    if not count:
        raise UnreadableError(Reason.EMPTY, "The feed holds no items.")


def _broken_off(count: int) -> str:
    return f"The feed breaks off after {count} whole items: it has no end. Save it again."
