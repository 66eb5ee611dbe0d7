"""A compiled rule on one article: does it hold, and on what evidence. Pure."""

from __future__ import annotations

from shared.query.compile import (
    AllOf,
    AnyOf,
    Compiled,
    CompiledRule,
    Condition,
    Count,
    Leaf,
    Proximity,
)
from shared.query.holding import counted, has_topic, holds
from shared.query.occurrences import Hit, OutOfBudgetError, Search
from shared.query.text import AnalysedArticle
from shared.query.verdict import Outcome, Reason, Verdict
from shared.query.why_not import why_not

EVIDENCE_PER_LEAF = 3
OUT_OF_BUDGET = "undecided: this rule needs more work on this article than one rule may use"


def evaluate(compiled: CompiledRule, analysed: AnalysedArticle) -> Verdict:
    """Return whether the rule matches, with evidence if it does and why not if it does not."""
    verdict = match(compiled, analysed)
    if verdict.outcome is not Outcome.NOT_MATCHED:
        return verdict
    try:
        reasons = why_not(compiled.root, Search(analysed))
    except OutOfBudgetError:
        reasons = ("what is missing would take too long to say",)
    if analysed.truncated:
        reasons += ("only the first 50,000 words were read",)
    return Verdict(Outcome.NOT_MATCHED, why_not=reasons)


def match(compiled: CompiledRule, analysed: AnalysedArticle) -> Verdict:
    """Return the verdict without looking for why it did not match."""
    search = Search(analysed)
    try:
        if not holds(compiled.root, search):
            return Verdict(Outcome.NOT_MATCHED)
        return _explained(compiled.root, search)
    except OutOfBudgetError:
        return Verdict(Outcome.UNDECIDED, why_not=(OUT_OF_BUDGET,))


def hits(compiled: CompiledRule, analysed: AnalysedArticle) -> tuple[Hit, ...]:
    """Return every occurrence of what the rule is about; none if it does not hold or is undecided.

    Of an AND the first item with words counts: what follows it is taken for context.
    """
    search = Search(analysed)
    try:
        return tuple(_hits(compiled.root, search)) if holds(compiled.root, search) else ()
    except OutOfBudgetError:
        return ()


def _hits(node: Compiled, search: Search) -> list[Hit]:
    match node:
        case Leaf() | Proximity():
            return search.hits(node)
        case Count():
            return counted(node, search)
        case AnyOf(items):
            return [hit for item in items if holds(item, search) for hit in _hits(item, search)]
        case AllOf(wanted):
            return next((found for item in wanted if (found := _hits(item, search))), [])
        case Condition():
            return []


def _explained(root: Compiled, search: Search) -> Verdict:
    reasons: list[Reason] = []
    total = _explain(root, search, reasons)
    spans = dict.fromkeys(span for reason in reasons for span in reason.spans)
    return Verdict(Outcome.MATCHED, tuple(spans), total, (), tuple(dict.fromkeys(reasons)))


def _explain(node: Compiled, search: Search, reasons: list[Reason]) -> int:
    """Add the reasons why *node* holds; return how many occurrences there are in all."""
    match node:
        case Leaf() | Proximity():
            return _explain_hits(search.hits(node), node, search, reasons)
        case Count(count):
            found = counted(node, search)
            reasons.append(Reason(label=f"{len(found)} of at least {count}"))
            return _explain_hits(found, node, search, reasons)
        case Condition():
            reasons.append(_condition_reason(node, search.article))
            return len(reasons[-1].spans)
        case AnyOf(items):
            return sum(_explain(item, search, reasons) for item in items if holds(item, search))
        case AllOf(wanted):
            return sum(_explain(item, search, reasons) for item in wanted)


def _explain_hits(found: list[Hit], node: Compiled, search: Search, reasons: list[Reason]) -> int:
    is_acronym = isinstance(node, Leaf) and node.is_acronym
    for hit in found[:EVIDENCE_PER_LEAF]:
        spans = tuple(search.article.span(*place) for place in hit.places)
        reasons.append(Reason(spans, hit.distances, is_acronym=is_acronym))
    return len(found)


def _condition_reason(node: Condition, analysed: AnalysedArticle) -> Reason:
    article = analysed.article
    if node.name == "topic":
        wanted = next(value for value in node.values if has_topic(value, analysed))
        evidence = article.topic_evidence.get(wanted.partition("/")[0], ())
        return Reason(evidence[:EVIDENCE_PER_LEAF], label=f"topic {wanted}")
    if node.name == "lang":
        return Reason(label=f"language {article.language}")
    return Reason(label=f"source {article.outlet}")
