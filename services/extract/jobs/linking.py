"""The second job of extract: an article finds its relations and its story."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property

from sqlalchemy import Connection

from services.extract.comparing import StoredArticle, mask_hash
from services.extract.jobs.grouping import group
from services.extract.jobs.kinship import Kinship
from services.extract.jobs.looking import Looked, is_current, look
from services.extract.jobs.memory import Memory
from services.extract.jobs.warming import warm
from services.extract.store.articles import replace_index
from services.extract.store.furniture import save_mask, save_verdicts
from services.extract.store.links import replace_links
from services.extract.store.profiles import StoredProfile, save_profiles
from services.extract.store.stored_articles import load_articles
from services.extract.store.stories import lock_stories
from services.extract.store.tags import retag
from shared.attempts import attempt
from shared.broker import APPLY_STORY_EVENTS
from shared.runtime import Runtime
from shared.steps import LINK, MATCH
from shared.sweeping import ring_for
from shared.tables import articles
from shared.topics import Taxonomy, load_taxonomy
from shared.work import Claimed

# The states of an article that was linked: it may be sent back to look around again.
LINKED = ("linked", "matched")


@dataclass
class LinkContext:
    """What one link worker holds."""

    runtime: Runtime
    memory: Memory = field(default_factory=Memory)
    kinship: Kinship = field(init=False)

    def __post_init__(self) -> None:
        """Let both remember the same articles."""
        self.kinship = Kinship(self.memory)

    @cached_property
    def taxonomy(self) -> Taxonomy:
        """What articles are tagged by again, once their furniture is known."""
        return load_taxonomy(self.runtime.settings.topics.dir)


def link_articles(context: LinkContext, ids: Sequence[int]) -> None:
    """Give each of *ids* that is due its links, story, outcome and development.

    One that comes back, since what is furniture on it has changed, gets new links and perhaps
    another story; what was said of it stands.
    """
    runtime = context.runtime
    claimed = runtime.work.claim(LINK, ids)
    linked, again = [], []
    for row in claimed:
        with attempt(runtime.work, LINK, [row]):
            again += _link(context, row)
            linked.append(row.id)
    ring_for(runtime, MATCH, linked)
    ring_for(runtime, LINK, again)


def _link(context: LinkContext, claimed: Claimed) -> list[int]:
    """Look, then group under the lock; return which articles have to look again by that.

    The article's own rows were committed before this looks (the announcement), so of two halves
    released together at least the later one sees the other.
    """
    database = context.runtime.database
    with database.read() as connection:
        article = load_articles(connection, [claimed.id])[claimed.id]
        looked = look(context.kinship, connection, article)
        known = warm(context.memory, connection, looked.own.article, looked.links)
    with database.write() as connection:
        lock_stories(connection)
        if not is_current(connection, article, looked):
            looked = look(context.kinship, connection, article, looked)
        _store(context, connection, article, looked)
        masked = replace(article, furniture=looked.own.article.furniture)
        events = group(context.runtime, connection, claimed, masked, known)
        again = _send_back(context.runtime, connection, looked)
    if events:
        context.runtime.broker.ring(APPLY_STORY_EVENTS, events)
    return again


def _store(
    context: LinkContext, connection: Connection, article: StoredArticle, looked: Looked
) -> None:
    """Store what is furniture, the links, and under a new mask all that was read from the text."""
    own, now = looked.own.article, context.runtime.database.now(connection)
    save_verdicts(connection, looked.judged.verdicts, now)
    profiles = context.memory.made()
    if own.furniture != article.furniture:
        save_mask(connection, own.id, own.furniture, now)
        terms = tuple((each.term, each.day, each.weight) for each in looked.terms)
        replace_index(connection, own.id, own.received_at, looked.grams, terms)
        profiles[own.id] = StoredProfile(mask_hash(own.furniture), looked.own.packed)
        retag(connection, context.taxonomy, own.id, own.furniture)
    save_profiles(connection, profiles)
    replace_links(connection, own.id, looked.links, now)


def _send_back(runtime: Runtime, connection: Connection, looked: Looked) -> list[int]:
    """Let the pages on which furniture became known look around again, each in its own turn.

    Together they may have thousands of links: too many for one transaction under the lock.
    """
    pages = sorted(looked.judged.pages)
    return runtime.work.move(connection, articles, pages, states=LINKED, to=LINK.state)
