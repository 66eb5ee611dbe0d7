"""Which articles in a page's JSON-LD are the page's own, and which are those of its teasers."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from typing import Any
from urllib.parse import unquote, urljoin, urlsplit

from services.extract.cleaning.agreement import agree, share_words
from services.extract.cleaning.json_ld import values

_ADDRESS_KEYS = ("url", "mainEntityOfPage", "@id")
_ENDING = re.compile(r"(?:\.amp)?(?:\.(?:s?html?|php|aspx?))?(?:\.amp)?$")
_NOT_TELLING = frozenset(("", "amp", "index"))


def own_articles(
    articles: Sequence[Mapping[str, Any]], addresses: Sequence[str], titles: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Leave out the articles that are said to be another page's."""
    return [node for node in articles if not _is_foreign(node, addresses, titles)]


def own_first(
    articles: Sequence[Mapping[str, Any]], url: str | None, titles: Sequence[str]
) -> list[Mapping[str, Any]]:
    """Put the articles that bear this page's address or title before those of its teasers."""
    if len(articles) < 2:
        return list(articles)
    return sorted(articles, key=lambda node: not _is_own(node, url, titles))


def _is_own(node: Mapping[str, Any], url: str | None, titles: Sequence[str]) -> bool:
    if url and any(address.rstrip("/") == url.rstrip("/") for address in addresses_of(node)):
        return True
    headline = _headline_of(node)
    return any(agree(headline, title) for title in titles)


def _is_foreign(node: Mapping[str, Any], addresses: Sequence[str], titles: Sequence[str]) -> bool:
    """Say whether an article states an address and a headline, and neither is this page's."""
    headline = _headline_of(node)
    if not (headline and addresses and titles):
        return False
    own = [path for address in addresses if (path := _path_of(address))]
    said = [path for text in addresses_of(node) if (path := _path_of(text, addresses[0]))]
    if not (own and said) or any(_is_same_path(a, b) for a in own for b in said):
        return False
    return not any(agree(headline, title) or share_words(headline, title) for title in titles)


def addresses_of(node: Mapping[str, Any]) -> list[str]:
    """Return the addresses that a node of JSON-LD states for itself."""
    return [text for key in _ADDRESS_KEYS for text in values(node.get(key), "@id")]


def _headline_of(node: Mapping[str, Any]) -> str:
    return next(iter(values(node.get("headline") or node.get("name"))), "")


def _path_of(address: str, base: str = "") -> tuple[str, ...]:
    """Give what tells one article from another: the path without `amp`, `index.html` and ending.

    Scheme, host (`www.`, `m.`, a partner's) and query differ between copies of one page. Nothing
    for a front page, a short link (`/?p=7`) and what is no address.
    """
    try:
        parts = urlsplit(urljoin(base, address))
    except ValueError:
        return ()
    if parts.scheme not in {"", "http", "https"}:
        return ()
    path = _ENDING.sub("", unquote(parts.path).casefold().rstrip("/"))
    return tuple(part for part in path.split("/") if part not in _NOT_TELLING)


def _is_same_path(one: Sequence[str], other: Sequence[str]) -> bool:
    """Say whether two paths are the same, or one goes on where the other ends (`/7/bridge`)."""
    fewer = min(len(one), len(other))
    return one[:fewer] == other[:fewer] or one[-1] == other[-1]
