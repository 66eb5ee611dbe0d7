"""The second half of linking, under the one lock: stories, outcome and development."""

from __future__ import annotations

import logging
from datetime import datetime

from sqlalchemy import Connection

from services.extract.comparing import StoredArticle
from services.extract.events import regroup
from services.extract.jobs.looking import Looked
from services.extract.placing import place
from services.extract.store.components import load_component, load_earlier
from services.extract.store.links import links_of, replace_link, save_links
from services.extract.store.profiles import save_profiles
from services.extract.store.revisions import recleaned_from
from services.extract.store.stored_articles import load_articles
from services.extract.store.stories import apply_regrouping, placed_columns
from shared.runtime import Runtime
from shared.steps import LINK
from shared.work import Claimed

log = logging.getLogger("newswatch.link")


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


def group(
    runtime: Runtime,
    connection: Connection,
    claimed: Claimed,
    article: StoredArticle,
    looked: Looked,
) -> list[int]:
    """Store links, regroup the touched component, place the article; return new event ids."""
    now = runtime.database.now(connection)
    undone = _undo_links(connection, looked, now)
    save_profiles(connection, looked.profiles)
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
    placing = place(looked.article, earlier, links, mates, recleaned=recleaned)
    columns = placed_columns(connection, rows[story], placing, now)
    runtime.work.finish(connection, LINK, claimed, "linked", columns)
    if regrouping.raised_floor is not None:
        log.warning(
            "a very large group was cut at %.1f",
            regrouping.raised_floor,
            extra={"about": {"article": f"a{article.id}"}},
        )
    return events
