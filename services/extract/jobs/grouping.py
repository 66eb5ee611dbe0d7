"""The second half of linking, under the one lock: stories, outcome and development."""

from __future__ import annotations

import logging
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from sqlalchemy import Connection

from services.extract.comparing import StoredArticle
from services.extract.events import Regrouping, StoryId, regroup
from services.extract.novelty import KnownText
from services.extract.placing import place
from services.extract.store.components import load_component, load_earlier
from services.extract.store.links import links_of
from services.extract.store.revisions import recleaned_from
from services.extract.store.stories import apply_regrouping, placed_columns
from shared.runtime import Runtime
from shared.steps import LINK
from shared.work import Claimed

log = logging.getLogger("newswatch.link")


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
    members, among = load_component(connection, article)
    regrouping = regroup(members, among)
    rows, events = apply_regrouping(connection, members, regrouping, now)
    columns: dict[str, Any] = {}
    if article.story_id is None:
        columns = _place(connection, article, known, regrouping=regrouping, rows=rows, now=now)
    runtime.work.finish(connection, LINK, claimed, "linked", columns)
    if regrouping.raised_floor is not None:
        log.warning(
            "a very large group was cut at %.1f",
            regrouping.raised_floor,
            extra={"about": {"article": f"a{article.id}"}},
        )
    return events


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
    recleaned = recleaned_from(connection, article.id)
    placing = place(article, earlier, links, mates, recleaned=recleaned, known=known)
    return placed_columns(connection, rows[story], placing, now)
