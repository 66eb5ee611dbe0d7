"""One item of an RSS or Atom feed, read from its own few lines of XML."""

from __future__ import annotations

import html.entities
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from urllib.parse import urljoin

from lxml import etree

from services.extract.cleaning.authors import names_in
from services.extract.formats.feed_items import FeedItem
from services.extract.formats.marked_text import shown_line

_MAX_AUTHORS = 20
# An `&` that begins nothing XML knows; with it the name of an HTML entity, which feeds often use.
_AMPERSAND = re.compile(
    r"&(?!#\d{1,7};|#[xX][0-9A-Fa-f]{1,6};|(?:amp|lt|gt|quot|apos);)([A-Za-z][A-Za-z0-9]{1,31};)?"
)
_CDATA, _CDATA_END = "<![CDATA[", "]]>"
_NO_XML = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_DECLARED = re.compile(
    r"""xmlns(?::[\w.-]{1,60})?\s{0,5}=\s{0,5}(?:"[^"<]{0,300}"|'[^'<]{0,300}')"""
)
_LANGUAGE = re.compile(r"""xml:lang\s{0,5}=\s{0,5}["']([\w-]{1,40})["']""")
_ADDRESS_AND_NAME = re.compile(r"\S{1,200}@\S{1,200}\s{1,5}\((.{1,200})\)\s{0,5}$")
_XML_BASE = "{http://www.w3.org/XML/1998/namespace}base"
_FAMILIES = (
    ("purl.org/dc/terms", "dcterms:"), ("purl.org/dc/", "dc:"),
    ("rss/1.0/modules/content", "content:"), ("rss/1.0/modules/", "other:"),
    ("search.yahoo.com/mrss", "media:"), ("itunes", "itunes:"), ("w3.org/1999/xhtml", "xhtml:"),
    ("w3.org/2005/atom", ""), ("purl.org/atom/", ""), ("purl.org/rss/1.0", ""),
    ("netscape.com/rdf", ""), ("backend.userland.com/rss", ""),
)  # fmt: skip
_PUBLISHED = ("pubdate", "published", "issued", "dc:date", "dcterms:issued", "dcterms:created",
              "created")  # fmt: skip
_UPDATED = ("updated", "modified", "dcterms:modified")
_CONTENT = ("content:encoded", "content", "xhtml:body", "body", "fulltext")
_SUMMARY = ("description", "summary", "dc:description", "media:description", "itunes:summary")


@dataclass(frozen=True, slots=True)
class FeedHead:
    """What holds for all items: the feed's own fields, and the declarations they rely on."""

    outlet: str = ""
    language: str = ""
    authors: tuple[str, ...] = ()
    declarations: str = ""
    base: str = ""  # the address that relative links go out from


@dataclass(slots=True)
class _Parts:
    """The children of an item or feed by name in small letters, with the family of namespaces."""

    by_name: dict[str, list[etree._Element]] = field(default_factory=dict)

    def texts(self, names: tuple[str, ...], read: Callable[[etree._Element], str]) -> Iterator[str]:
        for name in names:
            yield from filter(None, map(read, self.by_name.get(name, ())))

    def first(self, *names: str, read: Callable[[etree._Element], str] | None = None) -> str:
        return next(self.texts(names, read or _plain), "")


def read_head(source: str) -> FeedHead:
    """Read what stands before the first item; its elements are still open there."""
    root = _parsed(source)
    parts = _parts(root)
    base = _base(root, "")
    channel = parts.by_name.get("channel")
    if channel:
        parts, base = _parts(channel[0]), _base(channel[0], base)
    outlet = shown_line(parts.first("title", "dc:title"))
    said = _LANGUAGE.search(source[:5000])
    declared = dict.fromkeys(found[0] for found in _DECLARED.finditer(source[:100_000]))
    by_name = {text.split("=")[0].strip(): text for text in declared}
    return FeedHead(
        outlet=outlet,
        language=parts.first("language", "dc:language") or (said[1] if said else ""),
        # In RSS these are the people who run the feed; in Atom the authors of its entries.
        authors=() if channel else tuple(name for name in _authors(parts) if name != outlet),
        declarations=" ".join(by_name.values()),
        base=base or _page_linked(parts, ""),
    )


def read_item(source: str, head: FeedHead) -> FeedItem:
    """Read one item; faults in its XML are mended where they can be."""
    root = _parsed(f"<item-of {head.declarations}>{source}</item-of>")
    item = root[0] if root is not None and len(root) else None
    parts = _parts(item)
    said = _LANGUAGE.search(source[: source.find(">")])
    origin = next(iter(parts.by_name.get("source", ())), None)
    return FeedItem(
        title=parts.first("title", "dc:title", "media:title", read=_marked_up),
        url=_link(parts, _base(item, head.base)),
        external_id=parts.first("guid", "id", "dc:identifier"),
        published=parts.first(*_PUBLISHED),
        updated=parts.first(*_UPDATED),
        authors=_authors(parts) or head.authors,
        outlet=_outlet_of_source(origin) or head.outlet,
        language=parts.first("dc:language", "language") or (said[1] if said else head.language),
        content=max(parts.texts(_CONTENT, _marked_up), key=len, default=""),
        summary=parts.first(*_SUMMARY, read=_marked_up),
    )


