"""Everything out: one JSON-able object a line, in the order of ids, a page in memory at a time.

The caller's transaction is the snapshot. Ids carry their kind's letter (`a17`).
"""

from __future__ import annotations

import dataclasses
from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from services.console.queries.alerts import get_alert
from services.console.queries.articles import TagRow, load_tags
from services.console.queries.furniture import load_masks
from services.console.queries.ledger import SubscriptionLedger
from services.console.queries.links import load_relations
from services.console.queries.relations import Relation, best_links
from services.console.queries.why_document import contributions
from shared.model import Span
from shared.stories.families import story_roots
from shared.stories.members import MemberKey, load_members, summarise_stories
from shared.tables import alerts, articles, files, stories

PAGE = 200

Line = dict[str, Any]


def export_articles(connection: Connection) -> Iterator[Line]:
    """Yield every article in the shape of docs/architecture.md, section 7.

    `furniture` are the spans of its text that count for nothing, by its mask `furniture_version`
    (None: never masked).
    `lead` says whether it is the lead article of its story; `published` is the field as read, a
    bare date when the time is unknown.
    """
    last = 0
    while True:
        rows = connection.execute(
            select(articles, files.c.name.label("file"))
            .join(files, files.c.id == articles.c.file_id)
            .where(articles.c.id > last)
            .order_by(articles.c.id)
            .limit(PAGE)
        ).all()
        if not rows:
            return
        yield from _article_lines(connection, rows)
        last = rows[-1].id


def _article_lines(connection: Connection, rows: Sequence[Any]) -> Iterator[Line]:
    ids = [row.id for row in rows]
    roots = story_roots(connection, {row.story_id for row in rows if row.story_id is not None})
    members = load_members(connection, set(roots.values()))
    leads = {found[0].article_id for found in members.values()}
    tags = load_tags(connection, ids)
    relations: dict[int, list[Relation]] = defaultdict(list)
    for article_id, relation in load_relations(connection, ids):
        relations[article_id].append(relation)
    masks = load_masks(connection, ids)
    for row in rows:
        root = roots.get(row.story_id)
        mask = masks.get(row.id)
        yield {
            "id": f"a{row.id}",
            "external_id": row.external_id,
            "file": row.file,
            "outcome": row.outcome,
            "title": row.title,
            "published": _published(row),
            "published_source": row.published_source,
            "outlet": row.outlet,
            "language": row.language,
            "text": row.text,
            "story_id": f"s{root}" if root is not None else None,
            "lead": row.id in leads,
            "topics": [_topic(tag) for tag in tags.get(row.id, ())],
            "relations": [_relation(each) for each in relations.get(row.id, ())],
            "furniture": [list(span) for span in mask.spans] if mask else [],
            "furniture_version": mask.version if mask else None,
        }


def _published(row: Any) -> str | None:
    field = row.fields.get("published")
    return str(field["value"]) if field else _time(row.published_at)


def _topic(tag: TagRow) -> Line:
    return {"id": tag.topic, "level": tag.level, "evidence": _spans(tag.evidence)}


def _spans(spans: Sequence[Span]) -> list[Line]:
    return [dataclasses.asdict(span) for span in spans]


def _relation(relation: Relation) -> Line:
    return {
        "other": f"a{relation.other_id}",
        "relation": relation.relation,
        "coverage_self": relation.coverage_self,
        "coverage_other": relation.coverage_other,
        "passages_self": [list(span) for span in relation.passages_self],
        "passages_other": [list(span) for span in relation.passages_other],
        **_judged(relation),
    }


def _judged(relation: Relation) -> Line:
    """Return how a relation was found: the parts of its score heaviest first, [] if not kept."""
    found = relation.score_sum
    return {
        "method": relation.method,
        "version": relation.version,
        "score": relation.score,
        "log_odds": found.log_odds if found else None,
        "contributions": contributions(found.parts) if found else [],
        "days_apart": relation.days_apart,
    }


