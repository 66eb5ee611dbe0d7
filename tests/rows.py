"""Rows of every table with sensible defaults, for tests that read or count what services wrote.

Each function inserts one row through the connection given and returns its id; any column can be set
by keyword. Times are NOON unless given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from datetime import datetime
from typing import Any
from uuid import uuid4

from sqlalchemy import Connection, Table, insert

from shared.tables import (
    alerts,
    article_links,
    article_tags,
    articles,
    channels,
    delivery_attempts,
    files,
    furniture_masks,
    matches,
    messages,
    notifications,
    rules,
    stories,
    story_events,
    subscriptions,
    workers,
)
from tests.clocks import NOON


def add_file(connection: Connection, name: str = "a.txt", **columns: Any) -> int:
    """A file that was read; `state="received"` for one that waits."""
    state = columns.get("state", "read")
    values = {
        "take_key": uuid4().hex,
        "sighting": uuid4().hex,
        "origin": "inbox",
        "name_bytes": name.encode(),
        "name": name,
        "sha256": uuid4().hex * 2,
        "size": 1200,
        "received_at": NOON,
        "format": "plain_text",
        "outcome": "read" if state == "read" else None,
        "state": state,
        "next_attempt_at": NOON,
    }
    return _add(connection, files, values | columns)


def add_article(
    connection: Connection,
    title: str = "A bridge is opened",
    *,
    file: str = "a.txt",
    file_id: int | None = None,
    **columns: Any,
) -> int:
    """An article that went through matching, with a file of its own unless *file_id* is given."""
    received_at = columns.get("received_at", NOON)
    own_file = file_id or add_file(connection, file, received_at=received_at)
    values = {
        "file_id": own_file,
        "content_hash": uuid4().hex * 2,
        "title": title,
        "text": f"{title}.\n\nIt was opened on Monday.",
        "word_count": 9,
        "authors": [],
        "fields": {"title": {"value": title, "source": "text", "confidence": 0.9}},
        "received_at": received_at,
        "extracted_at": received_at,
        "cleaner_version": "1",
        "taxonomy_version": "1",
        "outcome": "new",
        "outcome_reason": "no earlier version of it",
        "state": "matched",
        "next_attempt_at": NOON,
    }
    return _add(connection, articles, values | columns)


def add_story(connection: Connection, **columns: Any) -> int:
    """A story without articles; put them in by `add_article(…, story_id=…)`."""
    return _add(connection, stories, {"created_at": NOON, "changed_at": NOON} | columns)


def add_link(
    connection: Connection,
    a_id: int,
    b_id: int,
    relation: str = "exact",
    *,
    coverage: tuple[float | None, float | None] = (1.0, 1.0),
    **columns: Any,
) -> None:
    """A link between two articles, given in the order of their ids; coverage of a and of b."""
    values = {
        "a_id": a_id,
        "b_id": b_id,
        "relation": relation,
        "method": "alignment",
        "version": "1",
        "score": 0.9,
        "coverage_a": coverage[0],
        "coverage_b": coverage[1],
        "passages_a": [[0, 10]] if relation != "same_event" else None,
        "passages_b": [[5, 15]] if relation != "same_event" else None,
        "explanation": {"reasons": ["one day apart"]},
        "linked_at": NOON,
    }
    connection.execute(insert(article_links).values(values | columns))


def add_mask(
    connection: Connection, article_id: int, *spans: tuple[int, int], version: int = 1
) -> None:
    """A mask that says which *spans* of an article's text are furniture."""
    values = {
        "article_id": article_id,
        "version": version,
        "method": "sightings",
        "spans": [list(span) for span in spans],
        "judged_at": NOON,
    }
    connection.execute(insert(furniture_masks).values(values))


def explanation(*, days_apart: int | None = None, **contributions: float) -> dict[str, Any]:
    """The explanation of a link whose score is the sum of *contributions*, less 4.5 before."""
    parts = [
        {"name": name, "value": 0.5, "weight": 2 * share, "contribution": share}
        for name, share in contributions.items()
    ]
    return {
        "log_odds": math.fsum(contributions.values()) - 4.5,
        "days_apart": days_apart,
        "reasons": [f"{name} {share:+.1f}" for name, share in contributions.items()],
        "contributions": parts,
        "event_version": "1",
        "shared_words": 0,
    }


def add_tag(
    connection: Connection, article_id: int, topic: str = "bridges", level: str = "about"
) -> None:
    """A tag with the word "bridge" of the default title as evidence."""
    span = {"field": "title", "start": 2, "end": 8, "text": "bridge"}
    values = {"article_id": article_id, "topic": topic, "level": level, "evidence": [span]}
    connection.execute(insert(article_tags).values(values))


