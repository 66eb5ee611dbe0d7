"""Looks up which stored articles may share words with a new one. Reads only."""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, func, select

from services.extract.comparing import StoredArticle
from services.extract.events import connected_groups
from services.extract.reuse import COMMON_ARTICLES, COPIES, Sighting, judge
from services.extract.reuse.relations import COPIED
from shared.model import deciding_date
from shared.query.folding import plain_name
from shared.tables import article_fingerprints, article_links, articles

log = logging.getLogger("newswatch.link")

MOST_CANDIDATES = 60


@dataclass(frozen=True)
class ReuseCandidates:
    """Articles that may share words, and the grams that are furniture rather than evidence.

    `pages` are the other articles on which that furniture was seen.
    """

    ids: frozenset[int]
    furniture: frozenset[int]
    pages: frozenset[int]


def find_reuse(connection: Connection, article: StoredArticle) -> ReuseCandidates:
    """Return the articles that share most fingerprints or all words with *article*."""
    counts = _count_postings(connection, article)
    common = {gram for gram, count in counts.items() if count > COMMON_ARTICLES}
    rare = [gram for gram, count in counts.items() if 1 < count <= COMMON_ARTICLES]
    postings = _postings(connection, article, len(counts), rare)
    furniture = frozenset(gram for gram, seen in postings.items() if judge(seen))
    sharing = _sharing_most(article, postings, furniture)
    equal = connection.execute(
        select(articles.c.id)
        .where(articles.c.content_hash == article.content_hash, articles.c.id != article.id)
        .order_by(articles.c.id)
        .limit(MOST_CANDIDATES)
    ).scalars()
    return ReuseCandidates(
        ids=frozenset((sharing | set(equal)) - {article.id}),
        furniture=furniture | frozenset(common),
        pages=frozenset(_seen_in(postings, furniture) - {article.id}),
    )


def _count_postings(connection: Connection, article: StoredArticle) -> dict[int, int]:
    """Count the articles that hold each gram of *article*; COMMON_ARTICLES + 1 stands for more."""
    own, every = article_fingerprints.alias("own"), article_fingerprints.alias("every")
    # Counted to its end, the footer of a large outlet would cost as much as the archive is long.
    first = (
        select(every.c.article_id)
        .where(every.c.fingerprint == own.c.fingerprint)
        .limit(COMMON_ARTICLES + 1)
        .correlate(own)
        .subquery()
    )
    count = select(func.count()).select_from(first).scalar_subquery()
    rows = connection.execute(
        select(own.c.fingerprint, count.label("postings")).where(own.c.article_id == article.id)
    )
    return {row.fingerprint: row.postings for row in rows}


def _sharing_most(
    article: StoredArticle, postings: Mapping[int, Sequence[Sighting]], furniture: frozenset[int]
) -> set[int]:
    """Return the articles with most grams in common; say how many were left out."""
    shared = Counter(
        sighting.article_id
        for gram in postings.keys() - furniture
        for sighting in postings[gram]
        if sighting.article_id != article.id
    )
    best = sorted(shared, key=lambda other: (-shared[other], other))
    if len(best) > MOST_CANDIDATES:
        log.warning(
            "an article shares words with very many: %d of %d were not compared with it",
            len(best) - MOST_CANDIDATES,
            len(best),
            extra={"about": {"article": f"a{article.id}"}},
        )
    return set(best[:MOST_CANDIDATES])


def _seen_in(postings: Mapping[int, Sequence[Sighting]], grams: Iterable[int]) -> set[int]:
    return {sighting.article_id for gram in grams for sighting in postings[gram]}


def _postings(
    connection: Connection, article: StoredArticle, own_grams: int, fingerprints: Sequence[int]
) -> dict[int, list[Sighting]]:
    rows = connection.execute(
        select(
            article_fingerprints.c.fingerprint,
            articles.c.id,
            articles.c.outlet,
            articles.c.word_count,
            articles.c.published_at,
            articles.c.published_source,
            articles.c.received_at,
        )
        .join(articles, articles.c.id == article_fingerprints.c.article_id)
        .where(article_fingerprints.c.fingerprint.in_(fingerprints))
    ).all()
    copies = _likely_copies(article.id, own_grams, rows)
    groups = _copy_groups(connection, {row.id for row in rows}, copies)
    found: dict[int, list[Sighting]] = {}
    for row in rows:
        found.setdefault(row.fingerprint, []).append(_sighting(row, groups))
    return found


def _sighting(row: Any, groups: Mapping[int, int]) -> Sighting:
    decides = deciding_date(row.published_at, row.published_source, row.received_at)
    outlet = plain_name(row.outlet) if row.outlet else None
    return Sighting(
        row.id,
        outlet,
        decides.date() if decides else None,
        row.received_at.date(),
        groups[row.id],
    )


def _likely_copies(article_id: int, own_grams: int, rows: Sequence[Any]) -> list[tuple[int, int]]:
    """Return the pairs that share so many grams that one will prove a copy of the other.

    Versions that arrive together are not linked yet; without this they would pass for the pages
    of an outlet, and all they share for furniture.
    """
    words = {row.id: row.word_count for row in rows}
    shared = Counter(row.id for row in rows if row.id != article_id)
    return [
        (article_id, other)
        for other, grams in shared.items()
        if grams >= COPIED * own_grams * min(1.0, words[other] / max(1, words[article_id]))
    ]


def _copy_groups(
    connection: Connection, ids: Collection[int], likely: Sequence[tuple[int, int]]
) -> dict[int, int]:
    """Return, for each article, the lowest id among those it copies or is copied by."""
    pairs = connection.execute(
        select(article_links.c.a_id, article_links.c.b_id).where(
            article_links.c.a_id.in_(ids),
            article_links.c.b_id.in_(ids),
            article_links.c.relation.in_(COPIES),
        )
    )
    groups = connected_groups(ids, [*((row.a_id, row.b_id) for row in pairs), *likely])
    return {article: min(group) for group in groups for article in group}
