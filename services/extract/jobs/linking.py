"""The second job of extract: an article finds its relations and its story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from services.extract.jobs.grouping import group
from services.extract.jobs.looking import look
from services.extract.jobs.memory import Memory
from services.extract.store.stored_articles import load_articles
from services.extract.store.stories import lock_stories
from shared.attempts import attempt
from shared.broker import APPLY_STORY_EVENTS
from shared.runtime import Runtime
from shared.steps import LINK, MATCH
from shared.sweeping import ring_for
from shared.topics import Taxonomy, load_taxonomy
from shared.work import Claimed


@dataclass
class LinkContext:
    """What one link worker holds."""

    runtime: Runtime
    memory: Memory = field(default_factory=Memory)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """What articles are tagged by again, once their furniture is known."""
        return load_taxonomy(self.runtime.settings.topics.dir)


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
        looked = look(context.memory, connection, article)
    with database.write() as connection:
        lock_stories(connection)
        events = group(context.runtime, connection, claimed, article, looked)
    if events:
        context.runtime.broker.ring(APPLY_STORY_EVENTS, events)
