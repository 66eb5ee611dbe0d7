"""Looks up which stored articles may share words with a new one. Reads only."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection

from sqlalchemy import Connection, select

from services.extract.comparing import StoredArticle
from services.extract.reuse import COMMON_ARTICLES
from services.extract.store.furniture import Mark, load_holders
from shared.tables import articles

log = logging.getLogger("newswatch.link")

MOST_CANDIDATES = 60
# Articles with exactly the same words that are compared; and that are looked for.
EQUAL_TEXTS = 5
MOST_EQUAL = 2000


def find_reuse(
    connection: Connection, article: StoredArticle, leads: Collection[Mark], linked: frozenset[int]
) -> set[int]:
    """Return the articles that hold most of the marks *leads*, or all words, of *article*.

    A mark leads to its first 40 holders: whoever copies the others copies one of these. Those
    *linked* that hold one are among the answer, however many hold more.
    """
    equal = _equal(connection, article)
    # Of a text that hundreds carry, the first few stand for all.
    beside = frozenset(equal[EQUAL_TEXTS:]) - linked
    return (_sharing_most(connection, article, leads, linked) | set(equal)) - beside


def _equal(connection: Connection, article: StoredArticle) -> list[int]:
    found = connection.execute(
        select(articles.c.id)
        .where(articles.c.content_hash == article.content_hash, articles.c.id != article.id)
        .order_by(articles.c.id)
        .limit(MOST_EQUAL)
    )
    return list(found.scalars())


def _sharing_most(
    connection: Connection, article: StoredArticle, leads: Collection[Mark], linked: frozenset[int]
) -> set[int]:
    """Return the articles with most marks in common; say how many were left out."""
    holders = load_holders(connection, leads)
    shared = Counter(
        other
        for found in holders.values()
        for other in [each for each in found if each != article.id][:COMMON_ARTICLES]
    )
    best = sorted(shared, key=lambda other: (-shared[other], other))
    if len(best) > MOST_CANDIDATES:
        log.warning(
            "an article shares words with very many: %d of %d were not compared with it",
            len(best) - MOST_CANDIDATES,
            len(best),
            extra={"about": {"article": f"a{article.id}"}},
        )
    return {*best[:MOST_CANDIDATES], *(linked & shared.keys())}
