"""NewsML-G2 and NewsML 1: a text item is an article, a message of many items a container.

https://iptc.org/standards/newsml-g2/; of pictures, packages and concepts it is said what they are.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from lxml import etree

from services.extract.cleaning.blocks import local_name
from services.extract.cleaning.news_items import article_of_item
from services.extract.formats.news_xml import find_all, parse_news_xml
from services.extract.formats.newsml_1 import item_of_newsml_1
from services.extract.formats.newsml_g2 import item_of_g2
from services.extract.outcome import Member, Reading, ReadRequest, Reason, UnreadableError

_ITEMS = frozenset(("newsitem", "packageitem", "conceptitem", "knowledgeitem", "planningitem"))
_NO_ARTICLE = {
    "packageitem": "This is a package: it only points to other items; drop those.",
    "conceptitem": "This item describes a concept; it is no article.",
    "knowledgeitem": "This item holds a vocabulary; it is no article.",
    "planningitem": "This item announces planned coverage; it is no article.",
}


def read(data: bytes, request: ReadRequest) -> Reading:
    """Read one item, or say that the message holds more."""
    root, decoded = parse_news_xml(data)
    items = _items(root)
    if not items:
        raise UnreadableError(Reason.EMPTY, "The news message holds no item.")
    if len(items) > 1:
        return Reading("newsml", members=True, notes=decoded.notes)
    kind = local_name(items[0])
    if kind in _NO_ARTICLE:
        raise UnreadableError(Reason.UNSUPPORTED, _NO_ARTICLE[kind])
    is_first_newsml = local_name(root) == "newsml"
    item = (item_of_newsml_1 if is_first_newsml else item_of_g2)(items[0], root, request)
    return Reading(
        "newsml", article=article_of_item(item, request), notes=(*decoded.notes, *item.notes)
    )


def iter_members(data: bytes, request: ReadRequest) -> Iterator[Member]:
    """Yield each item of a message as a file of its own: `wire.xml#3.xml`."""
    root, _decoded = parse_news_xml(data)
    is_first_newsml = local_name(root) == "newsml"
    for place, item in enumerate(_items(root), 1):
        alone = etree.tostring(item, encoding="utf-8", with_tail=False)
        content = b"<NewsML>" + alone + b"</NewsML>" if is_first_newsml else alone
        yield Member(f"{request.name}#{place}.xml", content)


def _items(root: Any) -> list[Any]:
    name = local_name(root)
    if name in _ITEMS:
        return [root]
    if name == "newsml":
        return find_all(root, "newsitem")
    return [item for item in root.iterdescendants() if local_name(item) in _ITEMS]
