"""A body that a page parts into several containers, an advertisement between them: made one again.

trafilatura reads one container. Its neighbours are known by their looks: the same tag and classes
within the same article, full of paragraphs, and not one of them read.
"""

from __future__ import annotations

import itertools
from collections import Counter, defaultdict
from collections.abc import Collection

from lxml import html as lxml_html

from services.extract.cleaning.lone_links import folded

_PARAGRAPH_FROM_CHARACTERS = 60
_MAX_PARTS = 200
_WORTH_IT = 0.15  # of the text found so far


def unite(tree: lxml_html.HtmlElement, lines: Collection[str]) -> bool:
    """Move the unread parts of the body to the part that *lines* were read from.

    Returns:
        Whether there were any: then the tree has changed and is worth reading again.
    """
    read = {folded(line) for line in lines}
    paragraphs = _paragraphs(tree)
    held: Counter[lxml_html.HtmlElement] = Counter()
    for container, texts in paragraphs.items():
        held[container] = sum(len(text) for text in texts if folded(text) in read)
    main = max(held, key=lambda container: held[container], default=None)
    if main is None or not held[main] or not main.get("class"):
        return False
    others = {c for c in paragraphs if not held[c] and _is_alike(c, main)}
    missing = sum(len(text) for container in others for text in paragraphs[container])
    if missing < _WORTH_IT * sum(map(len, lines)):
        return False
    _join([c for c in paragraphs if c is main or c in others], main)
    return True


def _paragraphs(tree: lxml_html.HtmlElement) -> dict[lxml_html.HtmlElement, list[str]]:
    """Give the texts of the longer paragraphs by the element they stand in, in page order."""
    found: defaultdict[lxml_html.HtmlElement, list[str]] = defaultdict(list)
    for paragraph in tree.iter("p"):
        text = " ".join("".join(itertools.islice(paragraph.itertext(), _MAX_PARTS)).split())
        container = paragraph.getparent()
        if container is not None and len(text) >= _PARAGRAPH_FROM_CHARACTERS:
            found[container].append(text)
    return found


def _is_alike(one: lxml_html.HtmlElement, other: lxml_html.HtmlElement) -> bool:
    """Say whether they look the same and stand side by side in one article."""
    return (
        one.tag == other.tag
        and one.get("class") == other.get("class")
        and _article_of(one) is _article_of(other)
        and one not in other.iterancestors()
        and other not in one.iterancestors()
    )


def _article_of(element: lxml_html.HtmlElement) -> lxml_html.HtmlElement | None:
    return next((a for a in element.iterancestors() if a.tag in {"article", "main"}), None)


def _join(parts: list[lxml_html.HtmlElement], main: lxml_html.HtmlElement) -> None:
    """Move what the *parts* hold, which stand in page order, into *main*, which is one of them."""
    place = parts.index(main)
    before = [child for part in parts[:place] for child in part]
    after = [child for part in parts[place + 1 :] for child in part]
    main[:0] = before
    main.extend(after)
