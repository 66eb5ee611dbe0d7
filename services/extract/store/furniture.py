"""What was seen of an article's grams and lines, what of it is furniture, and the masks of texts.

A *mark* is what furniture is counted by: a line, or a gram that every text holding it is found by.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from functools import cache
from typing import Any, NamedTuple

from sqlalchemy import (
    Column,
    Connection,
    Select,
    Table,
    and_,
    bindparam,
    delete,
    func,
    insert,
    literal,
    select,
)

from services.extract.drafts import EPOCH
from services.extract.reuse import COMMON_ARTICLES, FurnitureReason, Spans, Verdict
from services.extract.reuse.fingerprints import SAMPLE_BELOW
from services.extract.reuse.furniture import GRAM, LINE, METHOD
from shared.model import deciding_date
from shared.query.folding import plain_name
from shared.tables import (
    article_fingerprints,
    article_lines,
    articles,
    furniture,
    furniture_masks,
)

# Beyond these no further holder is read: one more than may hold a mark that is not common.
HOLDERS = COMMON_ARTICLES + 1
HASHES_AT_ONCE = 400


class Mark(NamedTuple):
    """A gram or a line (`kind`) by its hash, as in the tables of both."""

    kind: str
    hash: int


@dataclass(frozen=True, slots=True)
class Known:
    """A mark that was judged to be furniture: why, and the first day of what decided."""

    reason: FurnitureReason
    first_day: date


@dataclass(frozen=True, slots=True)
class Count:
    """How many articles hold a mark (HOLDERS + 1 stands for more), and what is known of it."""

    articles: int
    known: Known | None


@dataclass(frozen=True, slots=True)
class Holder:
    """What judging a mark needs of an article that holds it."""

    article_id: int
    content_hash: str
    outlet: str | None
    day: date | None
    arrival_day: date
    is_linked: bool


_COLUMNS: Mapping[str, tuple[Table, Column[int]]] = {
    GRAM: (article_fingerprints, article_fingerprints.c.fingerprint),
    LINE: (article_lines, article_lines.c.line),
}


def count_marks(connection: Connection, article_id: int) -> dict[Mark, Count]:
    """Count the articles that hold each stored gram and line of one article."""
    return {
        Mark(kind, row.hash): Count(row.articles, _known(row))
        for kind in _COLUMNS
        for row in _counted(connection, kind, article_id)
    }


def _counted(connection: Connection, kind: str, article_id: int) -> Sequence[Any]:
    return connection.execute(_counting(kind), {"article_id": article_id}).all()


@cache
def _counting(kind: str) -> Select[Any]:
    """Return the query for an article's marks of *kind*; made once, for that takes longer."""
    table, column = _COLUMNS[kind]
    own, every = table.alias("own"), table.alias("every")
    own_hash = own.c[column.name]
    # Counted to its end, the footer of a large outlet would cost as much as the archive is long.
    first = (
        select(every.c.article_id)
        .where(every.c[column.name] == own_hash)
        .limit(HOLDERS + 1)
        .correlate(own)
        .subquery()
    )
    return (
        select(
            own_hash.label("hash"),
            select(func.count()).select_from(first).scalar_subquery().label("articles"),
            furniture.c.reason,
            furniture.c.first_day,
        )
        .outerjoin(furniture, and_(furniture.c.kind == kind, furniture.c.hash == own_hash))
        .where(own.c.article_id == bindparam("article_id"))
    )


def _known(row: Any) -> Known | None:
    if row.reason is None:
        return None
    return Known(FurnitureReason(row.reason), EPOCH + timedelta(days=row.first_day))


def load_holders(connection: Connection, marks: Collection[Mark]) -> dict[Mark, list[int]]:
    """Return the articles that hold each mark, lowest id first, at most HOLDERS of each."""
    found: dict[Mark, list[int]] = {}
    for kind, (table, column) in _COLUMNS.items():
        hashes = [mark.hash for mark in marks if mark.kind == kind]
        for chunk in chunks(hashes):
            place = func.row_number().over(partition_by=column, order_by=table.c.article_id)
            ranked = (
                select(column.label("hash"), table.c.article_id, place.label("place"))
                .where(column.in_(chunk))
                .subquery()
            )
            rows = select(ranked.c.hash, ranked.c.article_id).where(ranked.c.place <= HOLDERS)
            for row in connection.execute(rows.order_by(ranked.c.article_id)):
                found.setdefault(Mark(kind, row.hash), []).append(row.article_id)
    return found


