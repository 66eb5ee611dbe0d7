"""The first half of linking: which articles share words or an event with a new one."""

from __future__ import annotations

import dataclasses
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.extract.comparing import Compared, StoredArticle, break_up, compare
from services.extract.drafts import TermRows, stored_grams, term_rows
from services.extract.jobs.judging import Judged, judge_marks
from services.extract.jobs.kinship import Kinship
from services.extract.reuse import Spans, long_lines
from services.extract.store.event_candidates import MOST_CANDIDATES, find_same_event
from services.extract.store.furniture import GRAM, LINE, Mark, count_marks, load_masks
from services.extract.store.links import linked_to
from services.extract.store.reuse_candidates import find_reuse
from services.extract.store.stored_articles import load_articles

# Another article, its mask, and whether it may share words: all that a comparison depends on.
Pairing = tuple[int, Spans, bool]
Links = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Looked:
    """What looking around found, and what it was found by.

    `own` is the article without what is furniture now; `found` the link, or none, with each of
    those it was compared with; `linked` are those it had links with before.
    """

    own: Compared
    judged: Judged
    found: Mapping[Pairing, Links]
    linked: frozenset[int]

    @property
    def links(self) -> list[dict[str, Any]]:
        """Every link of the article."""
        return [link for links in self.found.values() for link in links]

    @property
    def grams(self) -> tuple[int, ...]:
        """The grams by which the article is counted and found."""
        return stored_grams(self.own.tokens, self.own.article.furniture)

    @property
    def terms(self) -> TermRows:
        """The terms by which the article is found."""
        return term_rows(
            self.own.profile, self.own.article.decides_at, self.own.article.received_at
        )


def look(
    kinship: Kinship, connection: Connection, article: StoredArticle, before: Looked | None = None
) -> Looked:
    """Judge what is furniture, and compare *article* with those it may have to do with.

    Nothing is written. What was compared *before* under the same masks is not compared again.
    """
    judged = judge_marks(connection, kinship, article.id)
    own = _without(kinship.memory.get(article), judged)
    linked = linked_to(connection, article.id)
    looked = Looked(own, judged, {}, linked)
    reuse = find_reuse(connection, article, _leads(looked), linked)
    candidates = dict.fromkeys((*sorted(reuse), *_same_event(connection, looked)))
    others = _load(kinship, connection, candidates)
    is_as_before = before is not None and before.own.article.furniture == own.article.furniture
    known = before.found if before is not None and is_as_before else {}
    found: dict[Pairing, Links] = {}
    for other in (others[candidate] for candidate in candidates if candidate in others):
        pairing = other.article.id, other.article.furniture, other.article.id in reuse
        if pairing in known:
            found[pairing] = known[pairing]
        else:
            found[pairing] = tuple(compare(own, [other], may_share_words=reuse.__contains__))
    return dataclasses.replace(looked, found=found)


def is_current(connection: Connection, article: StoredArticle, looked: Looked) -> bool:
    """Tell whether looking again would find the same: nobody has been here meanwhile.

    What is stored of an article leads others to it until it is linked; under a new mask that is
    something else, so whoever came meanwhile may have missed it.
    """
    masks = {other: spans for other, spans, _ in looked.found}
    return (
        looked.own.article.furniture == article.furniture
        and count_marks(connection, article.id) == looked.judged.counts
        and load_masks(connection, masks.keys()) == masks
        and linked_to(connection, article.id) == looked.linked
    )


def _without(one: Compared, judged: Judged) -> Compared:
    spans = judged.spans(one.article.text, one.tokens)
    if spans == one.article.furniture:
        return one
    return break_up(dataclasses.replace(one.article, furniture=spans), one.tokens)


def _leads(looked: Looked) -> list[Mark]:
    """Return by what others that share words are found: furniture leads to nobody."""
    counts, own = looked.judged.counts, looked.own
    lines = long_lines(own.article.text, own.tokens)
    marks = [*(Mark(GRAM, gram) for gram in looked.grams), *(Mark(LINE, line) for line in lines)]
    alone = {mark for mark, count in counts.items() if count.articles == 1}
    return [mark for mark in marks if mark not in looked.judged.furniture and mark not in alone]


def _same_event(connection: Connection, looked: Looked) -> list[int]:
    found = find_same_event(connection, looked.own.article.id, looked.terms)
    # Of more than there is room for, those that found this article stay.
    return [*found, *sorted(looked.linked)] if len(found) >= MOST_CANDIDATES else found


def _load(kinship: Kinship, connection: Connection, ids: Mapping[int, None]) -> dict[int, Compared]:
    # Taken out before anything is loaded: loading may push old articles out of the memory.
    others = kinship.memory.kept(load_masks(connection, ids.keys()))
    for stored in load_articles(connection, ids.keys() - others.keys()).values():
        others[stored.id] = kinship.memory.get(stored)
    return others
