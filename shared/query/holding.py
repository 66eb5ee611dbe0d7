"""Whether a part of a rule is true of an article. Pure."""

from __future__ import annotations

from collections.abc import Iterable

from shared.query.compile import AllOf, AnyOf, Compiled, Condition, Count, Leaf, Proximity
from shared.query.folding import plain_name
from shared.query.occurrences import Hit, Search
from shared.query.text import AnalysedArticle


def holds(node: Compiled, search: Search) -> bool:
    """Whether *node* is true of the article, stopping at the first proof."""
    match node:
        case Leaf():
            return bool(search.places(node))
        case Proximity():
            return bool(search.hits(node))
        case Condition():
            return condition_holds(node, search.article)
        case AnyOf(items):
            return any(holds(item, search) for item in items)
        case AllOf(wanted, unwanted):
            return all(holds(item, search) for item in wanted) and not any(
                holds(item, search) for item in unwanted
            )
        case Count(count):
            return len(counted(node, search)) >= count


def condition_holds(node: Condition, analysed: AnalysedArticle) -> bool:
    """Whether the article has one of the topics, outlets or languages."""
    article = analysed.article
    if node.name == "topic":
        return any(has_topic(value, analysed) for value in node.values)
    if node.name == "lang":
        return (article.language or "").lower().split("-")[0] in node.values
    return not outlet_names(analysed).isdisjoint(node.values)


def has_topic(value: str, analysed: AnalysedArticle) -> bool:
    """Whether the article has the topic *value*, `id` or `id/level`."""
    topic, _, level = value.partition("/")
    found = analysed.article.topics.get(topic)
    return found is not None and level in ("", "mention", found)


def outlet_names(analysed: AnalysedArticle) -> set[str]:
    """Return the outlet and its aliases, folded for comparison."""
    article = analysed.article
    names = {plain_name(name) for name in (article.outlet or "", *article.outlet_aliases)}
    return names - {""}


def counted(node: Count, search: Search) -> list[Hit]:
    """Return the occurrences ATLEAST counts: from the left, none overlapping the one before."""
    return disjoint(hit for item in node.items for hit in search.hits(item))


def disjoint(found: Iterable[Hit]) -> list[Hit]:
    """Return the most hits of *found* that do not overlap (earliest end first)."""
    chosen: list[Hit] = []
    for hit in sorted(found, key=lambda hit: (hit.last, hit.first)):
        if not chosen or hit.first > chosen[-1].last:
            chosen.append(hit)
    return chosen
