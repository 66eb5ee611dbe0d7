"""The first half of linking: which articles share words or an event with a new one."""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection

from services.extract.comparing import Compared, StoredArticle, break_up, compare
from services.extract.jobs.memory import Memory
from services.extract.reuse import furniture_spans
from services.extract.store.event_candidates import find_same_event
from services.extract.store.links import load_overlaps
from services.extract.store.profiles import StoredProfile
from services.extract.store.reuse_candidates import ReuseCandidates, find_reuse
from services.extract.store.stored_articles import load_articles


@dataclass(frozen=True)
class Looked:
    """What looking around found: links to store, and the article with its furniture masked.

    `judged_again` holds, by pair, what is left of earlier links that rested on that furniture;
    `profiles` those that were missing, or of another version, by article.
    """

    links: list[dict[str, object]]
    article: StoredArticle
    judged_again: dict[tuple[int, int], list[dict[str, object]]]
    profiles: dict[int, StoredProfile]


def look(memory: Memory, connection: Connection, article: StoredArticle) -> Looked:
    """Compare *article* with those it may have to do with; nothing is written."""
    reuse = find_reuse(connection, article)
    candidates = list(dict.fromkeys((*sorted(reuse.ids), *find_same_event(connection, article))))
    # Taken out before anything is loaded: loading may push old articles out of the memory.
    others = memory.kept(candidates)
    unknown = load_articles(connection, set(candidates) - others.keys())
    others |= memory.ready(connection, unknown)
    own = _masked(memory.ready(connection, {article.id: article})[article.id], reuse.furniture)
    links = compare(
        own,
        [_masked(others[other], reuse.furniture) for other in candidates if other in others],
        may_share_words=reuse.ids.__contains__,
    )
    judged_again = _judge_again(memory, connection, reuse)
    return Looked(links, own.article, judged_again, memory.made())


def _judge_again(
    memory: Memory, connection: Connection, reuse: ReuseCandidates
) -> dict[tuple[int, int], list[dict[str, object]]]:
    """Compare again those pages that were linked before this furniture was known for what it is."""
    overlaps = load_overlaps(connection, reuse.pages)
    ids = {row["a_id"] for row in overlaps} | {row["b_id"] for row in overlaps}
    pages = memory.kept(ids)
    pages |= memory.ready(connection, load_articles(connection, ids - pages.keys()))
    found = {}
    for row in overlaps:
        left = compare(
            _masked(pages[row["a_id"]], reuse.furniture),
            [_masked(pages[row["b_id"]], reuse.furniture)],
            may_share_words=lambda _: True,
        )
        # Furniture of other blocks is not known here: only what shrinks was judged too kindly.
        if _shared_words(left) < row["explanation"]["shared_words"]:
            found[row["a_id"], row["b_id"]] = left
    return found


def _masked(one: Compared, furniture: frozenset[int]) -> Compared:
    spans = furniture_spans(one.tokens, furniture) if furniture else ()
    if spans == one.article.furniture:
        return one
    return break_up(dataclasses.replace(one.article, furniture=spans))


def _shared_words(links: Sequence[dict[str, Any]]) -> int:
    return sum(link["explanation"]["shared_words"] for link in links)
