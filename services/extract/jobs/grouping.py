"""The second half of linking, under the one lock: stories, outcome and development."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime

from sqlalchemy import Connection

from services.extract.comparing import StoredArticle
from services.extract.events import FROZEN, Regrouping, regroup
from services.extract.events.clustering import LINK_FLOOR
from services.extract.jobs.looking import Looked
from services.extract.placing import place
from services.extract.store.components import load_component, load_earlier
from services.extract.store.links import links_of, replace_link, save_links
from services.extract.store.revisions import recleaned_from
from services.extract.store.rulings import inherit_rulings
from services.extract.store.stored_articles import load_articles
from services.extract.store.stories import Applied, apply_regrouping, placed_columns
from shared.runtime import Runtime
from shared.steps import LINK
from shared.work import Claimed

log = logging.getLogger("newswatch.link")


def regroup_around(
    connection: Connection, seeds: Collection[int], now: datetime, *, ruling_id: int | None = None
) -> tuple[Regrouping, Applied]:
    """Group anew what the articles *seeds* touch, and write it; the caller holds the lock."""
    component = load_component(connection, seeds)
    regrouping = regroup(component.members, component.links, component.rulings, component.pieces)
    applied = apply_regrouping(connection, component.members, regrouping, now, ruling_id=ruling_id)
    _say_floors(applied.floors)
    return regrouping, applied


def _say_floors(floors: Mapping[int, float]) -> None:
    for story_id, floor in floors.items():
        about = {"about": {"story": f"s{story_id}"}}
        if floor == FROZEN:
            log.warning("a story is frozen: too many articles are bound too closely", extra=about)
        elif floor > LINK_FLOOR:
            log.warning(
                "a very large theme was cut: links below %.1f do not count", floor, extra=about
            )


def _undo_links(connection: Connection, looked: Looked, now: datetime) -> list[int]:
    """Store what was judged again and regroup those articles; return new event ids."""
    for pair, links in looked.judged_again.items():
        replace_link(connection, pair, links, now)
    touched = {article for pair in looked.judged_again for article in pair}
    grouped = [page.id for page in load_articles(connection, touched).values() if page.story_id]
    return regroup_around(connection, grouped, now)[1].events if grouped else []


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
    save_links(connection, looked.links, now)
    recleaned = recleaned_from(connection, article.id)
    if recleaned is not None:
        inherit_rulings(connection, article.id, recleaned.article_id)
    regrouping, applied = regroup_around(connection, [article.id], now)
    story = regrouping.assignments[article.id]
    mates = {
        other
        for other, assigned in regrouping.assignments.items()
        if assigned == story and other != article.id
    }
    links = links_of(connection, article.id)
    earlier = load_earlier(connection, article, links, mates)
    placing = place(looked.article, earlier, links, mates, recleaned=recleaned)
    columns = placed_columns(connection, applied.rows[story], placing, now)
    runtime.work.finish(connection, LINK, claimed, "linked", columns)
    return [*undone, *applied.events]
