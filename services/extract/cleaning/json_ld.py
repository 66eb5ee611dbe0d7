"""The schema.org article within a page's JSON-LD, read defensively (https://schema.org/NewsArticle)."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping
from typing import Any

_MAX_NODES = 5000
_WRAPPING = re.compile(
    r"^\s*(?:<!--|//\s?<!\[CDATA\[|<!\[CDATA\[|/\*.{0,40}?\*/)\s*|\s*(?:-->|//\s?\]\]>|\]\]>|;)\s*$"
)
_ARTICLE = re.compile(r"Article|Report|BlogPosting|LiveBlog|SocialMediaPosting|Review$|^Posting$")
_PAGE = re.compile(r"WebPage$|ItemPage|VideoObject")


def article_nodes(blocks: Iterable[str]) -> list[Mapping[str, Any]]:
    """Give the objects that describe an article, best first; broken blocks are passed over."""
    nodes = [node for block in blocks for node in _nodes(_parse(block))]
    articles = [node for node in nodes if _is_of(_ARTICLE, node)]
    pages = [node for node in nodes if _is_of(_PAGE, node) and node.get("datePublished")]
    return articles + pages


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


def _parse(block: str) -> Any:
    for candidate in (block, _WRAPPING.sub("", _WRAPPING.sub("", block, count=1))):
        try:
            return json.loads(candidate, strict=False)
        except (ValueError, RecursionError):
            continue
    return None


def _nodes(found: Any) -> list[Mapping[str, Any]]:
    nodes: list[Mapping[str, Any]] = []
    waiting = [found]
    while waiting and len(nodes) < _MAX_NODES:
        item = waiting.pop(0)
        if isinstance(item, list):
            waiting = item[:_MAX_NODES] + waiting
        elif isinstance(item, Mapping):
            nodes.append(item)
            waiting = [item[key] for key in ("@graph", "mainEntity") if item.get(key)] + waiting
    return nodes


def _is_of(pattern: re.Pattern[str], node: Mapping[str, Any]) -> bool:
    return any(pattern.search(name[:200]) for name in values(node.get("@type")))
