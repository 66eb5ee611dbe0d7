"""What a subscription knows of an article and of its story, by the ledger."""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import ColumnElement, Connection, case, or_, select

from services.alert.subscription import History
from shared.tables import article_links, articles, notifications

# What was told, or will be without anybody doing anything more.
KNOWN_STATES = ("told", "gathered")
COMING_STATES = ("planned", "held")
# Of a text whose words are carried to this share nothing is left to tell.
COPIED = 0.90


def known_copy(
    connection: Connection,
    subscription_id: int,
    article_id: int,
    basis: Sequence[int],
    family: Sequence[int],
) -> int | None:
    """Return a known article, linked later than *article_id*, that carries its words.

    Articles linked at the same time may be matched in another order than they were linked in. What
    was linked later is not in the *basis* of the article's novelty, and may have been told already.
    """
    is_first = article_links.c.a_id == article_id
    other = case((is_first, article_links.c.b_id), else_=article_links.c.a_id)
    own_coverage = case((is_first, article_links.c.coverage_a), else_=article_links.c.coverage_b)
    return connection.execute(
        select(notifications.c.article_id)
        .join(articles, articles.c.id == notifications.c.article_id)
        .join(article_links, other == notifications.c.article_id)
        .where(
            or_(is_first, article_links.c.b_id == article_id),
            own_coverage >= COPIED,
            articles.c.id.not_in(basis),
            _is_of_story(family),
            notifications.c.subscription_id == subscription_id,
            notifications.c.state.in_((*KNOWN_STATES, *COMING_STATES)),
        )
        .order_by(notifications.c.article_id)
        .limit(1)
    ).scalar_one_or_none()


def _is_of_story(family: Sequence[int]) -> ColumnElement[bool]:
    """Whether a ledger row (with its article) belongs to the story.

    A told article that was moved since is known in both stories, that of its row and its own.
    """
    return or_(notifications.c.story_id.in_(family), articles.c.story_id.in_(family))


def read_history(
    connection: Connection, subscription_id: int, article_id: int, family: Sequence[int]
) -> History:
    """Return what the subscription knows of the article and of the story."""
    is_of_story = _is_of_story(family)
    is_of_article = notifications.c.article_id == article_id
    rows = connection.execute(
        select(
            notifications.c.state,
            is_of_story.label("is_of_story"),
            is_of_article.label("is_of_article"),
        )
        .join(articles, articles.c.id == notifications.c.article_id)
        .where(
            notifications.c.subscription_id == subscription_id,
            notifications.c.state.in_((*KNOWN_STATES, *COMING_STATES)),
            or_(is_of_story, is_of_article),
        )
    ).all()
    of_story = {row.state for row in rows if row.is_of_story}
    of_article = {row.state for row in rows if row.is_of_article}
    return History(
        told_story=not of_story.isdisjoint(KNOWN_STATES),
        planned_story=not of_story.isdisjoint(COMING_STATES),
        told_article=not of_article.isdisjoint(KNOWN_STATES),
        planned_article=not of_article.isdisjoint(COMING_STATES),
    )
