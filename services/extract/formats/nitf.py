"""NITF, the older of the agencies' XML formats: one article (https://iptc.org/standards/nitf/)."""

from __future__ import annotations

from typing import Any

from services.extract.cleaning.blocks import body_of, local_name
from services.extract.cleaning.news_items import NewsItem, article_of_item, status_notes
from services.extract.formats.news_xml import (
    attribute,
    find,
    find_all,
    parse_news_xml,
    text_at,
    text_of,
)
from services.extract.outcome import Reading, ReadRequest


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read one article."""
    root, decoded = parse_news_xml(data)
    item = item_of_nitf(root)
    return Reading(
        "nitf", article=article_of_item(item, request), notes=(*decoded.notes, *item.notes)
    )


def item_of_nitf(root: Any) -> NewsItem:
    """Give what an `nitf` element states; it may stand inside NewsML."""
    head, about = find(root, "head"), find(root, "head/docdata")
    heading = find(root, "body/body.head")
    body = body_of(*find_all(root, "body/body.content"))
    holder = attribute(find(about, "doc.copyright"), "holder")
    name = attribute(find(head, "pubdata"), "name")
    distributor = text_at(heading, "distributor/org", "distributor")
    return NewsItem(
        paragraphs=body.paragraphs,
        title=text_at(heading, "hedline/hl1", "headline/hl1", "hedline") or text_at(head, "title"),
        bylines=tuple(map(_names, find_all(heading, "byline"))),
        dateline=text_at(heading, "dateline/location") or text_at(heading, "dateline"),
        created=(
            attribute(find(about, "date.issue"), "norm"),
            attribute(find(heading, "dateline/story.date"), "norm"),
            attribute(find(head, "pubdata"), "date.publication"),
        ),
        outlets=(name, distributor, holder),
        credits=(distributor, text_at(heading, "dateline"), holder),
        language=attribute(find(root, "body/body.content"), "lang") or attribute(root, "lang"),
        external_id=attribute(find(about, "doc-id"), "id-string"),
        url=attribute(find(head, "pubdata"), "ex-ref"),
        notes=(*status_notes(attribute(about, "management-status")), *body.notes),
    )


def _names(byline: Any) -> str:
    """Give the persons of a byline, else its text; titles (`byttl`) are no names."""
    persons = [text for each in find_all(byline, "person") if (text := text_of(each))]
    if persons:
        return "; ".join(persons)
    kept = [byline.text or ""]
    for child in byline:
        kept += ["" if local_name(child) == "byttl" else text_of(child), child.tail or ""]
    return " ".join(" ".join(kept).split())