def export_stories(connection: Connection) -> Iterator[Line]:
    """Yield every story that is not part of another, with the ids of its articles, lead first.

    `because` says of each article what binds it most to another one of the story.
    """
    last = 0
    while True:
        query = select(stories.c.id).where(stories.c.id > last, stories.c.merged_into.is_(None))
        ids = list(connection.execute(query.order_by(stories.c.id).limit(PAGE)).scalars())
        if not ids:
            return
        members = load_members(connection, ids)
        bonds = _load_bonds(connection, members)
        for story in summarise_stories(connection, ids):
            own = members.get(story.id, [])
            yield {
                "id": f"s{story.id}",
                "title": story.title,
                "lead": f"a{story.lead_id}" if story.lead_id is not None else None,
                "articles": [f"a{member.article_id}" for member in own],
                "outlets": sorted({member.outlet for member in own if member.outlet}),
                "independent": story.independent_count,
                "developments": story.developments,
                "first_at": _time(story.first_at),
                "last_at": _time(story.last_at),
                "changed_at": _time(story.changed_at),
                "topics": list(story.topics),
                "alerts": story.alert_count,
                "because": [
                    _bond(member.article_id, bonds[member.article_id])
                    for member in own
                    if member.article_id in bonds
                ],
            }
        last = ids[-1]


def _load_bonds(
    connection: Connection, members: Mapping[int, Sequence[MemberKey]]
) -> dict[int, Relation]:
    """Return the best link of each article to another one of its story."""
    found: dict[int, Relation] = {}
    for own in members.values():
        ids = [member.article_id for member in own]
        # In pages, as ids travel as bound parameters.
        for at in range(0, len(ids) if len(ids) > 1 else 0, PAGE):
            found |= best_links(load_relations(connection, ids[at : at + PAGE]), ids)
    return found


def _bond(article_id: int, relation: Relation) -> Line:
    return {
        "article": f"a{article_id}",
        "other": f"a{relation.other_id}",
        "relation": relation.relation,
        "words": relation.words,
        **_judged(relation),
    }


def export_alerts(connection: Connection) -> Iterator[Line]:
    """Yield every alert that is not folded into another, with its matches and its ledger."""
    last = 0
    while True:
        query = select(alerts.c.id).where(alerts.c.id > last, alerts.c.folded_into.is_(None))
        ids = list(connection.execute(query.order_by(alerts.c.id).limit(PAGE)).scalars())
        if not ids:
            return
        for alert_id in ids:
            yield _alert_line(connection, alert_id)
        last = ids[-1]


def _alert_line(connection: Connection, alert_id: int) -> Line:
    found = get_alert(connection, alert_id)
    if found is None:
        raise LookupError(f"al{alert_id} went away inside one transaction")
    summary = found.summary
    return {
        "id": f"al{summary.id}",
        "rule": {"id": f"r{summary.rule_id}", "name": summary.rule, "query": found.query},
        "story_id": f"s{summary.story_id}",
        "story_title": summary.story_title,
        "opened_at": _time(summary.opened_at),
        "extended_at": _time(summary.extended_at),
        "acked_at": _time(summary.acked_at),
        "acked_by": summary.acked_by,
        "acked_note": summary.acked_note,
        "folded": [f"al{each}" for each in found.folded],
        "matches": [
            {
                "article": f"a{match.article_id}",
                "outcome": match.outcome,
                "revision": match.revision,
                "because": list(match.because),
                "evidence": _spans(match.evidence),
                "matched_at": _time(match.matched_at),
            }
            for match in found.matches
        ],
        "matches_more": found.matches.cut,
        "notifications": [line for one in found.subscriptions for line in _ledger_lines(one)],
    }


def _ledger_lines(ledger: SubscriptionLedger) -> Iterator[Line]:
    for row in ledger.notifications:
        yield {
            "subscriber": ledger.subscriber,
            "channel": ledger.channel,
            "article": f"a{row.article_id}",
            "development": row.development,
            "state": row.state,
            "reason": row.reason,
            "detail": row.detail,
            "planned_at": _time(row.planned_at),
            "told_at": _time(row.told_at),
            "message": row.message.uuid if row.message else None,
        }


def _time(at: datetime | None) -> str | None:
    return at.isoformat() if at else None
