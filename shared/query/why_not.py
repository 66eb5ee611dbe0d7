"""Why a rule did not match, in words a reader can act on. Pure."""

from __future__ import annotations

from collections import Counter

from shared.query.compile import (
    AllOf,
    AnyOf,
    Compiled,
    Condition,
    Count,
    Leaf,
    Proximity,
    leaves_of,
)
from shared.query.holding import counted, holds
from shared.query.occurrences import Search, distance, every_place
from shared.query.text import AnalysedArticle
from shared.query.tree import Reach

_SHOWN = 6


def why_not(root: Compiled, search: Search) -> tuple[str, ...]:
    """Return what was missing, in rule order; a long list says how much longer it is."""
    lines = list(dict.fromkeys(_missing(root, search)))
    if len(lines) > _SHOWN:
        lines[_SHOWN:] = [f"and {len(lines) - _SHOWN} more that are missing"]
    return tuple(lines)


def _missing(node: Compiled, search: Search) -> list[str]:
    match node:
        case Leaf():
            return [_leaf_missing(node, search)]
        case Proximity():
            return _far_apart(node, search)
        case Condition():
            return [_condition_missing(node, search)]
        case Count(count):
            return [f"ATLEAST: {len(counted(node, search))} of {count}"]
        case AnyOf(items):
            return [line for item in items for line in _missing(item, search)]
        case AllOf(wanted, unwanted):
            lines = [
                line
                for item in wanted
                if not holds(item, search)
                for line in _missing(item, search)
            ]
            return lines + [
                line for item in unwanted if holds(item, search) for line in _present(item, search)
            ]


def _present(node: Compiled, search: Search) -> list[str]:
    found = [(leaf, search.places(leaf)) for leaf in leaves_of(node)]
    lines = [
        f"excluded by NOT: {leaf.label} found ×{len(places)}" for leaf, places in found if places
    ]
    return lines[:1] or ["excluded by NOT"]


def _leaf_missing(leaf: Leaf, search: Search) -> str:
    anywhere = every_place(leaf, search)
    article = search.article
    if anywhere and leaf.is_acronym and all(first in article.shouted for first, _ in anywhere):
        return f"{leaf.label}: only in an all-caps headline"
    if anywhere:
        seen = {article.field_of(first) for first, _ in anywhere}
        return f"{leaf.label}: only in {' and '.join(sorted(seen))}, not in {leaf.field_name}"
    return _other_spelling(leaf, search) or f"{leaf.label}: {_where_else(leaf, article)}"


def _where_else(leaf: Leaf, article: AnalysedArticle) -> str:
    """Say whether the words that no rule reads hold *leaf*."""
    whole = article.with_furniture
    is_there = whole is not None and every_place(leaf, Search(whole))
    return "only in furniture" if is_there else "not found"


def _other_spelling(leaf: Leaf, search: Search) -> str | None:
    """Say which other capitals or marks were found: `found Mia ×3, MIA ×0`."""
    words = leaf.words
    if len(words) != 1 or (words[0].cased is None and words[0].marked is None):
        return None
    article = search.article
    seen = Counter(article.spellings[p] for p in article.postings.get(words[0].folded, ()))
    others = ", ".join(f"{spelling} ×{count}" for spelling, count in seen.most_common(3))
    return f"found {others}, {words[0].spelling} ×0" if seen else None


def _far_apart(node: Proximity, search: Search) -> list[str]:
    operands = [
        sorted({p for leaf in operand for p in search.places(leaf)}) for operand in node.operands
    ]
    absent = [i for i, places in enumerate(operands) if not places]
    if absent:
        return [_operand_missing(node.operands[i], search) for i in absent]
    pairs = zip(node.reaches, operands, operands[1:], strict=False)
    return [_closest(reach, left, right, search) for reach, left, right in pairs]


def _operand_missing(operand: tuple[Leaf, ...], search: Search) -> str:
    if len(operand) == 1:
        return _leaf_missing(operand[0], search)
    labels = [leaf.label for leaf in operand[:4]] + (["…"] if len(operand) > 4 else [])
    return f"none of ({' OR '.join(labels)}) found"


def _closest(
    reach: Reach, left: list[tuple[int, int]], right: list[tuple[int, int]], search: Search
) -> str:
    article = search.article
    best: int | None = None
    for a in left[:500]:
        for b in right[:500]:
            search.spend(1)
            same_field = article.field_of(a[0]) == article.field_of(b[0])
            in_order = a[1] < b[0] or (not reach.ordered and b[1] < a[0])
            if same_field and in_order and (best is None or distance(a, b) < best):
                best = distance(a, b)
    if best is None:
        order = "never in this order" if reach.ordered else "not in one field"
        return f"{reach}: both found, but {order}"
    if reach.words is None:
        block = "sentence" if reach.block == "s" else "paragraph"
        return f"{reach}: never in one {block}, closest {best} words"
    return f"{reach}: closest {best} words"


def _condition_missing(node: Condition, search: Search) -> str:
    article = search.article.article
    wanted = " or ".join(node.written)
    if node.name == "lang":
        return f"language is {article.language or 'unknown'}, not {wanted}"
    if node.name == "source":
        return f"outlet is {article.outlet or 'unknown'}, not {wanted}"
    topic, _, level = node.values[0].partition("/")
    if level == "about" and topic in article.topics:
        return f"topic {topic}: only mentioned, not what it is about"
    return f"topic {wanted}: not tagged"
