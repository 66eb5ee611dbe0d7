"""The second half of linking, under the one lock: stories, outcome and development."""

from __future__ import annotations

import logging
from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.extract.comparing import StoredArticle
from services.extract.events import FROZEN, Regrouping, StoryId, regroup
from services.extract.events.clustering import LINK_FLOOR
from services.extract.novelty import KnownText
from services.extract.placing import place
from services.extract.store.components import load_component, load_earlier
from services.extract.store.links import links_of
from services.extract.store.revisions import recleaned_from
from services.extract.store.rulings import inherit_rulings
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


def group(
    runtime: Runtime,
    connection: Connection,
    claimed: Claimed,
    article: StoredArticle,
    known: Mapping[int, KnownText],
) -> list[int]:
    """Regroup the component of the article, by its new links, and place it; return new event ids.

    *known* are texts that were read for placing it. An article that has a story was placed, and
    perhaps told: only its story may be another now.
    """
    now = runtime.database.now(connection)
    if article.revises is not None:
        inherit_rulings(connection, article.id, article.revises)
    regrouping, applied = regroup_around(connection, [article.id], now)
    columns: dict[str, Any] = {}
    if article.story_id is None:
        columns = _place(
            connection, article, known, regrouping=regrouping, rows=applied.rows, now=now
        )
    runtime.work.finish(connection, LINK, claimed, "linked", columns)
    return applied.events


def _place(
    connection: Connection,
    article: StoredArticle,
    known: Mapping[int, KnownText],
    *,
    regrouping: Regrouping,
    rows: Mapping[StoryId, int],
    now: datetime,
) -> dict[str, Any]:
    """Return what is said of an article in its story."""
    story = regrouping.assignments[article.id]
    mates = {
        other
        for other, assigned in regrouping.assignments.items()
        if assigned == story and other != article.id
    }
    links = links_of(connection, article.id)
    earlier = load_earlier(connection, article, links, mates)
    recleaned = recleaned_from(connection, article.id) if article.revises else None
    placing = place(article, earlier, links, mates, recleaned=recleaned, known=known)
    return placed_columns(connection, rows[story], placing, now)
