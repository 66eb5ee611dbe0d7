"""Agency XML parsed without risk: no entities of its own, no network, bounded depth.

Elements are found by their local names: agencies send the same format with and without namespaces.
"""

from __future__ import annotations

import re
from html.entities import html5
from typing import Any

from lxml import etree

from services.extract.cleaning.blocks import local_name
from services.extract.formats.decoding import Decoded, decode
from services.extract.outcome import Reason, UnreadableError

_PROLOG = re.compile(r"\s++|<\?(?:[^?]++|\?(?!>))*+\?>|<!--(?:[^-]++|-(?!->))*+-->")
_DOCTYPE = re.compile(r"""<!DOCTYPE(?:[^\[>"']++|"[^"]*+"|'[^']*+')*+(\[|>)""", re.IGNORECASE)
_DECLARATION = re.compile(r"\s*+<\?xml\s[^>]{0,200}\?>")
_NAMED = re.compile(r"&([A-Za-z][A-Za-z0-9]{1,30});")
_MOST_ATTRIBUTES = 200  # more belong to no agency, and cost their square to look at
_OF_XML = frozenset(("amp", "lt", "gt", "quot", "apos"))
# XML 1.0 allows no control characters, not even as references; files of old systems hold some.
_CONTROL = dict.fromkeys([*range(9), 11, 12, *range(14, 32), 0xFFFE, 0xFFFF])
_CONTROL_REFERENCE = re.compile(r"&#(?:0{0,6}(?:[0-8]|1[124-9]|2\d|3[01])|x0{0,6}[01]?[0-8bcef]);")


def parse_news_xml(data: bytes) -> tuple[Any, Decoded]:
    """Parse *data* and give its root element (lxml) and how it was decoded.

    Raises:
        UnreadableError: it declares entities of its own, breaks off, or is nested too deeply.
    """
    decoded = decode(data)
    text = decoded.text.lstrip("\ufeff").translate(_CONTROL)
    _refuse_subset(text)
    if declaration := _DECLARATION.match(text):
        text = text[declaration.end() :]
    text = _NAMED.sub(_character, _CONTROL_REFERENCE.sub("", text))
    parser = etree.XMLParser(
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        dtd_validation=False,
        huge_tree=False,
        remove_comments=True,
        remove_pis=True,
        recover=False,
    )
    try:
        return etree.fromstring(text.encode("utf-8", "replace"), parser), decoded
    except etree.XMLSyntaxError as wrong:
        detail = f"The XML can not be read: {str(wrong)[:200]}."
        raise UnreadableError(Reason.MALFORMED, detail) from wrong


def find(element: Any, path: str) -> Any:
    """Give the first element at *path* (local names with `/` between), or None."""
    return next(iter(find_all(element, path)), None)


def find_all(element: Any, path: str) -> list[Any]:
    """Give the elements at *path*, in document order."""
    found = [element] if element is not None else []
    for name in path.lower().split("/"):
        found = [child for each in found for child in each if local_name(child) == name]
    return found


def text_at(element: Any, *paths: str) -> str:
    """Give the text of the first of *paths* that holds some, on one line."""
    found = (text_of(each) for path in paths for each in find_all(element, path))
    return next((text for text in found if text), "")


def text_of(element: Any) -> str:
    """Give all text inside an element, on one line."""
    return " ".join("".join(element.itertext()).split())


def attribute(element: Any, *names: str) -> str:
    """Give the first of the attributes *names* that an element has, whatever their namespace."""
    if element is None or len(element.attrib) > _MOST_ATTRIBUTES:
        return ""
    held = {key.rpartition("}")[2].lower(): value for key, value in element.attrib.items()}
    return next((held[name].strip() for name in names if held.get(name, "").strip()), "")


def _character(found: re.Match[str]) -> str:
    """Agencies write `&eacute;` and trust in a DTD that is never loaded here."""
    name = found[1]
    return found[0] if name in _OF_XML else html5.get(f"{name};", found[0])


def _refuse_subset(text: str) -> None:
    position = 0
    while skipped := _PROLOG.match(text, position):
        position = skipped.end()
    doctype = _DOCTYPE.match(text, position)
    if doctype and doctype[1] == "[":
        detail = (
            "The XML declares entities of its own (a DOCTYPE with an internal subset), which is "
            "never read; export it without."
        )
        raise UnreadableError(Reason.MALFORMED, detail)
