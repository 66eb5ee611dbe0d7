"""Which articles of a story carry the words of others. Reads only."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping

from sqlalchemy import Connection, and_, or_, select

from shared.stories.copies import COPIES, HALF, OVERLAP, CopyLink
from shared.stories.families import story_families
from shared.tables import article_links, articles


def load_copies(connection: Connection, story_of: Mapping[int, int]) -> dict[int, list[CopyLink]]:
    """Return the links by which articles (*story_of* them, a root) carry others of their story.

    Copies, and overlaps that make up at least half of one of the two.
    """
    family = story_families(connection, set(story_of.values()))
    links = article_links.c
    is_half = or_(links.coverage_a >= HALF, links.coverage_b >= HALF)
    carries = or_(links.relation.in_(COPIES), and_(links.relation == OVERLAP, is_half))
    rows = connection.execute(
        select(links.a_id, links.b_id, links.relation, links.coverage_a, links.coverage_b)
        .join(articles, articles.c.id == links.a_id)
        .where(articles.c.story_id.in_(family), carries)
    )
    found: dict[int, list[CopyLink]] = defaultdict(list)
    for row in rows:
        story_id = story_of.get(row.a_id)
        if story_id is not None and story_of.get(row.b_id) == story_id:
            shares = row.coverage_a or 0.0, row.coverage_b or 0.0
            found[story_id].append(CopyLink(row.a_id, row.b_id, row.relation, *shares))
    return found
