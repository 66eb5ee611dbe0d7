"""Reads, before the lock, the texts that placing an article will compare it with."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from sqlalchemy import Connection

from services.extract.comparing import StoredArticle
from services.extract.events.clustering import LINK_FLOOR
from services.extract.jobs.memory import Memory
from services.extract.novelty import KnownText
from services.extract.placing import MOST_EARLIER
from services.extract.reuse import COPIES
from services.extract.store.stored_articles import latest_mates, load_articles


def warm(
    memory: Memory,
    connection: Connection,
    article: StoredArticle,
    links: Sequence[Mapping[str, Any]],
) -> dict[int, KnownText]:
    """Return *article* and the latest members of the stories it may join, read.

    A guess that costs nothing when wrong: what regrouping brings beside these is read under the
    lock.
    """
    binding = [link for link in links if link["relation"] in COPIES or link["score"] >= LINK_FLOOR]
    bound = {link[side] for link in binding for side in ("a_id", "b_id")} - {article.id}
    mates = latest_mates(connection, bound, MOST_EARLIER)
    known = memory.already_read(mates)
    for stored in load_articles(connection, set(mates) - known.keys()).values():
        known[stored.id] = memory.read(stored)
    return known | {article.id: memory.read(article)}
