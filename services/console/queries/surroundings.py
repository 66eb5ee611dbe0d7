"""Reads the stories of two articles, and all that binds their articles to each other."""

from __future__ import annotations

from collections.abc import Collection

from sqlalchemy import Connection, and_, select

from services.console.queries.bonds import Surroundings, Tie
from services.console.queries.comparing import Comparing
from services.console.queries.rulings import load_rulings
from shared.stories.families import story_families
from shared.tables import article_links, articles


def load_surroundings(
    connection: Connection, comparing: Comparing, story_ids: Collection[int]
) -> Surroundings:
    """Return the articles of *story_ids* (roots), what binds them, and what people ruled."""
    root_of = story_families(connection, story_ids)
    rows = connection.execute(
        select(articles.c.id, articles.c.story_id).where(articles.c.story_id.in_(root_of))
    )
    return Surroundings(
        story_of={row.id: root_of[row.story_id] for row in rows},
        ties=_load_ties(connection, comparing, root_of),
        rulings=load_rulings(connection),
        story_cut=comparing.story_cut,
    )


def _load_ties(connection: Connection, comparing: Comparing, family: Collection[int]) -> list[Tie]:
    """Return the links among the articles of *family* that bind; passages are not decoded."""
    one, other, links = articles.alias("one"), articles.alias("other"), article_links.c
    days_apart = links.explanation["days_apart"].as_integer().label("days_apart")
    shown = links.relation, links.score, links.coverage_a, links.coverage_b
    rows = connection.execute(
        select(links.a_id, links.b_id, *shown, days_apart)
        .join(one, and_(one.c.id == links.a_id, one.c.story_id.in_(family)))
        .join(other, and_(other.c.id == links.b_id, other.c.story_id.in_(family)))
    )
    ties = []
    for row in rows:
        strength = comparing.strength(row.relation, row.score, row.days_apart)
        if strength >= comparing.link_floor:
            shares = row.coverage_a, row.coverage_b
            ties.append(Tie(row.a_id, row.b_id, strength, row.relation, row.score, *shares))
    return ties
