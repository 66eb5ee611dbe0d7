"""Looks up which stored articles may report the event of a new one. Reads only."""

from __future__ import annotations

import logging
from collections.abc import Collection, Sequence
from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, bindparam, case, func, or_, select

from services.extract.comparing import StoredArticle
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


def find_same_event(connection: Connection, article: StoredArticle) -> list[int]:
    """Return the articles whose terms are most like those of *article* near one of its days.

    Best first, at most 40. What is looked up is bounded, however many articles the window holds.
    """
    own = connection.execute(_OWN_TERMS, {"article_id": article.id}).all()
    if not own:
        return []
    weights = {row.term: row.weight for row in own}
    common = {row.term for row in own if row.postings > COMMON_POSTINGS}
    days = sorted({row.day for row in own})
    reaches = ((weights.keys() - common, WINDOW_DAYS), (common, NEAR_DAYS))
    found = article_terms.c
    likeness = func.sum(found.weight * case(weights, value=found.term))
    rows = connection.execute(
        select(found.article_id)
        .where(
            or_(*(_posted(terms, days, reach) for terms, reach in reaches if terms)),
            found.article_id != article.id,
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
            extra={"about": {"article": f"a{article.id}"}},
        )
    return list(rows.scalars())


def _own_terms_query() -> Select[Any]:
    """Return the query for an article's terms by day, with their postings counted to a bound."""
    own, every = article_terms.alias("own"), article_terms.alias("every")
    first = (
        select(every.c.article_id)
        .where(
            every.c.term == own.c.term,
            every.c.day.between(own.c.day - WINDOW_DAYS, own.c.day + WINDOW_DAYS),
        )
        .limit(COMMON_POSTINGS + 1)
        .correlate(own)
        .subquery()
    )
    count = select(func.count()).select_from(first).scalar_subquery()
    return select(own.c.term, own.c.day, own.c.weight, count.label("postings")).where(
        own.c.article_id == bindparam("article_id")
    )


# Made once: to put a query together takes longer than to ask it.
_OWN_TERMS = _own_terms_query()


def _posted(terms: Collection[str], days: Sequence[int], reach: int) -> ColumnElement[bool]:
    near = (article_terms.c.day.between(day - reach, day + reach) for day in days)
    return and_(article_terms.c.term.in_(sorted(terms)), or_(*near))
