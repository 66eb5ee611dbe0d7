"""The articles that are grouped together: everything that stories and links lead to. Reads only."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import (
    ColumnElement,
    Connection,
    Select,
    and_,
    bindparam,
    case,
    or_,
    select,
    union_all,
)

from services.extract.comparing import StoredArticle
from services.extract.events import Link, Member, Piece, Ruling, find_pieces, link_strength
from services.extract.events.clustering import LINK_FLOOR
from services.extract.reuse import COPIES, RelationKind
from services.extract.store.rulings import load_standing
from services.extract.store.stored_articles import load_articles
from shared.tables import article_links, articles, stories

# In one statement: both engines limit how many values it may hold.
IDS_AT_ONCE = 2000


@dataclass(frozen=True)
class Component:
    """What regrouping asks for: articles, the links and rulings among them, and their pieces."""

    members: Sequence[Member]
    links: Sequence[Link]
    rulings: Sequence[Ruling]
    pieces: Sequence[Piece]


def load_component(connection: Connection, seeds: Collection[int]) -> Component:
    """Return what is to be grouped anew when the articles *seeds* are new, linked or ruled on."""
    around = _StoredSurroundings(connection)
    pieces = find_pieces(around, seeds)
    ids = {article for piece in pieces for article in piece.members}
    return Component(
        members=_members(connection, ids),
        links=[link for pair, link in around.links.items() if ids.issuperset(pair)],
        rulings=load_standing(connection, ids),
        pieces=pieces,
    )


class _StoredSurroundings:
    """Articles and links as stored; every link read is kept.

    With a story, its mates: where links were taken back or people ruled, nothing else leads to
    those an article was grouped with. Articles without one will look for themselves.
    """

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self.links: dict[tuple[int, int], Link] = {}

    def floors(self, ids: Collection[int]) -> Mapping[int, float]:
        found: dict[int, float] = {}
        for some in _batches(ids):
            rows = self._connection.execute(
                select(articles.c.id, stories.c.link_floor)
                .join(stories, stories.c.id == articles.c.story_id)
                .where(articles.c.id.in_(some))
            )
            found |= {row.id: row.link_floor or LINK_FLOOR for row in rows}
        return found

    def pairs(self, ids: Collection[int], floor: float) -> Iterator[tuple[int, int]]:
        for some in _batches(ids):
            found = self._connection.execute(_BOUND, {"ids": some, "floor": floor})
            for a_id, b_id, score, relation, days_apart in found:
                pair = a_id, b_id
                link = self.links.get(pair)
                if link is None:
                    kind = RelationKind(relation) if relation in COPIES else None
                    link = self.links[pair] = Link(a_id, b_id, score, kind, days_apart)
                if link_strength(link) >= floor:
                    yield pair

    def mates(self, ids: Collection[int]) -> Collection[int]:
        found: set[int] = set()
        for some in _batches(ids):
            own = select(articles.c.story_id).where(articles.c.id.in_(some))
            found |= set(
                self._connection.execute(
                    select(articles.c.id).where(articles.c.story_id.in_(own))
                ).scalars()
            )
        return found


def _bound_query() -> Select[Any]:
    """Return the query for the links of `ids` that are copies or have a score of `floor` or more.

    There may be 60 links an article: passages are not decoded for them, and explanations only
    where the days between two copies count.
    """
    columns: list[ColumnElement[Any]] = [
        article_links.c[name] for name in ("a_id", "b_id", "score", "relation")
    ]
    is_copy = article_links.c.relation.in_(COPIES)
    days_apart = article_links.c.explanation["days_apart"].as_integer()
    columns.append(case((is_copy, days_apart)).label("days_apart"))
    binds = or_(is_copy, article_links.c.score >= bindparam("floor"))
    ids: Any = bindparam("ids", expanding=True)
    ends = (article_links.c.a_id, article_links.c.b_id)
    # Each end by its own index; an OR over both would read the whole table on SQLite.
    halves = (select(*columns).where(and_(end.in_(ids), binds)) for end in ends)
    return select(union_all(*halves).subquery())


# Made once: to put a query together takes longer than to ask it.
_BOUND = _bound_query()


def _members(connection: Connection, ids: Iterable[int]) -> list[Member]:
    columns = [articles.c[name] for name in ("id", "content_hash", "file_id", "story_id")]
    return [
        Member(row.id, row.content_hash, row.file_id, row.story_id)
        for some in _batches(ids)
        for row in connection.execute(select(*columns).where(articles.c.id.in_(some)))
    ]


def _batches(ids: Iterable[int]) -> Iterator[list[int]]:
    ordered = sorted(ids)
    for start in range(0, len(ordered), IDS_AT_ONCE):
        yield ordered[start : start + IDS_AT_ONCE]


def load_earlier(
    connection: Connection,
    article: StoredArticle,
    links: Sequence[Mapping[str, Any]],
    story_mates: Collection[int],
) -> dict[int, StoredArticle]:
    """Return the already grouped articles that *article* is linked to or shares a story with."""
    linked = {row["a_id"] for row in links} | {row["b_id"] for row in links}
    found = load_articles(connection, (linked | set(story_mates)) - {article.id})
    return {key: value for key, value in found.items() if value.story_id is not None}
