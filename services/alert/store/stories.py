"""The story a match belongs to, locked; and what its history does to alerts."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, and_, or_, select, update

from shared.database import insert_new
from shared.steps import APPLY
from shared.tables import alerts, articles, matches, stories, story_events
from shared.work import Work


def lock_story_of(connection: Connection, article_id: int) -> int:
    """Lock and return the root story of an article as it stands now.

    Exclusive, since planning reads what was told of the story before: two articles of one story
    are planned one after the other. A merge or move that commits while we wait is seen: both are
    read again under the lock.
    """
    while True:
        story_id = connection.execute(
            select(articles.c.story_id).where(articles.c.id == article_id)
        ).scalar_one()
        root = lock_root(connection, story_id)
        again = connection.execute(
            select(articles.c.story_id).where(articles.c.id == article_id)
        ).scalar_one()
        if root_of(connection, again) == root:
            return root


def lock_root(connection: Connection, story_id: int) -> int:
    """Lock the story that *story_id* has become part of, and return its id."""
    while True:
        root = root_of(connection, story_id)
        locked = connection.execute(
            select(stories.c.merged_into)
            .where(stories.c.id == root)
            .with_for_update(key_share=True)
        ).scalar_one()
        if locked is None:
            return root
        story_id = locked


def root_of(connection: Connection, story_id: int) -> int:
    """Follow `merged_into` to its end."""
    while True:
        into = connection.execute(
            select(stories.c.merged_into).where(stories.c.id == story_id)
        ).scalar_one()
        if into is None:
            return story_id
        story_id = into


def family_of(connection: Connection, root: int) -> list[int]:
    """Return *root* and every story that was merged into it, directly or not."""
    family, frontier = [root], [root]
    while frontier:
        frontier = list(
            connection.execute(
                select(stories.c.id).where(stories.c.merged_into.in_(frontier))
            ).scalars()
        )
        family += frontier
    return family


def apply_events(
    connection: Connection, work: Work, family: Collection[int], now: datetime
) -> list[Row[Any]]:
    """Apply what happened to the locked story *family*, oldest first; return merges and moves.

    Merged alerts fold into the older one; a moved article's matches open the alert of its new
    story. An article that has moved on since is passed over: the event of its later move is what
    counts. Applying twice changes nothing.
    """
    events = connection.execute(
        select(story_events)
        .where(story_events.c.story_id.in_(family), story_events.c.state == APPLY.state)
        .order_by(story_events.c.id)
        .with_for_update()
    ).all()
    found = []
    for event in events:
        if event.kind == "merged":
            found.append(event)
            _fold_alerts(connection, event.story_id, event.other_story_id)
        elif event.kind == "moved" and _is_in(connection, event.article_id, family):
            found.append(event)
            for rule_id in _matched_rules(connection, event.article_id):
                open_alert(connection, rule_id, event.story_id, now)
    work.move(
        connection,
        story_events,
        [event.id for event in events],
        states=[APPLY.state],
        to="applied",
    )
    return found


def _is_in(connection: Connection, article_id: int, family: Collection[int]) -> bool:
    story_id = connection.execute(
        select(articles.c.story_id).where(articles.c.id == article_id)
    ).scalar_one()
    return root_of(connection, story_id) in family


def _fold_alerts(connection: Connection, winner: int, loser: int) -> None:
    mine = live_alerts(connection, winner)
    for rule_id, alert in live_alerts(connection, loser).items():
        other = mine.get(rule_id)
        if other is None:
            _move_alert(connection, alert.id, winner)
        elif (other.opened_at, other.id) <= (alert.opened_at, alert.id):
            _fold(connection, alert.id, other.id)
        else:
            _fold(connection, other.id, alert.id)
            _move_alert(connection, alert.id, winner)


def live_alerts(connection: Connection, story_id: int) -> dict[int, Any]:
    """Return rule id -> the alert (id, rule_id, opened_at) of that rule and this very story."""
    rows = connection.execute(
        select(alerts.c.id, alerts.c.rule_id, alerts.c.opened_at)
        .where(alerts.c.story_id == story_id, alerts.c.folded_into.is_(None))
        .order_by(alerts.c.id)
    )
    return {row.rule_id: row for row in rows}


def _fold(connection: Connection, alert_id: int, into: int) -> None:
    connection.execute(update(alerts).where(alerts.c.id == alert_id).values(folded_into=into))


def _move_alert(connection: Connection, alert_id: int, story_id: int) -> None:
    connection.execute(update(alerts).where(alerts.c.id == alert_id).values(story_id=story_id))


def _matched_rules(connection: Connection, article_id: int) -> Sequence[int]:
    return list(
        connection.execute(
            select(matches.c.rule_id)
            .where(matches.c.article_id == article_id, matches.c.outcome == "matched")
            .order_by(matches.c.rule_id)
        ).scalars()
    )


def open_alert(connection: Connection, rule_id: int, story_id: int, now: datetime) -> int:
    """Return the alert of a rule and a story: the one there is, extended, or a new one."""
    is_it = and_(
        alerts.c.rule_id == rule_id, alerts.c.story_id == story_id, alerts.c.folded_into.is_(None)
    )
    made = connection.execute(
        insert_new(connection, alerts)
        .values(rule_id=rule_id, story_id=story_id, opened_at=now, extended_at=now)
        .returning(alerts.c.id)
    ).scalar_one_or_none()
    if made is not None:
        return int(made)
    found = connection.execute(
        update(alerts).where(is_it).values(extended_at=now).returning(alerts.c.id)
    )
    return int(found.scalar_one())


def events_of(connection: Connection, ids: Collection[int]) -> dict[int, int]:
    """Return event id -> the story it happened to."""
    rows = connection.execute(
        select(story_events.c.id, story_events.c.story_id).where(
            or_(*(story_events.c.id == event_id for event_id in ids))
        )
    )
    return {row.id: row.story_id for row in rows}