def _parsed(source: str) -> etree._Element | None:
    """Parse without entities, files and network, and without giving up at the first fault."""
    parser = etree.XMLParser(
        recover=True, resolve_entities=False, no_network=True, load_dtd=False, huge_tree=False,
        remove_comments=True, remove_pis=True, encoding="utf-8",
    )  # fmt: skip
    try:
        return etree.fromstring(_mended(source).encode("utf-8"), parser)
    except etree.XMLSyntaxError:
        return None


def _mended(source: str) -> str:
    """Make text of what XML refuses: control characters, and `&` that begins no entity of XML."""
    source = _NO_XML.sub(" ", source)
    pieces: list[str] = []
    position = 0
    while (start := source.find(_CDATA, position)) >= 0:
        end = source.find(_CDATA_END, start)
        if end < 0:
            break
        pieces += [_AMPERSAND.sub(_as_character, source[position:start]), source[start:end]]
        position = end
    return "".join((*pieces, _AMPERSAND.sub(_as_character, source[position:])))


def _as_character(found: re.Match[str]) -> str:
    name = found[1] or ""
    known = html.entities.html5.get(name)
    return known if known and known not in "<>&" else f"&amp;{name}"


def _parts(parent: etree._Element | None) -> _Parts:
    parts = _Parts()
    for child in parent if parent is not None else ():
        if isinstance(child.tag, str):
            parts.by_name.setdefault(_name(child.tag), []).append(child)
    return parts


def _name(tag: str) -> str:
    """Name an element: `content:encoded` whatever prefix the feed gives the namespace."""
    space, _, local = tag.rpartition("}")
    lowered = space.lower()
    family = next((family for part, family in _FAMILIES if part in lowered), "other:")
    return (family if space else "") + local.lower()


def _plain(element: etree._Element) -> str:
    return " ".join("".join(element.itertext()).split())


def _marked_up(element: etree._Element) -> str:
    """Give the element's text as HTML: escaped text (`type="text"` of Atom) is escaped again."""
    if len(element):
        return _inner(element)
    text = "".join(element.itertext()).strip()
    return html.escape(text, quote=False) if _is_atom_text(element) else text


def _inner(element: etree._Element) -> str:
    """Serialise markup that stands unescaped in the feed, as XHTML in Atom does."""
    for inner in element.iter(etree.Element):
        if "}" in inner.tag:
            inner.tag = inner.tag.rpartition("}")[2]
    etree.cleanup_namespaces(element)
    inside = [html.escape(element.text or "", quote=False)]
    inside += [etree.tostring(child, encoding="unicode") for child in element]
    return "".join(inside).strip()


def _is_atom_text(element: etree._Element) -> bool:
    is_atom = "atom" in element.tag.rpartition("}")[0].lower()
    return (
        is_atom
        and element.get("type", "text") in {"text", "text/plain"}
        and (element.get("mode") != "escaped")
    )


def _base(element: etree._Element | None, around: str) -> str:
    """Give the address that links below *element* are relative to; *around* is that outside it."""
    stated = element.get(_XML_BASE, "") if element is not None else ""
    return _absolute(stated, around) or around


def _absolute(address: str, base: str) -> str:
    """Complete a relative address; nothing for what is none."""
    address = address.strip()
    if not address or any(character.isspace() for character in address):
        return ""
    try:
        whole = urljoin(base, address)
    except ValueError:  # brackets that hold no number of a host
        whole = address
    return whole if whole.startswith(("http://", "https://")) else ""


def _page_linked(parts: _Parts, base: str) -> str:
    """Give the address in the first `link` to a page: RSS's text, Atom's `href`."""
    for link in parts.by_name.get("link", ()):
        if link.get("rel", "alternate") == "alternate":
            stated = link.get("href") or _plain(link)
            if address := _absolute(stated, _base(link, base)):
                return address
    return ""


def _link(parts: _Parts, base: str) -> str:
    """Give the address of the page: that of a link, a guid that is one."""
    if linked := _page_linked(parts, base):
        return linked
    guid = next(iter(parts.by_name.get("guid", ())), None)
    is_link = guid is not None and guid.get("isPermaLink", "true").lower() != "false"
    return _plain(guid) if guid is not None and is_link else ""


def _authors(parts: _Parts) -> tuple[str, ...]:
    """Give the names: Atom's `author/name`, RSS's `desk@example.org (Ann Lee)`, `dc:creator`."""
    found: dict[str, None] = {}
    for element in [
        *parts.by_name.get("author", ()),
        *parts.by_name.get("dc:creator", ()),
        *(() if parts.by_name.get("author") else parts.by_name.get("itunes:author", ())),
    ][:_MAX_AUTHORS]:
        name = _parts(element).first("name") if len(element) else _plain(element)
        if in_brackets := _ADDRESS_AND_NAME.match(name):
            name = in_brackets[1]
        if name and "@" not in name:
            found.update(dict.fromkeys(names_in([name]) or (name,)))
    return tuple(found)


def _outlet_of_source(source: etree._Element | None) -> str:
    """Name the outlet an item of a collection was first published by."""
    if source is None:
        return ""
    return shown_line(_parts(source).first("title") if len(source) else _plain(source))
