"""What an item of NewsML 1 states (1.0 to 1.2, still sent by some agencies)."""

from __future__ import annotations

from typing import Any

from services.extract.cleaning.blocks import Body, body_of, local_name
from services.extract.cleaning.news_items import NewsItem, body_of_string, status_notes
from services.extract.formats.news_xml import attribute, find, find_all, text_at
from services.extract.formats.nitf import item_of_nitf
from services.extract.outcome import ReadRequest, Reason, UnreadableError


def item_of_newsml_1(item: Any, message: Any, request: ReadRequest) -> NewsItem:
    """Give what a `NewsItem` states; its *message* may state who sent it.

    Raises:
        UnreadableError: it holds no text of its own.
    """
    identity = find(item, "Identification/NewsIdentifier")
    management = find(item, "NewsManagement")
    notes = status_notes(attribute(find(management, "Status"), "formalname"))
    component, inner, body = _content(item, request)
    lines = _first(item, component, "NewsLines")
    about = _first(item, component, "AdministrativeMetadata")
    if body is None and not text_at(lines, "HeadLine"):
        detail = "The item has no text inside it; its content is kept in other files."
        raise UnreadableError(Reason.NO_TEXT, " ".join((*notes, detail)))
    described = _first(item, component, "DescriptiveMetadata")
    return NewsItem(
        paragraphs=body.paragraphs if body else (),
        title=text_at(lines, "HeadLine") or inner.title,
        bylines=tuple(filter(None, [text_at(lines, "ByLine")])) or inner.bylines,
        dateline=text_at(lines, "DateLine") or inner.dateline,
        created=(text_at(management, "FirstCreated"), *inner.created),
        modified=(text_at(management, "ThisRevisionCreated"),),
        outlets=(
            *_parties(about, "Provider"), *inner.outlets, text_at(identity, "ProviderId"),
            *_parties(find(message, "NewsEnvelope"), "SentFrom"),
        ),
        credits=(*_parties(about, "Source"), text_at(lines, "CreditLine"), *inner.credits),
        language=attribute(find(described, "Language"), "formalname") or inner.language
        or attribute(item, "lang"),
        external_id=text_at(identity, "PublicIdentifier", "NewsItemId"),
        notes=(*notes, *(body.notes if body else ())),
    )  # fmt: skip


def _content(item: Any, request: ReadRequest) -> tuple[Any, NewsItem, Body | None]:
    """Find the first component whose content is text, with what it states."""
    for content in item.iterdescendants():
        if local_name(content) != "contentitem":
            continue
        for holder in (
            *find_all(content, "DataContent"),
            *find_all(content, "Encoding/DataContent"),
        ):
            inner, body = _body(holder, _kind(content), request)
            if body.paragraphs:
                return content.getparent(), inner, body
    return find(item, "NewsComponent"), NewsItem(()), None


def _body(holder: Any, kind: str, request: ReadRequest) -> tuple[NewsItem, Body]:
    for child in holder:
        if local_name(child) == "nitf":
            inner = item_of_nitf(child)
            return inner, Body(inner.paragraphs, tuple(inner.notes))
        return NewsItem(()), body_of(*(find_all(child, "body") or [holder]))
    return NewsItem(()), body_of_string("".join(holder.itertext()), kind, request)


def _kind(content: Any) -> str:
    named = (attribute(find(content, name), "formalname") for name in ("MimeType", "Format"))
    return " ".join(named).lower()


def _first(item: Any, component: Any, name: str) -> Any:
    """Give the element *name* of the component, or of one around it."""
    while component is not None and component is not item:
        if (found := find(component, name)) is not None:
            return found
        component = component.getparent()
    return next((each for each in item.iterdescendants() if local_name(each) == name.lower()), None)


def _parties(element: Any, role: str) -> tuple[str, ...]:
    found = (attribute(each, "formalname") for each in find_all(element, f"{role}/Party"))
    return tuple(filter(None, found))