def add_event(
    connection: Connection, kind: str, story_id: int, other_story_id: int, **columns: Any
) -> int:
    """A story event that was applied; `state="pending"` for one that waits."""
    values = {
        "kind": kind,
        "story_id": story_id,
        "other_story_id": other_story_id,
        "data": {},
        "happened_at": NOON,
        "state": "applied",
        "next_attempt_at": NOON,
    }
    return _add(connection, story_events, values | columns)


def add_rule(connection: Connection, name: str = "bridges", **columns: Any) -> int:
    """An active rule of the rule file."""
    values = {
        "name": name,
        "origin": "file",
        "query": "bridge",
        "revision": 1,
        "state": "active",
        "active_from": NOON,
        "created_at": NOON,
    }
    return _add(connection, rules, values | columns)


def add_channel(connection: Connection, name: str = "desk-file", **columns: Any) -> int:
    """A file channel that is on."""
    values = {
        "name": name,
        "kind": "file",
        "origin": "file",
        "config": {"name": f"{name}.jsonl"},
        "state": "on",
        "created_at": NOON,
    }
    return _add(connection, channels, values | columns)


def add_subscription(
    connection: Connection, rule_id: int, channel_id: int, subscriber: str = "desk", **columns: Any
) -> int:
    """An active subscription to what is new."""
    values = {
        "subscriber": subscriber,
        "rule_id": rule_id,
        "channel_id": channel_id,
        "mode": "new",
        "old_material": False,
        "origin": "file",
        "state": "active",
        "active_from": NOON,
    }
    return _add(connection, subscriptions, values | columns)


def add_match(
    connection: Connection,
    rule_id: int,
    article_id: int,
    because: Sequence[str] = ('"bridge" (title)',),
    **columns: Any,
) -> int:
    """A match, with the word "bridge" of the default title as evidence."""
    values = {
        "rule_id": rule_id,
        "article_id": article_id,
        "revision": 1,
        "outcome": "matched",
        "evidence": [{"field": "title", "start": 2, "end": 8, "text": "bridge"}],
        "evidence_total": 1,
        "because": list(because),
        "analyser_version": 1,
        "rule_set_version": 1,
        "matched_at": NOON,
    }
    return _add(connection, matches, values | columns)


def add_alert(connection: Connection, rule_id: int, story_id: int, **columns: Any) -> int:
    """An alert that nobody acknowledged."""
    values = {
        "rule_id": rule_id,
        "story_id": story_id,
        "opened_at": NOON,
        "extended_at": NOON,
    }
    return _add(connection, alerts, values | columns)


def add_message(connection: Connection, channel_id: int, story_id: int, **columns: Any) -> int:
    """A message that waits to be sent; `state="sent", sent_at=…` for one that was."""
    values = {
        "uuid": str(uuid4()),
        "channel_id": channel_id,
        "subscriber": "desk",
        "story_id": story_id,
        "body": "{}",
        "text": "A bridge is opened",
        "created_at": NOON,
        "state": "pending",
        "next_attempt_at": NOON,
    }
    return _add(connection, messages, values | columns)


def add_attempt(connection: Connection, message_id: int, attempt: int = 1, **columns: Any) -> int:
    """A delivery attempt that worked."""
    values = {
        "message_id": message_id,
        "attempt": attempt,
        "attempted_at": NOON,
        "outcome": "sent",
        "detail": "appended to desk-file.jsonl",
    }
    return _add(connection, delivery_attempts, values | columns)


def add_notification(
    connection: Connection,
    subscription_id: int,
    alert_id: int,
    article_id: int,
    story_id: int,
    state: str = "planned",
    **columns: Any,
) -> int:
    """A ledger row; pass `message_id` and `told_at` for one that was told."""
    values = {
        "subscription_id": subscription_id,
        "alert_id": alert_id,
        "article_id": article_id,
        "story_id": story_id,
        "reason": "copy_of_known" if state == "suppressed" else "first_in_story",
        "detail": f"the first this subscription hears of story s{story_id}",
        "planned_at": NOON,
        "state": state,
        "next_attempt_at": NOON,
    }
    return _add(connection, notifications, values | columns)


def add_worker(connection: Connection, role: str, seen_at: datetime = NOON) -> None:
    """The heartbeat of a worker of the queue *role*."""
    values = {
        "name": f"{role}-{uuid4().hex[:6]}",
        "role": role,
        "host": "here",
        "pid": 1,
        "started_at": seen_at,
        "seen_at": seen_at,
        "jobs": 3,
    }
    connection.execute(insert(workers).values(values))


def _add(connection: Connection, table: Table, values: dict[str, Any]) -> int:
    made = connection.execute(insert(table).values(values).returning(table.c.id))
    return int(made.scalar_one())
