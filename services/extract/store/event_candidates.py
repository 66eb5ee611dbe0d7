"""Looks up which stored articles may report the event of a new one. Reads only."""

from __future__ import annotations

from sqlalchemy import Connection, func, or_, select

from services.extract.drafts import TermRows
from shared.tables import article_terms

MOST_CANDIDATES = 60
SHARED_TERMS = 2
WINDOW_DAYS = 30


def find_same_event(connection: Connection, article_id: int, own: TermRows) -> list[int]:
    """Return the articles that share most terms with *own* near one of its days, best first.

    *own* are the terms of *article_id* as its mask leaves them, stored yet or not.
    """
    if not own:
        return []
    terms, days = {term for term, _, _ in own}, {day for _, day, _ in own}
    near = or_(
        *(article_terms.c.day.between(day - WINDOW_DAYS, day + WINDOW_DAYS) for day in sorted(days))
    )
    rows = connection.execute(
        select(article_terms.c.article_id)
        .where(article_terms.c.term.in_(terms), near, article_terms.c.article_id != article_id)
        .group_by(article_terms.c.article_id)
        .having(func.count(article_terms.c.term.distinct()) >= SHARED_TERMS)
        .order_by(func.sum(article_terms.c.weight).desc(), article_terms.c.article_id)
        .limit(MOST_CANDIDATES)
    )
    return list(rows.scalars())
