"""What an article is to its outlet and what it adds to its story, ready to be stored. Pure."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from services.extract.comparing import StoredArticle, stored_relation
from services.extract.novelty import (
    ArticleFacts,
    Correction,
    FigureChange,
    KnownText,
    Novelty,
    NoveltyKind,
    Outcome,
    OutcomeDecision,
    Recleaned,
    RelatedArticle,
    Restatement,
    SentenceChange,
    compare_sentences,
    decide_outcome,
    find_correction,
    read_text,
    what_it_adds,
)
from services.extract.reuse.relations import COPIED

CORRECTION = "correction"
MOST_SENTENCES = 50
MOST_FIGURES = 20
MOST_CHANGES = 50
# Older members beyond these are not read again; the stored basis says so.
MOST_EARLIER = 60


@dataclass(frozen=True)
class Placing:
    """The outcome of an article, and what it adds to its story."""

    decision: OutcomeDecision
    novelty: dict[str, Any]

    @property
    def counts(self) -> bool:
        """Whether this is a development of its story."""
        return bool(self.novelty["kind"] != NoveltyKind.NOTHING_NEW.value)


def place(
    article: StoredArticle,
    earlier: Mapping[int, StoredArticle],
    links: Sequence[Mapping[str, Any]],
    story: Collection[int],
    *,
    recleaned: Recleaned | None = None,
    known: Mapping[int, KnownText] = MappingProxyType({}),
) -> Placing:
    """Decide the outcome of *article* and what it adds; what was *recleaned* adds nothing.

    *earlier* holds the articles linked before it that it shares words or a story with, *links*
    the stored links between them and it, *story* the ids of the earlier members of its story.
    *known* may hold texts that were read already, by article; the others are read here.
    """
    related = _related(article, earlier, links)
    decision = decide_outcome(_facts(article), related, recleaned)
    if recleaned is not None:
        return Placing(decision, _nothing_new(recleaned))
    members = sorted(_tellable(earlier, story), key=_arrival)
    compared = members[-MOST_EARLIER:]
    texts = [known.get(member.id) or read_text(member.id, member.text) for member in compared]
    is_revision = decision.outcome is Outcome.REVISION
    own = known.get(article.id) or read_text(article.id, article.text)
    novelty = what_it_adds(own, texts, article.furniture, is_version=is_revision)
    changes = _changes(article, decision, earlier)
    correction = _correction(article, decision, changes)
    stored = _novelty_json(novelty, correction, changes) | {
        "basis": [member.id for member in compared],
        "basis_more": len(members) - len(compared),
        "copy_of": _copied(related, {member.id for member in members}),
    }
    return Placing(decision, stored)


def _nothing_new(recleaned: Recleaned) -> dict[str, Any]:
    """Return the novelty of a page that was known: better read, it is no news."""
    novelty = Novelty(
        kind=NoveltyKind.NOTHING_NEW,
        sentences=(),
        added_share=0.0,
        figures=(),
        reason=recleaned.reason,
        has_more_figures=False,
    )
    basis = {"basis": [recleaned.article_id], "basis_more": 0, "copy_of": None}
    return _novelty_json(novelty, None, ()) | basis


def _tellable(
    earlier: Mapping[int, StoredArticle], story: Collection[int]
) -> Iterator[StoredArticle]:
    """Yield the members that could be told; of one cleaned again, the article it was before.

    A newer cleaner may find words that the older lost. Nobody is told of them by the revision, so
    whoever reports them next must still bring something new.
    """
    return (earlier[other] for other in story if earlier[other].revises is None)


def _arrival(article: StoredArticle) -> tuple[int, int]:
    return (article.file_id, article.id)


def _facts(article: StoredArticle) -> ArticleFacts:
    return ArticleFacts(article.outlet, article.url, article.title, article.decides_at)


def _related(
    article: StoredArticle,
    earlier: Mapping[int, StoredArticle],
    links: Sequence[Mapping[str, Any]],
) -> list[RelatedArticle]:
    found = []
    for row in links:
        other = earlier.get(row["b_id"] if row["a_id"] == article.id else row["a_id"])
        relation = stored_relation(row, article.id)
        if other is not None and relation is not None:
            found.append((_arrival(other), RelatedArticle(other.id, _facts(other), relation)))
    return [related for _, related in sorted(found, key=lambda pair: pair[0])]


def _copied(related: Sequence[RelatedArticle], story: Collection[int]) -> int | None:
    """Return the earliest of *story* that already carries this article's words."""
    for each in related:
        is_covered = each.relation.kind.is_copy and each.relation.coverage_self >= COPIED
        if is_covered and each.article_id in story:
            return each.article_id
    return None


def _changes(
    article: StoredArticle, decision: OutcomeDecision, earlier: Mapping[int, StoredArticle]
) -> tuple[SentenceChange, ...]:
    """Return the sentences in which *article* differs from the one it refers to."""
    before = earlier.get(decision.article_id) if decision.article_id is not None else None
    if before is None or decision.outcome is Outcome.EXACT_COPY:
        return ()
    return compare_sentences(before.text, article.text)


def _correction(
    article: StoredArticle, decision: OutcomeDecision, changes: Sequence[SentenceChange]
) -> Correction | None:
    if decision.outcome is Outcome.EXACT_COPY:
        return None
    is_revision = decision.outcome is Outcome.REVISION
    found = find_correction(article.title, article.text, changes, is_revision=is_revision)
    # A revision that only adds sentences takes nothing back: that is news, not a correction.
    takes_back = any(change.before and change.after for change in changes)
    return found if takes_back else None


def _novelty_json(
    novelty: Novelty, correction: Correction | None, changes: Sequence[SentenceChange]
) -> dict[str, Any]:
    return {
        "kind": CORRECTION if correction else novelty.kind.value,
        "reason": correction.reason if correction else novelty.reason,
        "added_share": round(novelty.added_share, 4),
        "sentences": [list(span) for span in novelty.sentences[:MOST_SENTENCES]],
        "sentences_more": max(0, len(novelty.sentences) - MOST_SENTENCES),
        "restated": [_restated_json(each) for each in novelty.restated[:MOST_SENTENCES]],
        "restated_more": max(0, len(novelty.restated) - MOST_SENTENCES),
        "figures": [_figure_json(figure) for figure in novelty.figures[:MOST_FIGURES]],
        "figures_more": max(0, len(novelty.figures) - MOST_FIGURES),
        "changes": [dataclasses.asdict(change) for change in changes[:MOST_CHANGES]],
        "changes_more": max(0, len(changes) - MOST_CHANGES),
    }


def _restated_json(restatement: Restatement) -> dict[str, Any]:
    stored = dataclasses.asdict(restatement)
    stored["likeness"] = round(restatement.likeness, 2)
    return stored | {"is_firm": restatement.is_firm}


def _figure_json(figure: FigureChange) -> dict[str, Any]:
    return dataclasses.asdict(figure) | {"kind": figure.kind.value}
