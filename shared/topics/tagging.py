"""Which topics an article has, at which level, on what evidence. Pure."""

from __future__ import annotations

from typing import Final

from shared.model import Tag
from shared.query import AnalysedArticle, Outcome, hits
from shared.query.evaluate import match
from shared.query.holding import disjoint
from shared.query.occurrences import Hit
from shared.topics.taxonomy import Taxonomy
from shared.topics.topic import Topic

MENTION: Final = "mention"
ABOUT: Final = "about"
EVIDENCE_PER_EXPRESSION: Final = 3


def tag_article(taxonomy: Taxonomy, analysed: AnalysedArticle) -> tuple[Tag, ...]:
    """Return a tag for every topic the article has, in the order of the taxonomy.

    `mention`: an expression holds. `about`: moreover evidence stands in the title or the first 600
    characters, or at least two pieces of it that do not overlap (rules research, section 8).
    Evidence: the first three occurrences of the subject of each expression that holds.
    """
    found: dict[str, list[tuple[Hit, ...]]] = {}
    for number in sorted(taxonomy.rules.candidates(analysed)):
        topic, expression = taxonomy.expressions[number]
        if seen := hits(expression.compiled, analysed):
            found.setdefault(topic.id, []).append(seen)
    return tuple(
        _tag(topic, found[topic.id], analysed)
        for topic in taxonomy.topics.values()
        if topic.id in found and not _is_excluded(topic, analysed)
    )


def _is_excluded(topic: Topic, analysed: AnalysedArticle) -> bool:
    return any(match(one.compiled, analysed).outcome is Outcome.MATCHED for one in topic.exclusions)


def _tag(topic: Topic, held: list[tuple[Hit, ...]], analysed: AnalysedArticle) -> Tag:
    shown = [hit for seen in held for hit in seen[:EVIDENCE_PER_EXPRESSION]]
    spans = {analysed.span(*place) for hit in shown for place in hit.places}
    ordered = sorted(spans, key=lambda span: (span.field != "title", span.start, span.end))
    return Tag(topic.id, _level([hit for seen in held for hit in seen], analysed), tuple(ordered))


def _level(every_hit: list[Hit], analysed: AnalysedArticle) -> str:
    if any(hit.first < analysed.lead_end for hit in every_hit):
        return ABOUT
    return ABOUT if len(disjoint(every_hit)) >= 2 else MENTION
