"""The book of files: each is an article, rejected, dead or waiting; containers have members."""

from __future__ import annotations

from typing import Any

from sqlalchemy import ColumnElement, Connection, Select, and_, func, or_, select

from services.console.auditing.difference import (
    MAX_DIFFERENCES,
    AuditLine,
    Difference,
    audit_line,
)
from services.console.queries.ids import RecordId, RecordKind
from shared.tables import articles, files

_IS_CONTAINER = func.coalesce(files.c.outcome, "") == "container"
_HAS_ARTICLE = select(articles.c.id).where(articles.c.file_id == files.c.id).exists()


def audit_files(connection: Connection) -> AuditLine:
    """Every leaf file (no container) is an article, rejected, dead, or waiting; and only one."""
    leaf = ~_IS_CONTAINER
    row = connection.execute(
        select(
            func.count().filter(leaf).label("leaves"),
            func.count().filter(leaf, files.c.state == "rejected").label("rejected"),
            func.count().filter(leaf, files.c.state == "dead").label("dead"),
            func.count().filter(leaf, files.c.state == "received").label("waiting"),
        )
    ).one()
    count = connection.execute(select(func.count()).select_from(articles)).scalar_one()
    wrong = or_(
        and_(leaf, files.c.state == "read", ~_HAS_ARTICLE),
        and_(or_(_IS_CONTAINER, files.c.state != "read"), _HAS_ARTICLE),
        files.c.state.not_in(("received", "read", "rejected", "dead")),
    )
    differences, total = _differences(connection, wrong)
    return audit_line(
        "every dropped file has a fate",
        left=("files without members", row.leaves),
        right=(
            ("articles", count),
            ("rejected", row.rejected),
            ("dead", row.dead),
            ("waiting", row.waiting),
        ),
        differences=differences,
        total=total,
    )


def _differences(
    connection: Connection, wrong: ColumnElement[bool]
) -> tuple[list[Difference], int]:
    total = connection.execute(select(func.count()).select_from(files).where(wrong)).scalar_one()
    rows = connection.execute(
        select(files.c.id, files.c.state, files.c.outcome, _HAS_ARTICLE.label("has_article"))
        .where(wrong)
        .order_by(files.c.id)
        .limit(MAX_DIFFERENCES)
    )
    found = []
    for row in rows:
        record = RecordId(RecordKind.FILE, row.id)
        has = "has an article" if row.has_article else "has no article"
        words = f"{record} is {row.state} ({row.outcome or 'no outcome'}) but {has}"
        found.append(Difference((record,), words, f"newswatch trace {record}"))
    return found, total


def audit_containers(connection: Connection) -> AuditLine:
    """Every container that was unfolded has members, numbered from 1 without a gap."""
    member = files.alias("member")
    counts = (
        select(
            member.c.parent_id,
            func.count().label("members"),
            func.count(member.c.member.distinct()).label("places"),
            func.max(member.c.member).label("last"),
            func.min(member.c.member).label("first"),
        )
        .where(member.c.parent_id.is_not(None))
        .group_by(member.c.parent_id)
        .subquery()
    )
    whole = and_(
        counts.c.members == counts.c.places,
        counts.c.members == counts.c.last,
        counts.c.first == 1,
    )
    joined: Select[Any] = (
        select(files.c.id, counts.c.members, counts.c.last)
        .select_from(files.outerjoin(counts, counts.c.parent_id == files.c.id))
        .where(_IS_CONTAINER)
    )
    containers = connection.execute(select(func.count()).where(_IS_CONTAINER)).scalar_one()
    wrong = joined.where(or_(counts.c.members.is_(None), ~whole))
    total = connection.execute(select(func.count()).select_from(wrong.subquery())).scalar_one()
    rows = connection.execute(wrong.order_by(files.c.id).limit(MAX_DIFFERENCES))
    differences = [
        Difference(
            (RecordId(RecordKind.FILE, row.id),),
            f"f{row.id} has {row.members or 0} members, the last is number {row.last or 0}",
            f"newswatch trace f{row.id}",
        )
        for row in rows
    ]
    return audit_line(
        "every container has its members",
        left=("containers", containers),
        right=(("with all their members", containers - total),),
        differences=differences,
        total=total,
    )
