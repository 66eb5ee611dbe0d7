"""The books of stories and alerts: every linked article has a story, every subject one alert."""

from __future__ import annotations

from sqlalchemy import CTE, Connection, and_, func, or_, select

from services.console.auditing.difference import (
    MAX_DIFFERENCES,
    AuditLine,
    Difference,
    audit_line,
)
from services.console.queries.ids import RecordId, RecordKind
from shared.tables import alerts, articles, stories, story_events


def _roots() -> CTE:
    """Return a common table (story_id, root_id) of every story; one in a circle is missing."""
    roots = (
        select(stories.c.id.label("story_id"), stories.c.id.label("root_id"))
        .where(stories.c.merged_into.is_(None))
        .cte("roots", recursive=True)
    )
    return roots.union_all(
        select(stories.c.id, roots.c.root_id).join(roots, stories.c.merged_into == roots.c.story_id)
    )


def audit_stories(connection: Connection) -> AuditLine:
    """Every article that was linked is in a story, and that story's root exists."""
    roots = _roots()
    linked = or_(articles.c.state.in_(("linked", "matched")), articles.c.outcome.is_not(None))
    row = connection.execute(
        select(
            func.count().label("linked"),
            func.count(roots.c.root_id).label("rooted"),
        )
        .select_from(articles.outerjoin(roots, roots.c.story_id == articles.c.story_id))
        .where(linked)
    ).one()
    rows = connection.execute(
        select(articles.c.id, articles.c.story_id)
        .select_from(articles.outerjoin(roots, roots.c.story_id == articles.c.story_id))
        .where(linked, roots.c.root_id.is_(None))
        .order_by(articles.c.id)
        .limit(MAX_DIFFERENCES)
    )
    differences = [_storyless(row.id, row.story_id) for row in rows]
    return audit_line(
        "every linked article has a story",
        left=("linked articles", row.linked),
        right=(("in a story", row.rooted),),
        differences=differences,
        total=row.linked - row.rooted,
    )


def _storyless(article_id: int, story_id: int | None) -> Difference:
    record = RecordId(RecordKind.ARTICLE, article_id)
    if story_id is None:
        return Difference((record,), f"{record} is in no story", f"newswatch trace {record}")
    story = RecordId(RecordKind.STORY, story_id)
    words = f"{record} is in {story}, which leads to no story of its own"
    return Difference((record, story), words, f"newswatch trace {record}")


def audit_alerts(connection: Connection) -> AuditLine:
    """A rule has one alert for each story (merged ones followed); folded alerts do not count.

    Alerts of a merge that still waits to be applied are counted as waiting.
    """
    subjects = _subjects()
    doubled = and_(subjects.c.number > 1, subjects.c.waits.is_(None))
    merging = and_(subjects.c.number > 1, subjects.c.waits.is_not(None))
    row = connection.execute(
        select(
            func.coalesce(func.sum(subjects.c.number), 0).label("alerts"),
            func.count().label("subjects"),
            func.coalesce(func.sum(subjects.c.number - 1).filter(merging), 0).label("waiting"),
            func.count().filter(doubled).label("doubled"),
        ).select_from(subjects)
    ).one()
    rows = connection.execute(
        select(subjects).where(doubled).order_by(subjects.c.first).limit(MAX_DIFFERENCES)
    )
    return audit_line(
        "a rule has one alert for each story",
        left=("alerts", int(row.alerts)),
        right=(("rules with a story", row.subjects), ("waiting to be folded", int(row.waiting))),
        differences=[_doubled(r.rule_id, r.root_id, r.first, r.last, r.number) for r in rows],
        total=row.doubled,
    )


def _subjects() -> CTE:
    """Return, for each rule and root story, its unfolded alerts; `waits` if a merge is pending."""
    roots = _roots()
    waiting = (
        select(roots.c.root_id)
        .join(
            story_events,
            or_(
                story_events.c.story_id == roots.c.story_id,
                story_events.c.other_story_id == roots.c.story_id,
            ),
        )
        .where(story_events.c.state == "pending")
        .distinct()
        .cte("waiting")
    )
    return (
        select(
            alerts.c.rule_id,
            roots.c.root_id,
            func.count().label("number"),
            func.min(alerts.c.id).label("first"),
            func.max(alerts.c.id).label("last"),
            func.max(waiting.c.root_id).label("waits"),
        )
        .join(roots, roots.c.story_id == alerts.c.story_id)
        .outerjoin(waiting, waiting.c.root_id == roots.c.root_id)
        .where(alerts.c.folded_into.is_(None))
        .group_by(alerts.c.rule_id, roots.c.root_id)
        .cte("subjects")
    )


def _doubled(rule_id: int, root_id: int, first: int, last: int, number: int) -> Difference:
    ids = (RecordId(RecordKind.ALERT, first), RecordId(RecordKind.ALERT, last))
    words = f"r{rule_id} has {number} alerts for s{root_id}: {ids[0]} to {ids[1]}"
    return Difference(ids, words, f"newswatch show s{root_id}")
