"""Asking why: two articles with their masks, and their link or what comparing them now finds."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from sqlalchemy import Connection, select

from services.console.queries.bonds import find_bond
from services.console.queries.comparing import Comparing
from services.console.queries.furniture import Mask, load_masks
from services.console.queries.ids import RecordId, RecordKind
from services.console.queries.links import read_relation
from services.console.queries.relations import SAME_EVENT
from services.console.queries.surroundings import load_surroundings
from services.console.queries.why import Asked, Why, changes_in_words, pair_passages
from shared.errors import NewswatchError, SettingsError
from shared.stories.families import story_roots
from shared.stories.members import load_members
from shared.tables import article_links, articles


class NoSuchArticleError(NewswatchError):
    """One of the two articles asked for is not there; the message names it."""


class OneArticleError(SettingsError):
    """Somebody asked what an article has to do with itself."""


def explain_pair(connection: Connection, comparing: Comparing, one_id: int, other_id: int) -> Why:
    """Return why two articles are, or are not, one text or one story, as seen from the first.

    Where no link is stored the two are compared at once; nothing is written.

    Raises:
        NoSuchArticleError: one of them is not there.
        OneArticleError: both are the same.
    """
    if one_id == other_id:
        raise OneArticleError(
            f"a{one_id} is the same article twice: name two, such as a{one_id} and its relation "
            f"(newswatch show a{one_id} lists them)"
        )
    found = _load_articles(connection, one_id, other_id)
    masks = load_masks(connection, [one_id, other_id])
    roots = story_roots(
        connection, {row["story_id"] for row in found.values() if row["story_id"] is not None}
    )
    one, other = (
        _asked(found[each], roots.get(found[each]["story_id"]), masks.get(each))
        for each in (one_id, other_id)
    )
    stored = _load_link(connection, one_id, other_id)
    link = stored or comparing.compare(
        found[one_id], found[other_id], (one.furniture, other.furniture)
    )
    weighed = read_relation(link, one_id, other.title)
    counts = weighed.relation != SAME_EVENT or weighed.score >= comparing.link_floor
    return Why(
        one=one,
        other=other,
        weighed=weighed,
        is_linked=counts,
        linked_at=stored["linked_at"] if stored else None,
        shared_words=(link["explanation"] or {}).get("shared_words", 0),
        passages=pair_passages(one, other, weighed),
        bond=find_bond(
            one_id, other_id, load_surroundings(connection, comparing, set(roots.values()))
        ),
        would_change=changes_in_words(
            weighed,
            comparing.link_floor,
            words_decide=comparing.strength(weighed.relation, 0.0, weighed.days_apart) > 0,
        ),
    )


def article_of(connection: Connection, record: RecordId) -> int:
    """Return the article that *record* names; a story stands for its lead article.

    Raises:
        NoSuchArticleError: there is no such story, or nothing is in it any more.
        SettingsError: it is neither article nor story.
    """
    if record.kind is RecordKind.ARTICLE:
        return record.number
    if record.kind is not RecordKind.STORY:
        raise SettingsError(f"{record}: why is asked of articles (a17) and stories (s3)")
    root = story_roots(connection, [record.number]).get(record.number)
    if root is None:
        raise NoSuchArticleError(f"there is no {record}")
    members = load_members(connection, [root]).get(root)
    if not members:
        raise NoSuchArticleError(f"{record} holds no article any more")
    return members[0].article_id


def _load_articles(
    connection: Connection, one_id: int, other_id: int
) -> dict[int, Mapping[str, Any]]:
    rows = connection.execute(select(articles).where(articles.c.id.in_([one_id, other_id])))
    found: dict[int, Mapping[str, Any]] = {row["id"]: dict(row) for row in rows.mappings()}
    for each in (one_id, other_id):
        if each not in found:
            raise NoSuchArticleError(f"there is no a{each}")
    return found


def _load_link(connection: Connection, one_id: int, other_id: int) -> dict[str, Any] | None:
    rows = connection.execute(
        select(article_links).where(
            article_links.c.a_id == min(one_id, other_id),
            article_links.c.b_id == max(one_id, other_id),
        )
    ).mappings()
    return next((dict(row) for row in rows), None)


def _asked(row: Mapping[str, Any], story_id: int | None, mask: Mask | None) -> Asked:
    own = ("id", "title", "text", "outlet", "state", "received_at")
    dates = ("published_at", "published_source")
    return Asked(**{name: row[name] for name in own + dates}, story_id=story_id, mask=mask)
