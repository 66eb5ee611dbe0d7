"""Where the texts of a story came from, and which agencies its articles credit."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import Connection, select

from shared.model import Span
from shared.stories.members import MemberKey
from shared.stories.origins import Source, TextOrigin, find_origins
from shared.stories.shared_words import load_copies
from shared.tables import articles


@dataclass(frozen=True, slots=True)
class Credit:
    """An article names a news agency as its source.

    `evidence` is where: in `text`, or in the `authors` joined by ", "; None when the page said so
    in its markup alone.
    """

    article_id: int
    agency: str
    evidence: Span | None


def load_origins(connection: Connection, members: Sequence[MemberKey]) -> tuple[TextOrigin, ...]:
    """Return the texts that several of *members* (of one story) carry, earliest first.

    What was cleaned again counts once, as it is now.
    """
    counted = [member for member in members if member.replaced_by is None]
    links = load_copies(connection, {member.article_id: member.story_id for member in counted})
    sources = [
        Source(member.article_id, member.outlet, member.at, member.is_dated, member.agency)
        for member in counted
    ]
    return find_origins(sources, [link for found in links.values() for link in found])


def load_credits(connection: Connection, members: Sequence[MemberKey]) -> tuple[Credit, ...]:
    """Return the agencies that *members* credit, in their order."""
    crediting = [member.article_id for member in members if member.agency]
    rows = connection.execute(
        select(articles.c.id, articles.c.fields["agency"].label("field")).where(
            articles.c.id.in_(crediting)
        )
    )
    fields = {row.id: row.field for row in rows}
    return tuple(
        Credit(
            article_id=article_id,
            agency=fields[article_id]["value"],
            evidence=Span(**found) if (found := fields[article_id].get("evidence")) else None,
        )
        for article_id in crediting
    )
