"""The lines beside a page's headline, up to its body: there the byline and the date stand."""

from __future__ import annotations

import itertools
import re
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass

from lxml import html as lxml_html

_MAX_TOKENS = 600
_MAX_LINES = 60
_MAX_CHARACTERS = 2000
_PROSE_FROM_CHARACTERS = 140
_MAX_PROSE = 2  # a standfirst and a caption may stand between headline and date
_LEVELS_BEFORE = 3
_SIBLINGS_BEFORE = 3
_LINES_BEFORE = 4
_MAX_SHOWN_CHARACTERS = 200
_FULL_CONTAINER_CHARACTERS = 400
_SPACE = re.compile(r"\s+")
_INLINE = frozenset(
    ("a", "abbr", "address", "b", "bdi", "cite", "em", "font", "i", "label", "mark", "small")
) | {"span", "strong", "sup", "time", "u", "wbr", "data", "button"}
_UNREAD = frozenset(
    ("aside", "figure", "figcaption", "footer", "form", "iframe", "nav", "noscript", "picture")
) | {"script", "select", "style", "svg", "table", "template", "textarea", "video", "audio"}
_ELSEWHERE = re.compile(
    r"related|recommend|comment|sidebar|promo(?!ted)|newsletter|teaser|trending|popular|latest|calendar"
    r"|weather|log-?in|cookie|breadcrumb|menu|advert|caption|gallery|subscri|sponsor|outbrain"
    r"|taboola|(?:^|\s)(?:(?:site-|page-|global-)?footer|widget)(?:$|[\s_-])"
    r"|(?:^|[\s_-])(?:events?|bio|nav|toc|ad|ads|share|social|carousel|slider)(?:$|[\s_-])"
    r"|(?:read|see|view)-?more|further-?reading|you-?may|also-?like|more-?(?:on|from|stories|news)",
    re.IGNORECASE,
)
_AUTHOR_PAGE = re.compile(
    r"/(?:authors?|autor(?:en|es|i)?|auteurs?|writers?|journalists?|reporters?|contributors?"
    r"|profiles?|people|byline|redakteur|columnists?|team|staff|by)/[^/?#]",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class HeadLine:
    """A short line beside the headline.

    `role` holds class, id, itemprop, rel of the elements nearest to it, in small letters; `machine`
    the first `datetime` or `content` among them; `linked` the texts of links to pages of authors.
    `is_before` tells the lines above the headline, `is_in_text` a paragraph among others.
    """

    text: str
    role: str
    machine: str = ""
    linked: tuple[str, ...] = ()
    is_before: bool = False
    is_in_text: bool = False


_Piece = tuple[str, lxml_html.HtmlElement]
_Token = _Piece | None
_Line = list[_Piece]


def lines_beside(heading: lxml_html.HtmlElement) -> tuple[HeadLine, ...]:
    """Give the short lines above *heading*, then those below it until the body begins."""
    above = (_head_line(line, is_before=True) for line in _lines_before(heading))
    tokens = (token for root in _roots_after(heading) for token in _tokens(root))
    below = _until_body(_lines(itertools.islice(tokens, _MAX_TOKENS)))
    return (*above, *below)


def is_elsewhere(
    element: lxml_html.HtmlElement, around: Collection[lxml_html.HtmlElement] = ()
) -> bool:
    """Say whether the element stands among comments, teasers, in a footer and the like.

    *around* are the elements that hold the headline: they and what holds them hold the article.
    """
    outer = itertools.islice(itertools.chain([element], element.iterancestors()), 60)
    return any(_is_left_out(each) for each in itertools.takewhile(lambda e: e not in around, outer))


def _lines_before(heading: lxml_html.HtmlElement) -> list[_Line]:
    """Give the few lines nearest above the heading; what holds many is the head of the site."""
    lines: list[_Line] = []
    for level in itertools.islice(_upwards(heading), _LEVELS_BEFORE):
        for sibling in itertools.islice(level.itersiblings(preceding=True), _SIBLINGS_BEFORE):
            tokens = itertools.islice(_tokens(sibling), _MAX_TOKENS)
            found = list(itertools.islice(_lines(tokens), _LINES_BEFORE + 1))
            if sibling.tag == "header" or len(lines) + len(found) > _LINES_BEFORE:
                return lines
            lines = found + lines
    return lines


def _roots_after(heading: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    for level in _upwards(heading):
        yield from level.itersiblings()


def _upwards(heading: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    element = heading
    while element is not None and element.tag not in {"body", "html"}:
        yield element
        element = element.getparent()


def _tokens(root: lxml_html.HtmlElement) -> Iterator[_Token]:
    """Walk the texts of *root* in order, each with its element; None where a line ends."""
    if _is_left_out(root):
        return
    stack = [(root, root.iterchildren())]
    yield from _opening(root)
    while stack:
        element, children = stack[-1]
        child = next(children, None)
        if child is None:
            stack.pop()
            if element.tag not in _INLINE:
                yield None
            if stack and element.tail:
                yield element.tail, stack[-1][0]
        elif _is_left_out(child):
            yield None
            if child.tail:
                yield child.tail, element
        else:
            stack.append((child, child.iterchildren()))
            yield from _opening(child)


def _opening(element: lxml_html.HtmlElement) -> Iterator[_Token]:
    if element.tag not in _INLINE:
        yield None
    if element.text:
        yield element.text, element


def _is_left_out(element: lxml_html.HtmlElement) -> bool:
    if element.tag in _UNREAD:
        return True
    names = f"{element.get('class') or ''} {element.get('id') or ''}"
    return len(names) > 1 and bool(_ELSEWHERE.search(names))


def _lines(tokens: Iterable[_Token]) -> Iterator[_Line]:
    line: _Line = []
    for token in itertools.chain(tokens, [None]):
        if token is not None:
            if token[0].strip():
                line.append(token)
        elif line:
            yield line
            line = []


def _until_body(lines: Iterable[_Line]) -> Iterator[HeadLine]:
    characters = prose = 0
    for line in itertools.islice(lines, _MAX_LINES):
        length = sum(len(text) for text, _ in line)
        characters += length
        prose += length >= _PROSE_FROM_CHARACTERS
        if prose > _MAX_PROSE or characters > _MAX_CHARACTERS:
            return
        if length <= _MAX_SHOWN_CHARACTERS:
            yield _head_line(line)


def _head_line(line: _Line, *, is_before: bool = False) -> HeadLine:
    elements = list(dict.fromkeys(near for _, element in line[:20] for near in _near(element)))
    machine = (element.get("datetime") or element.get("content") for element in elements)
    linked = [text for text, element in line if _links_to_author(element)]
    return HeadLine(
        text=_SPACE.sub(" ", " ".join(text for text, _ in line)).strip()[:_MAX_SHOWN_CHARACTERS],
        role=" ".join(filter(None, map(_role, elements))).lower()[:1000],
        machine=next((value.strip() for value in machine if value), "")[:_MAX_SHOWN_CHARACTERS],
        linked=tuple(_SPACE.sub(" ", text).strip() for text in linked),
        is_before=is_before,
        is_in_text=_is_paragraph_among_others(line[0][1]),
    )


def _near(element: lxml_html.HtmlElement) -> Iterator[lxml_html.HtmlElement]:
    outer = itertools.chain([element], element.iterancestors())
    for near in itertools.islice(outer, 3):
        if near.tag in {"body", "main", "article"}:
            return
        yield near


def _role(element: lxml_html.HtmlElement) -> str:
    names = ("class", "id", "itemprop", "rel", "property")
    named = " ".join(filter(None, (element.get(name) for name in names)))
    return f"time {named}" if element.tag == "time" else named


def _links_to_author(element: lxml_html.HtmlElement) -> bool:
    links = (near for near in _near(element) if near.tag == "a")
    return any(
        "author" in (link.get("rel") or "") or _AUTHOR_PAGE.search(link.get("href") or "")
        for link in links
    )


def _is_paragraph_among_others(element: lxml_html.HtmlElement) -> bool:
    """Say whether the line is a `<p>` of running text: what it says may be about anything."""
    while element.tag in _INLINE and element.getparent() is not None:
        element = element.getparent()
    parent = element.getparent()
    if element.tag != "p" or parent is None:
        return False
    texts = itertools.islice(parent.itertext(), 80)
    return sum(len(text.strip()) for text in texts) > _FULL_CONTAINER_CHARACTERS
