"""Which grams and lines of an article are furniture, by everywhere they were seen."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from itertools import chain

from sqlalchemy import Connection

from services.extract.jobs.kinship import Kinship
from services.extract.reuse import (
    COMMON_ARTICLES,
    FurnitureReason,
    Sighting,
    Spans,
    Tokens,
    Verdict,
    furniture_spans,
    judge,
)
from services.extract.reuse.fingerprints import is_sampled
from services.extract.reuse.furniture import FURNITURE_ARTICLES, GRAM, LINE
from services.extract.store.furniture import (
    HOLDERS,
    Count,
    Holder,
    Mark,
    count_marks,
    describe_holders,
    load_holders,
)

log = logging.getLogger("newswatch.link")


@dataclass(frozen=True)
class Judged:
    """What is known of an article's marks, once it is counted with the others.

    `counts` is what it was judged by, `furniture` its marks that are; `verdicts` is what has to be
    stored (None: furniture no longer), and `pages` are the other articles for which that turns
    what they are compared by.
    """

    counts: Mapping[Mark, Count]
    furniture: frozenset[Mark]
    verdicts: Mapping[Mark, Verdict | None]
    pages: frozenset[int]

    def spans(self, text: str, tokens: Tokens) -> Spans:
        """Return where the text that was judged shows furniture."""
        grams = frozenset(mark.hash for mark in self.furniture if mark.kind == GRAM)
        lines = frozenset(mark.hash for mark in self.furniture if mark.kind == LINE)
        return furniture_spans(text, tokens, grams, lines)


def judge_marks(connection: Connection, kinship: Kinship, article_id: int) -> Judged:
    """Judge every gram and line of an article that enough others hold; nothing is written."""
    counts = count_marks(connection, article_id)
    furniture = {mark for mark, count in counts.items() if count.known}
    verdicts: dict[Mark, Verdict | None] = {}
    pages: set[int] = set()
    is_late = False
    bench = _Bench(connection, kinship)
    for mark, holders in _holders(connection, counts, article_id).items():
        known, verdict = counts[mark].known, bench.judge(holders)
        if known is None and verdict is None:
            continue
        if known is not None and verdict is not None:
            if known.reason is not verdict.reason:
                verdicts[mark] = verdict
            continue
        # What it was judged by may be gone: fingerprints are kept for a time only.
        if known is not None and known.first_day < min(map(_day, holders)):
            continue
        verdicts[mark] = verdict
        furniture ^= {mark}
        # Linked or not: until this is stored, others may be.
        pages |= {holder.article_id for holder in holders}
        linked = sum(holder.is_linked for holder in holders)
        is_late = is_late or (counts[mark].articles > HOLDERS and linked >= HOLDERS)
    if is_late:
        _say_late(article_id)
    return Judged(counts, frozenset(furniture), verdicts, frozenset(pages - {article_id}))


def _holders(
    connection: Connection, counts: Mapping[Mark, Count], article_id: int
) -> dict[Mark, list[Holder]]:
    """Return the holders of every mark on which the last word is not spoken."""
    ids = load_holders(
        connection, [mark for mark, count in counts.items() if _is_open(mark, count)]
    )
    about = describe_holders(connection, {article_id, *chain.from_iterable(ids.values())})
    return {
        mark: [about[holder] for holder in sorted({article_id, *found})]
        for mark, found in ids.items()
    }


def _is_open(mark: Mark, count: Count) -> bool:
    # Other grams are stored where a short text has no better ones: they say little of the rest.
    is_counted = mark.kind == LINE or is_sampled(mark.hash)
    is_settled = count.known is not None and count.articles > COMMON_ARTICLES
    return is_counted and count.articles >= FURNITURE_ARTICLES and not is_settled


def _day(holder: Holder) -> date:
    return holder.day or holder.arrival_day


def _say_late(article_id: int) -> None:
    log.warning(
        "furniture of very many pages is known late: only the first %d are compared again",
        HOLDERS,
        extra={"about": {"article": f"a{article_id}"}},
    )


class _Bench:
    """Judges marks; those that stand in the same articles, as lines of one block, at once."""

    def __init__(self, connection: Connection, kinship: Kinship) -> None:
        self._connection = connection
        self._kinship = kinship
        self._known: dict[tuple[Holder, ...], Verdict | None] = {}

    def judge(self, holders: Sequence[Holder]) -> Verdict | None:
        key = tuple(holders)
        if key not in self._known:
            self._known[key] = self._judge(holders)
        return self._known[key]

    def _judge(self, holders: Sequence[Holder]) -> Verdict | None:
        # Were all of them texts of their own: if that is not enough, none need be compared.
        if judge(_sightings(holders, {})) is None:
            return None
        groups = self._kinship.groups(self._connection, holders)
        verdict = judge(_sightings(holders, groups))
        # A text that everybody carries is not what everybody puts around theirs.
        is_one_text = len(set(groups.values())) < FURNITURE_ARTICLES
        if verdict is not None and verdict.reason is FurnitureReason.COMMON and is_one_text:
            return None
        return verdict


def _sightings(holders: Sequence[Holder], groups: Mapping[int, int]) -> list[Sighting]:
    return [
        Sighting(
            holder.article_id,
            holder.outlet,
            holder.day,
            holder.arrival_day,
            groups.get(holder.article_id, holder.article_id),
        )
        for holder in holders
    ]