def describe_holders(connection: Connection, ids: Iterable[int]) -> dict[int, Holder]:
    """Return what judging needs of the articles *ids*."""
    dates = ("published_at", "published_source", "received_at")
    names = ("id", "content_hash", "outlet", "story_id", *dates)
    found: dict[int, Holder] = {}
    for chunk in chunks(sorted(ids)):
        query = select(*(articles.c[name] for name in names)).where(articles.c.id.in_(chunk))
        for row in connection.execute(query):
            decides = deciding_date(row.published_at, row.published_source, row.received_at)
            found[row.id] = Holder(
                row.id,
                row.content_hash,
                plain_name(row.outlet) if row.outlet else None,
                decides.date() if decides else None,
                row.received_at.date(),
                row.story_id is not None,
            )
    return found


def sampled_grams(connection: Connection, ids: Iterable[int]) -> dict[int, frozenset[int]]:
    """Return the counted grams of each of *ids*: a fair sample of its text, masked or not."""
    found: dict[int, set[int]] = {article_id: set() for article_id in ids}
    gram = article_fingerprints.c.fingerprint
    for chunk in chunks(sorted(found)):
        query = select(gram, article_fingerprints.c.article_id).where(
            article_fingerprints.c.article_id.in_(chunk), gram.between(0, SAMPLE_BELOW - 1)
        )
        for row in connection.execute(query):
            found[row.article_id].add(row.fingerprint)
    return {article_id: frozenset(grams) for article_id, grams in found.items()}


def save_verdicts(
    connection: Connection, verdicts: Mapping[Mark, Verdict | None], now: datetime
) -> None:
    """Store what was judged: furniture from now on, or no longer (None)."""
    for kind in _COLUMNS:
        hashes = [mark.hash for mark in verdicts if mark.kind == kind]
        for chunk in chunks(hashes):
            connection.execute(
                delete(furniture).where(furniture.c.kind == kind, furniture.c.hash.in_(chunk))
            )
    rows = [
        {
            "kind": mark.kind,
            "hash": mark.hash,
            "reason": verdict.reason.value,
            "article_count": verdict.article_count,
            "first_day": (verdict.first_day - EPOCH).days,
            "last_day": (verdict.last_day - EPOCH).days,
            "outlet": verdict.outlet,
            "judged_at": now,
        }
        for mark, verdict in verdicts.items()
        if verdict is not None
    ]
    if rows:
        connection.execute(insert(furniture), rows)


def load_masks(connection: Connection, ids: Collection[int]) -> dict[int, Spans]:
    """Return the latest mask of each of *ids*; () for one that has none."""
    found: dict[int, Spans] = dict.fromkeys(ids, ())
    rows = select(furniture_masks.c.article_id, furniture_masks.c.spans)
    for some in chunks(sorted(found)):
        own = rows.where(furniture_masks.c.article_id.in_(some))
        for row in connection.execute(own.order_by(furniture_masks.c.version)):
            found[row.article_id] = as_spans(row.spans)
    return found


def as_spans(stored: Sequence[Sequence[int]] | None) -> Spans:
    """Return a stored mask, or none, as spans."""
    return tuple((start, end) for start, end in stored or ())


def save_mask(connection: Connection, article_id: int, spans: Spans, now: datetime) -> None:
    """Store *spans* as the newest version of an article's mask."""
    newest = func.coalesce(func.max(furniture_masks.c.version), 0) + 1
    version = select(newest).where(furniture_masks.c.article_id == article_id)
    connection.execute(
        insert(furniture_masks).values(
            article_id=literal(article_id),
            version=version.scalar_subquery(),
            method=METHOD,
            spans=[list(span) for span in spans],
            judged_at=now,
        )
    )


def chunks(values: Sequence[int]) -> Iterator[Sequence[int]]:
    """Yield *values* in pieces that fit one statement of either driver."""
    for start in range(0, len(values), HASHES_AT_ONCE):
        yield values[start : start + HASHES_AT_ONCE]
