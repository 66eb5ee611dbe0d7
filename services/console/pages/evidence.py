"""Which places of an article are evidence, and of what. Pure."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from services.console.marking import Mark, Paragraph, Piece, mark_paragraphs, mark_text
from services.console.queries import ArticleDetail, Relation
from services.console.queries.furniture import Mask
from shared.model import Span

RULE, TOPIC, SHARED, FURNITURE = "rule", "topic", "shared", "furniture"
GREYED = "an outlet repeats this on many pages; it counts for nothing"
# Passages of more articles than this would mark the same words again and again.
MOST_RELATIONS = 5


@dataclass(frozen=True, slots=True)
class Evidence:
    """The marked title and paragraphs of an article.

    `counts` says how many marks of each kind there are. `misfits` counts evidence that does not
    stand where it says; `unmarked_relations` those relations whose passages are not marked.
    """

    title: tuple[Piece, ...]
    paragraphs: tuple[Paragraph, ...]
    counts: dict[str, int]
    misfits: int
    unmarked_relations: int


def gather_evidence(article: ArticleDetail) -> Evidence:
    """Return *article* with everything marked that made a rule match, a topic, or a relation."""
    spans = [*_rule_spans(article), *_topic_spans(article)]
    true = [(span, kind, label) for span, kind, label in spans if _stands(span, article)]
    passages, unmarked = _shared(article.relations.rows)
    title = mark_text(article.title, _marks(true, "title"))
    greyed = greyed_marks(article.furniture)
    in_text = [*_marks(true, "text"), *passages, *greyed]
    paragraphs, misfits = mark_paragraphs(article.text, in_text)
    kinds = [kind for _, kind, _ in true] + [mark.kind for mark in (*passages, *greyed)]
    return Evidence(
        title=title.pieces,
        paragraphs=paragraphs,
        counts={kind: kinds.count(kind) for kind in (RULE, TOPIC, SHARED, FURNITURE)},
        misfits=misfits + len(spans) - len(true),
        unmarked_relations=unmarked,
    )


def greyed_marks(mask: Mask | None) -> list[Mark]:
    """Return the places that *mask* says are furniture, to be greyed."""
    return [Mark(start, end, FURNITURE, GREYED) for start, end in (mask.spans if mask else ())]


_Labelled = tuple[Span, str, str]


def _rule_spans(article: ArticleDetail) -> Iterable[_Labelled]:
    for match in article.matches:
        for span in match.evidence:
            yield span, RULE, f"rule {match.rule}"


def _topic_spans(article: ArticleDetail) -> Iterable[_Labelled]:
    for tag in article.tags:
        for span in tag.evidence:
            yield span, TOPIC, f"topic {tag.topic}"


def _stands(span: Span, article: ArticleDetail) -> bool:
    value = {"title": article.title, "text": article.text}.get(span.field, "")
    return 0 <= span.start < span.end and value[span.start : span.end] == span.text


def _marks(spans: Sequence[_Labelled], field: str) -> list[Mark]:
    return [
        Mark(span.start, span.end, kind, label)
        for span, kind, label in spans
        if span.field == field
    ]


def _shared(relations: Sequence[Relation]) -> tuple[list[Mark], int]:
    """Return the passages of the nearest relations; all of an equal text is no news, so not it."""
    partial = [each for each in relations if each.passages_self and each.relation != "exact"]
    marks = [
        Mark(start, end, SHARED, f"shared with a{relation.other_id}")
        for relation in partial[:MOST_RELATIONS]
        for start, end in relation.passages_self
    ]
    return marks, max(0, len(partial) - MOST_RELATIONS)
