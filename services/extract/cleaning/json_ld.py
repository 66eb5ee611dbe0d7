"""The schema.org article within a page's JSON-LD, read defensively (https://schema.org/NewsArticle)."""

from __future__ import annotations

import json
import re
from collections import deque
from collections.abc import Iterable, Mapping
from typing import Any

_MAX_NODES = 5000
_OPENING = re.compile(r"(?:<!--|//\s?<!\[CDATA\[|<!\[CDATA\[|/\*.{0,40}?\*/)\s*+")
_CLOSING = re.compile(r"(?:-->|//\s?\]\]>|\]\]>|;)$")
_TRAILING_COMMA = re.compile(r",(?=\s*+[}\]])")
_ARTICLE = re.compile(r"Article|Report|BlogPosting|LiveBlog|SocialMediaPosting|Review$|^Posting$")
_PAGE = re.compile(r"WebPage$|ItemPage|VideoObject")
_REFERRING = ("author", "creator", "publisher")


def article_nodes(blocks: Iterable[str]) -> list[Mapping[str, Any]]:
    """Give the objects that describe an article, best first; broken blocks are passed over.

    Authors and publishers named by reference (`{"@id": "#ann"}`) are replaced by what they name.
    """
    nodes = [node for block in blocks for node in _nodes(_parse(block))]
    named = {node["@id"]: node for node in nodes if _is_named(node)}
    articles = [node for node in nodes if _is_of(_ARTICLE, node)]
    pages = [node for node in nodes if _is_of(_PAGE, node) and node.get("datePublished")]
    return [_resolved(node, named) for node in articles + pages]


def values(found: Any, *keys: str) -> list[str]:
    """Flatten text, objects and lists of both; of an object the first of *keys* is taken."""
    texts: list[str] = []
    waiting = [found]
    for _ in range(200):
        if not waiting:
            break
        item = waiting.pop(0)
        if isinstance(item, str):
            texts.append(item.strip())
        elif isinstance(item, list):
            waiting = item[:100] + waiting
        elif isinstance(item, Mapping):
            waiting.insert(0, next((item[key] for key in keys if item.get(key)), None))
    return [text for text in texts if text]


def objects(found: Any) -> list[Mapping[str, Any]]:
    """Give the objects in *found*, which may be one or a list of them, of anything else none."""
    items = found[:100] if isinstance(found, list) else [found]
    return [item for item in items if isinstance(item, Mapping)]


def _parse(block: str) -> Any:
    block = block.strip()
    opening = _OPENING.match(block)
    bare = _CLOSING.sub("", block[opening.end() :] if opening else block)
    for candidate in (block, bare, _TRAILING_COMMA.sub("", bare)):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(found: Any) -> list[Mapping[str, Any]]:
    nodes: list[Mapping[str, Any]] = []
    waiting = deque([found])
    while waiting and len(nodes) < _MAX_NODES:
        item = waiting.popleft()
        if isinstance(item, list):
            waiting.extendleft(reversed(item[:_MAX_NODES]))
        elif isinstance(item, Mapping):
            nodes.append(item)
            inner = [item[key] for key in ("@graph", "mainEntity", *_REFERRING) if item.get(key)]
            waiting.extendleft(reversed(inner))
    return nodes


def _is_named(node: Mapping[str, Any]) -> bool:
    return isinstance(node.get("@id"), str) and isinstance(node.get("name"), str)


def _resolved(node: Mapping[str, Any], named: Mapping[str, Mapping[str, Any]]) -> Mapping[str, Any]:
    """Put the named object in the place of each reference to it."""
    found = {key: node[key] for key in _REFERRING if isinstance(node.get(key), (Mapping, list))}
    if not found:
        return node
    return {**node, **{key: _look_up(value, named) for key, value in found.items()}}


def _look_up(value: Any, named: Mapping[str, Mapping[str, Any]]) -> Any:
    if isinstance(value, list):
        return [item if isinstance(item, list) else _look_up(item, named) for item in value[:100]]
    if isinstance(value, Mapping) and not value.get("name"):
        reference = value.get("@id")
        return named.get(reference, value) if isinstance(reference, str) else value
    return value


def _is_of(pattern: re.Pattern[str], node: Mapping[str, Any]) -> bool:
    return any(pattern.search(name[:200]) for name in values(node.get("@type")))
