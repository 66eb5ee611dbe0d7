"""Looks up which stored articles may report the event of a new one. Reads only."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Integer,
    Select,
    Text,
    and_,
    bindparam,
    case,
    func,
    or_,
    select,
)

from services.extract.drafts import TermRows
from shared.tables import article_terms

log = logging.getLogger("newswatch.link")

MOST_CANDIDATES = 40
SHARED_TERMS = 2
WINDOW_DAYS = 30
# The least sum, over shared terms, of the product of their two weights. Of labelled pairs of one
# event that score as such, this costs none that MOST_CANDIDATES does not; both together 3 in 1,000.
LEAST_LIKENESS = 0.03
# A term in more articles of the window than this is asked for near the day itself only.
COMMON_POSTINGS = 400
NEAR_DAYS = 2


@dataclass(frozen=True, slots=True)
class OwnTerm:
    """A term of an article under one of its days, and in how many of the window it stands.

    `postings` are counted up to COMMON_POSTINGS + 1, which stands for more.
    """

    term: str
    day: int
    weight: float
    postings: int


def own_terms(connection: Connection, article_id: int) -> list[OwnTerm]:
    """Return the stored terms of an article."""
    rows = connection.execute(_OWN_TERMS, {"article_id": article_id})
    return [OwnTerm(row.term, row.day, row.weight, row.postings) for row in rows]


def count_terms(connection: Connection, terms: TermRows, known: Sequence[OwnTerm]) -> list[OwnTerm]:
    """Return *terms*, which an article is going to have beside *known* ones, as if stored."""
    postings = {(each.term, each.day): each.postings for each in known}
    for term, day, _ in terms:
        if (term, day) not in postings:
            count = connection.execute(_POSTINGS, {"term": term, "day": day}).scalar_one()
            postings[term, day] = int(count)
    return [OwnTerm(term, day, weight, postings[term, day]) for term, day, weight in terms]


def find_same_event(connection: Connection, article_id: int, own: Sequence[OwnTerm]) -> list[int]:
    """Return the articles whose terms are most like *own* near one of its days, best first.

    At most 40. What is looked up is bounded, however many articles the window holds.
    """
    if not own:
        return []
    weights = {each.term: each.weight for each in own}
    common = {each.term for each in own if each.postings > COMMON_POSTINGS}
    days = sorted({each.day for each in own})
    reaches = ((weights.keys() - common, WINDOW_DAYS), (common, NEAR_DAYS))
    found = article_terms.c
    likeness = func.sum(found.weight * case(weights, value=found.term))
    rows = connection.execute(
        select(found.article_id)
        .where(
            or_(*(_posted(terms, days, reach) for terms, reach in reaches if terms)),
            found.article_id != article_id,
        )
        .group_by(found.article_id)
        .having(func.count(found.term.distinct()) >= SHARED_TERMS, likeness >= LEAST_LIKENESS)
        .order_by(likeness.desc(), found.article_id)
        .limit(MOST_CANDIDATES)
    )
    if common:
        log.debug(
            "%d of %d terms are in more than %d articles: sought within %d days only",
            len(common),
            len(weights),
            COMMON_POSTINGS,
            NEAR_DAYS,
            extra={"about": {"article": f"a{article_id}"}},
        )
    return list(rows.scalars())


def _count_postings(term: Any, day: Any) -> Select[Any]:
    """Return the query that counts, to a bound, the articles of the window with a term."""
    every = article_terms.alias("every")
    first = (
        select(every.c.article_id)
        .where(every.c.term == term, every.c.day.between(day - WINDOW_DAYS, day + WINDOW_DAYS))
        .limit(COMMON_POSTINGS + 1)
    )
    own = getattr(term, "table", None)
    bounded = first.correlate(own).subquery() if own is not None else first.subquery()
    return select(func.count()).select_from(bounded)


def _own_terms_query() -> Select[Any]:
    """Return the query for an article's terms by day, with their postings."""
    own = article_terms.alias("own")
    count = _count_postings(own.c.term, own.c.day).scalar_subquery()
    return select(own.c.term, own.c.day, own.c.weight, count.label("postings")).where(
        own.c.article_id == bindparam("article_id")
    )


# Made once: to put a query together takes longer than to ask it.
_OWN_TERMS = _own_terms_query()
_POSTINGS = _count_postings(bindparam("term", type_=Text), bindparam("day", type_=Integer))


def _posted(terms: Collection[str], days: Sequence[int], reach: int) -> ColumnElement[bool]:
    near = (article_terms.c.day.between(day - reach, day + reach) for day in days)
    return and_(article_terms.c.term.in_(sorted(terms)), or_(*near))
