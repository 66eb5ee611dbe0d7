"""Make the source of a page harmless before any parser sees it, in time linear in its length.

Two megabytes of attributes on one tag, or of nested tags, cost the HTML parsers minutes, and
libxml2 drops everything below 256 levels without a word. So one scan over the tags drops what
nobody reads (scripts, styles, comments, overlong attributes) and levels out absurd nesting.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field

MAX_ATTRIBUTE_CHARACTERS = 2000
MAX_ATTRIBUTES = 200
MAX_JSON_LD_CHARACTERS = 1_000_000
MAX_DEPTH = 200

_NAME = re.compile(r"</?([A-Za-z][A-Za-z0-9:-]{0,40})")
# As browsers do: a quote counts only after `=`. Possessive, so that a failed match costs one pass;
# after the first failure quotes are not trusted at all.
_QUOTED_TAG = re.compile(
    r"""</?([A-Za-z][A-Za-z0-9:-]{0,40}+)(?:[^>=]++|=\s*+"[^"]*+"|=\s*+'[^']*+'|=)*+>"""
)
_ATTRIBUTE = re.compile(
    r"""([^\s=>"'/]{1,200})(?:\s{0,20}=\s{0,20}("[^"]*+"|'[^']*+'|[^\s>"']*+))?"""
)
_CLOSING = {
    name: re.compile(rf"</{name}[\s>]", re.IGNORECASE | re.ASCII)
    for name in ("script", "style", "svg", "template", "iframe", "object", "noembed")
}
_IS_JSON_LD = re.compile(r"""type\s{0,5}=\s{0,5}["']?application/ld\+json""", re.IGNORECASE)
_VOID = frozenset(
    ("area", "base", "br", "col", "embed", "hr", "img", "input", "link", "meta", "param", "wbr")
) | {"source", "track"}
# Their end tags may be left out: they close each other and never nest by themselves.
_SELF_CLOSING = frozenset(
    ["p", "li", "dt", "dd", "option", "optgroup", "rt", "rp", "html", "head", "body"]
)
_FLAT = _VOID | _SELF_CLOSING
_TABLE_PARTS = frozenset(["tr", "td", "th", "thead", "tbody", "tfoot", "caption", "colgroup"])
# An element with those inside it: a table has body, row and cell.
_LEVELS = {"table": 4, "ul": 2, "ol": 2, "dl": 2, "select": 2, "ruby": 2}
_LONG_ENOUGH_TO_LOOK = 2 * MAX_ATTRIBUTES


@dataclass
class _Scan:
    """The state of one scan: what is kept up to `copied`, the open elements, what was dropped."""

    source: str
    copied: int = 0
    kept: list[str] = field(default_factory=list)
    open_elements: list[str] = field(default_factory=list)
    depth: int = 0
    levelled: dict[str, int] = field(default_factory=dict)
    dropped: dict[str, int] = field(default_factory=dict)
    unclosed: set[str] = field(default_factory=set)

    def drop(self, what: str) -> None:
        self.dropped[what] = self.dropped.get(what, 0) + 1

    def replace(self, start: int, end: int, text: str = "") -> int:
        """Put *text* in the place of the source from *start* to *end*; return *end*."""
        self.kept.append(self.source[self.copied : start])
        self.kept.append(text)
        self.copied = end
        return end


def make_harmless(source: str) -> tuple[str, tuple[str, ...]]:
    """Return *source* without what parsers choke on, and notes about what a reader may miss."""
    source = source.replace("\x00", "")
    scan = _Scan(source)
    position = 0
    while (start := source.find("<", position)) >= 0:
        position = _take_tag(source, start, scan)
    scan.replace(len(source), len(source))
    notes = (f"Dropped {count:,} {what}." for what, count in scan.dropped.items())
    return "".join(scan.kept), tuple(notes)


def _take_tag(source: str, start: int, scan: _Scan) -> int:
    """Handle the tag, comment or stray `<` at *start*; return where to go on."""
    found = None if scan.unclosed and "quote" in scan.unclosed else _QUOTED_TAG.match(source, start)
    if found is None:
        return _take_other(source, start, scan)
    return _take_element(source, start, found.end(), found.group(1).lower(), scan)


