"""The second job of extract: an article finds its relations and its story."""

from __future__ import annotations

import logging
from collections import OrderedDict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.extract.comparing import Compared, StoredArticle, break_up, compare
from services.extract.events import regroup
from services.extract.placing import place
from services.extract.store.candidates import (
    ReuseCandidates,
    find_reuse,
    find_same_event,
    load_articles,
)
from services.extract.store.revisions import recleaned_from
from services.extract.store.stories import (
    apply_regrouping,
    links_of,
    load_component,
    load_earlier,
    load_overlaps,
    lock_stories,
    placed_columns,
    replace_link,
    save_links,
)
from shared.attempts import attempt
from shared.broker import APPLY_STORY_EVENTS
from shared.runtime import Runtime
from shared.steps import LINK, MATCH
from shared.sweeping import ring_for
from shared.work import Claimed

log = logging.getLogger("newswatch.link")

KEPT_ARTICLES = 2000


@dataclass
class Memory:
    """Articles broken up lately; their text never changes, so nothing here can be stale."""

    _kept: OrderedDict[int, Compared] = field(default_factory=OrderedDict)

    def get(self, article: StoredArticle) -> Compared:
        """Return *article* broken up."""
        found = self._kept.pop(article.id, None) or break_up(article)
        self._kept[article.id] = found
        if len(self._kept) > KEPT_ARTICLES:
            self._kept.popitem(last=False)
        return found

    def kept(self, ids: Iterable[int]) -> dict[int, Compared]:
        """Return those of *ids* that need not be loaded, by id; each counts as used."""
        found = {
            article_id: self._kept[article_id] for article_id in ids if article_id in self._kept
        }
        for article_id in found:
            self._kept.move_to_end(article_id)
        return found


@dataclass
class LinkContext:
    """What one link worker holds."""

    runtime: Runtime
    memory: Memory = field(default_factory=Memory)


@dataclass(frozen=True)
class Looked:
    """What looking around found: links to store, and the furniture left out of them.

    `judged_again` holds, by pair, what is left of earlier links that rested on that furniture.
    """

    links: list[dict[str, object]]
    furniture: frozenset[int]
    judged_again: dict[tuple[int, int], list[dict[str, object]]]


def link_articles(context: LinkContext, ids: Sequence[int]) -> None:
    """Give each of *ids* that is due its links, story, outcome and development."""
    runtime = context.runtime
    claimed = runtime.work.claim(LINK, ids)
    linked = []
    for row in claimed:
        with attempt(runtime.work, LINK, [row]):
            _link(context, row)
            linked.append(row.id)
    ring_for(runtime, MATCH, linked)


def _link(context: LinkContext, claimed: Claimed) -> None:
    """Look, then group under the lock.

    The article's own rows were committed before this looks (the announcement), so of two halves
    released together at least the later one sees the other.
    """
    database = context.runtime.database
    with database.read() as connection:
        article = load_articles(connection, [claimed.id])[claimed.id]
        looked = _look(context.memory, connection, article)
    with database.write() as connection:
        lock_stories(connection)
        events = _group(context.runtime, connection, claimed, article, looked)
    if events:
        context.runtime.broker.ring(APPLY_STORY_EVENTS, events)


def _look(memory: Memory, connection: Connection, article: StoredArticle) -> Looked:
    reuse = find_reuse(connection, article)
    candidates = list(dict.fromkeys((*sorted(reuse.ids), *find_same_event(connection, article))))
    # Taken out before anything is loaded: loading may push old articles out of the memory.
    others = memory.kept(candidates)
    for stored in load_articles(connection, set(candidates) - others.keys()).values():
        others[stored.id] = memory.get(stored)
    links = compare(
        memory.get(article),
        [others[other] for other in candidates if other in others],
        may_share_words=reuse.ids.__contains__,
        furniture=reuse.furniture,
    )
    return Looked(links, reuse.furniture, _judge_again(memory, connection, reuse))


def _judge_again(
    memory: Memory, connection: Connection, reuse: ReuseCandidates
) -> dict[tuple[int, int], list[dict[str, object]]]:
    """Compare again those pages that were linked before this furniture was known for what it is."""
    overlaps = load_overlaps(connection, reuse.pages)
    ids = {row["a_id"] for row in overlaps} | {row["b_id"] for row in overlaps}
    pages = memory.kept(ids)
    for stored in load_articles(connection, ids - pages.keys()).values():
        pages[stored.id] = memory.get(stored)
    found = {}
    for row in overlaps:
        left = compare(
            pages[row["a_id"]],
            [pages[row["b_id"]]],
            may_share_words=lambda _: True,
            furniture=reuse.furniture,
        )
        # Furniture of other blocks is not known here: only what shrinks was judged too kindly.
        if _shared_words(left) < row["explanation"]["shared_words"]:
            found[row["a_id"], row["b_id"]] = left
    return found


def _shared_words(links: Sequence[dict[str, Any]]) -> int:
    return sum(link["explanation"]["shared_words"] for link in links)


def _undo_links(connection: Connection, looked: Looked, now: datetime) -> list[int]:
    """Store what was judged again and regroup those articles; return new event ids."""
    events = []
    for pair, links in looked.judged_again.items():
        replace_link(connection, pair, links, now)
        for page in load_articles(connection, pair).values():
            if page.story_id is not None:
                members, among = load_component(connection, page)
                events += apply_regrouping(connection, members, regroup(members, among), now)[1]
    return events


def _group(
    runtime: Runtime,
    connection: Connection,
    claimed: Claimed,
    article: StoredArticle,
    looked: Looked,
) -> list[int]:
    """Store links, regroup the touched component, place the article; return new event ids."""
    now = runtime.database.now(connection)
    undone = _undo_links(connection, looked, now)
    save_links(connection, looked.links, now)
    members, among = load_component(connection, article)
    regrouping = regroup(members, among)
    rows, events = apply_regrouping(connection, members, regrouping, now)
    events = [*undone, *events]
    story = regrouping.assignments[article.id]
    mates = {
        other
        for other, assigned in regrouping.assignments.items()
        if assigned == story and other != article.id
    }
    links = links_of(connection, article.id)
    earlier = load_earlier(connection, article, links, mates)
    recleaned = recleaned_from(connection, article.id)
    placing = place(article, earlier, links, mates, looked.furniture, recleaned=recleaned)
    columns = placed_columns(connection, rows[story], placing, now)
    runtime.work.finish(connection, LINK, claimed, "linked", columns)
    if regrouping.raised_floor is not None:
        log.warning(
            "a very large group was cut at %.1f",
            regrouping.raised_floor,
            extra={"about": {"article": f"a{article.id}"}},
        )
    return events
