"""The first half of linking: which articles share words or an event with a new one."""

from __future__ import annotations

import dataclasses
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.extract.comparing import Compared, StoredArticle, compare, evidence, with_profile
from services.extract.drafts import stored_grams, term_rows
from services.extract.jobs.judging import Judged, judge_marks
from services.extract.jobs.kinship import Kinship
from services.extract.reuse import Spans, long_lines
from services.extract.reuse.furniture import GRAM, LINE
from services.extract.store.event_candidates import (
    OwnTerm,
    count_terms,
    find_same_event,
    own_terms,
)
from services.extract.store.furniture import Mark, count_marks, load_masks
from services.extract.store.links import linked_to
from services.extract.store.reuse_candidates import find_reuse
from services.extract.store.stored_articles import latest_article, load_articles

# Another article, its mask, and whether it may share words: all that a comparison depends on.
Pairing = tuple[int, Spans, bool]
Links = tuple[dict[str, Any], ...]


@dataclass(frozen=True)
class Looked:
    """What looking around found, and what it was found by.

    `own` is the article without what is furniture now, and `terms` are what is left of it to be
    found by; `found` is the link, or none, with each of those it was compared with; `linked` are
    those it had links with before. `latest_id` is of the last article that was announced then.
    """

    own: Compared
    judged: Judged
    terms: Sequence[OwnTerm]
    found: Mapping[Pairing, Links]
    linked: frozenset[int]
    latest_id: int

    @property
    def links(self) -> list[dict[str, Any]]:
        """Every link of the article."""
        return [link for links in self.found.values() for link in links]

    @property
    def grams(self) -> tuple[int, ...]:
        """The grams by which the article is counted and found."""
        return stored_grams(self.own.tokens, self.own.article.furniture)


def look(
    kinship: Kinship, connection: Connection, article: StoredArticle, before: Looked | None = None
) -> Looked:
    """Judge what is furniture, and compare *article* with those it may have to do with.

    Nothing is written. What was compared *before* under the same masks is not compared again.
    """
    judged = judge_marks(connection, kinship, article.id)
    stored = kinship.memory.ready(connection, {article.id: article})[article.id]
    latest_id = latest_article(connection)
    own, terms = _without(connection, stored, judged)
    linked = linked_to(connection, article.id)
    looked = Looked(own, judged, terms, {}, linked, latest_id)
    reuse = find_reuse(connection, article, _leads(looked), linked)
    candidates = dict.fromkeys((*sorted(reuse), *_same_event(connection, looked)))
    others = _load(kinship, connection, candidates)
    is_as_before = before is not None and before.own.article.furniture == own.article.furniture
    known = before.found if before is not None and is_as_before else {}
    pairings = {
        (other, others[other].article.furniture, other in reuse): others[other]
        for other in candidates
        if other in others
    }
    found = {pairing: known[pairing] for pairing in pairings if pairing in known}
    unknown = {pairing: other for pairing, other in pairings.items() if pairing not in known}
    return dataclasses.replace(looked, found=found | _compare(own, unknown, reuse))


def _compare(
    own: Compared, pairings: Mapping[Pairing, Compared], reuse: Collection[int]
) -> dict[Pairing, Links]:
    links: dict[int, Links] = {}
    for link in compare(own, pairings.values(), may_share_words=reuse.__contains__):
        other = link["b_id"] if link["a_id"] == own.article.id else link["a_id"]
        links[other] = (link,)
    return {pairing: links.get(pairing[0], ()) for pairing in pairings}


def is_current(connection: Connection, article: StoredArticle, looked: Looked) -> bool:
    """Tell whether looking again would find the same: nobody has been here meanwhile.

    What is stored of an article leads others to it until it is linked; under a new mask that is
    something else, so whoever came meanwhile may have missed it.
    """
    masks = {other: spans for other, spans, _ in looked.found}
    is_masked_anew = looked.own.article.furniture != article.furniture
    return (
        not (is_masked_anew and latest_article(connection) != looked.latest_id)
        and count_marks(connection, article.id) == looked.judged.counts
        and load_masks(connection, masks.keys()) == masks
        and linked_to(connection, article.id) == looked.linked
    )


def _without(
    connection: Connection, stored: Compared, judged: Judged
) -> tuple[Compared, list[OwnTerm]]:
    """Return the article without what is furniture now, and its terms then."""
    known = own_terms(connection, stored.article.id)
    spans = judged.spans(stored.article.text, stored.tokens)
    if spans == stored.article.furniture:
        return stored, known
    article = dataclasses.replace(stored.article, furniture=spans)
    profile = evidence(article)
    rows = term_rows(profile, article.decides_at, article.received_at)
    return with_profile(article, profile), count_terms(connection, rows, known)


def _leads(looked: Looked) -> list[Mark]:
    """Return by what others that share words are found: furniture leads to nobody."""
    counts, own = looked.judged.counts, looked.own
    lines = long_lines(own.article.text, own.tokens)
    marks = [*(Mark(GRAM, gram) for gram in looked.grams), *(Mark(LINE, line) for line in lines)]
    alone = {mark for mark, count in counts.items() if count.articles == 1}
    return [mark for mark in marks if mark not in looked.judged.furniture and mark not in alone]


def _same_event(connection: Connection, looked: Looked) -> list[int]:
    found = find_same_event(connection, looked.own.article.id, looked.terms)
    # What is common changes with time: whoever was linked is compared again, never forgotten.
    return [*found, *sorted(looked.linked)]


def _load(kinship: Kinship, connection: Connection, ids: Mapping[int, None]) -> dict[int, Compared]:
    # Taken out before anything is loaded: loading may push old articles out of the memory.
    others = kinship.memory.kept(load_masks(connection, ids.keys()))
    missing = load_articles(connection, ids.keys() - others.keys())
    return others | kinship.memory.ready(connection, missing)