def _take_other(source: str, start: int, scan: _Scan) -> int:
    """Handle what is no well-formed tag."""
    if source.startswith("<!--", start):
        return scan.replace(start, _end_of_comment(source, start, scan))
    if source.startswith("<!", start):
        return _skip_declaration(source, start, scan)
    found = _NAME.match(source, start)
    if found is None:
        return start + 1
    scan.unclosed.add("quote")
    end = source.find(">", start) + 1 or len(source)
    return _take_element(source, start, end, found.group(1).lower(), scan)


def _take_element(source: str, start: int, end: int, name: str, scan: _Scan) -> int:
    is_closing = source[start + 1] == "/"
    if name in _CLOSING and not is_closing:
        return _skip_element(source, start, end, name, scan)
    if is_closing and name in {"html", "body"}:
        return scan.replace(start, end)  # libxml2 drops what follows them; browsers show it
    if name not in _FLAT and _is_levelled(source[start:end], name, scan):
        return scan.replace(start, end, " ")
    if end - start > _LONG_ENOUGH_TO_LOOK:
        return scan.replace(start, end, _shorten(source[start:end], name, scan))
    return end


def _end_of_comment(source: str, start: int, scan: _Scan) -> int:
    """Find where a comment ends; one that never ends hides nothing: only its mark goes."""
    end = -1 if "comment" in scan.unclosed else source.find("-->", start + 4)
    if end < 0:
        scan.unclosed.add("comment")
        return start + 4
    return end + 3


def _skip_declaration(source: str, start: int, scan: _Scan) -> int:
    """Skip a doctype with its entities: HTML parsers take those for text."""
    end = -1 if "declaration" in scan.unclosed else source.find(">", start)
    if end < 0:
        scan.unclosed.add("declaration")
        return start + 1
    subset = source.find("[", start, end)
    if subset >= 0 and "subset" not in scan.unclosed:
        closing = source.find("]>", subset)
        if closing >= 0:
            return scan.replace(start, closing + 2)
        scan.unclosed.add("subset")
    return scan.replace(start, end + 1)


def _skip_element(source: str, start: int, end: int, name: str, scan: _Scan) -> int:
    """Drop an element nobody reads, but keep JSON-LD; one that never ends loses only its tag."""
    if source[end - 2 : end] == "/>" and name != "script":
        return scan.replace(start, end)
    closing = None if name in scan.unclosed else _CLOSING[name].search(source, end)
    if closing is None:
        scan.unclosed.add(name)
        return scan.replace(start, end)
    after = source.find(">", closing.start()) + 1 or len(source)
    if name == "script" and _IS_JSON_LD.search(source, start, min(end, start + 1000)):
        if after - start <= MAX_JSON_LD_CHARACTERS:
            return after
        scan.drop("blocks of JSON-LD over 1 MB")
    return scan.replace(start, after)


def _is_levelled(tag: str, name: str, scan: _Scan) -> bool:
    """Keep the stack of open elements; say whether *tag* lies too deep and goes."""
    if name in _TABLE_PARTS:
        return scan.levelled.get("table", 0) > 0  # a cell of a table that went goes too
    if tag.endswith("/>"):
        return False
    if tag[1] != "/":
        return _is_too_deep(name, scan)
    if scan.levelled.get(name):
        scan.levelled[name] -= 1
        return True
    if name in scan.open_elements:
        while (closed := scan.open_elements.pop()) != name:
            scan.depth -= _LEVELS.get(closed, 1)
        scan.depth -= _LEVELS.get(name, 1)
    return False


def _is_too_deep(name: str, scan: _Scan) -> bool:
    if scan.depth < MAX_DEPTH:
        scan.open_elements.append(name)
        scan.depth += _LEVELS.get(name, 1)
        return False
    scan.levelled[name] = scan.levelled.get(name, 0) + 1
    scan.drop(f"elements nested deeper than {MAX_DEPTH} (their text is kept)")
    return True


def _shorten(tag: str, name: str, scan: _Scan) -> str:
    """Drop overlong attributes; all of them when there are absurdly many."""
    if tag[1] == "/":
        return f"</{name}>"
    attributes: list[str] = []
    for found in _ATTRIBUTE.finditer(tag, len(name) + 1):
        if len(attributes) >= MAX_ATTRIBUTES:
            scan.drop(f"lists of more than {MAX_ATTRIBUTES} attributes")
            return f"<{name}>"
        if len(found.group(0)) <= MAX_ATTRIBUTE_CHARACTERS:
            attributes.append(found.group(0))
    return f"<{name} {' '.join(attributes)}>"
