"""What an item of NewsML-G2 states."""

from __future__ import annotations

from typing import Any

from services.extract.cleaning.blocks import Body, body_of, local_name
from services.extract.cleaning.news_items import NewsItem, body_of_string, status_notes
from services.extract.formats.news_xml import attribute, find, find_all, text_at, text_of
from services.extract.formats.nitf import item_of_nitf
from services.extract.outcome import ReadRequest, Reason, UnreadableError

_TEXTLESS = {
    "picture": "a picture", "graphic": "a graphic", "video": "a video", "audio": "a recording",
    "composite": "a package of other items", "animated": "an animation",
}  # fmt: skip


def item_of_g2(item: Any, message: Any, request: ReadRequest) -> NewsItem:
    """Give what a `newsItem` states; its *message* may state the provider.

    Raises:
        UnreadableError: it holds no text of its own.
    """
    management, about = find(item, "itemMeta"), find(item, "contentMeta")
    embargo = find(management, "embargoed")
    until = text_of(embargo) if embargo is not None else None
    notes = status_notes(_code(find(management, "pubStatus")), until)
    kind = _code(find(management, "itemClass")).rpartition(":")[2].lower()
    inner, body = _content(item, request)
    if body is None and (kind in _TEXTLESS or not text_at(about, "headline")):
        what = _TEXTLESS.get(kind, "kept in other files, which are not followed")
        detail = f"The item has no text inside it: its content is {what}."
        raise UnreadableError(Reason.NO_TEXT, " ".join((*notes, detail)))
    credit = text_at(about, "creditline")
    return NewsItem(
        paragraphs=body.paragraphs if body else (),
        title=_headline(about) or text_at(management, "title") or inner.title,
        bylines=_bylines(about) or inner.bylines,
        dateline=text_at(about, "located/name", "dateline") or inner.dateline,
        created=(
            text_at(about, "contentCreated"),
            text_at(management, "firstCreated"),
            text_at(management, "versionCreated"),
            *inner.created,
        ),
        modified=(text_at(about, "contentModified"), text_at(management, "versionCreated")),
        outlets=(*_parties(management, "provider"), *_senders(message), *inner.outlets),
        credits=(*_parties(about, "infoSource"), credit, *inner.credits),
        language=attribute(find(about, "language"), "tag") or inner.language
        or attribute(item, "lang"),
        external_id="#".join(filter(None, (attribute(item, "guid"), attribute(item, "version")))),
        notes=(*notes, *(body.notes if body else ())),
    )  # fmt: skip


def _content(item: Any, request: ReadRequest) -> tuple[NewsItem, Body | None]:
    """Read the first content that is text; NITF inside it may state fields too."""
    for content in find_all(item, "contentSet/inlineXML"):
        for child in content:
            if local_name(child) == "nitf":
                inner = item_of_nitf(child)
                return inner, Body(inner.paragraphs, tuple(inner.notes))
            return NewsItem(()), body_of(*(find_all(child, "body") or [child]))
    for content in find_all(item, "contentSet/inlineData"):
        kind = attribute(content, "contenttype").lower()
        if not kind or kind.startswith(("text/", "application/xhtml")):
            return NewsItem(()), body_of_string("".join(content.itertext()), kind, request)
    return NewsItem(()), None


def _headline(about: Any) -> str:
    """Give the headline; one of another role (a subheadline) only if there is no other."""
    headlines = find_all(about, "headline")
    plain = [each for each in headlines if "sub" not in attribute(each, "role").lower()]
    return next((text for each in (*plain, *headlines) if (text := text_of(each))), "")


def _bylines(about: Any) -> tuple[str, ...]:
    written = tuple(filter(None, map(text_of, find_all(about, "by"))))
    return written or _parties(about, "creator") or _parties(about, "contributor")


def _parties(element: Any, role: str) -> tuple[str, ...]:
    """Name those who have a *role*: by name, else by literal or code."""
    found = (
        text_at(party, "name") or attribute(party, "literal", "qcode")
        for party in find_all(element, role)
    )
    return tuple(filter(None, found))


def _senders(message: Any) -> tuple[str, ...]:
    return tuple(filter(None, [text_at(message, "header/sender")]))


def _code(element: Any) -> str:
    return attribute(element, "qcode", "uri", "literal")
