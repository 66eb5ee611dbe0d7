"""Compare a new article with its candidates: links with their explanation. Pure."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from services.extract.events import (
    EventProfile,
    EventScore,
    Link,
    profile_article,
    score_pair,
)
from services.extract.events.clustering import LINK_FLOOR
from services.extract.events.packing import pack_profile, unpack_profile
from services.extract.novelty import is_same_outlet
from services.extract.reuse import Relation, RelationKind, Spans, Tokens, relate, tokenize
from shared.model import deciding_date

SAME_EVENT = "same_event"


@dataclass(frozen=True)
class StoredArticle:
    """An article as comparing it needs it; `revises` is the one it is again, by a newer cleaner.

    `furniture` are the spans of its latest mask.
    """

    id: int
    file_id: int
    content_hash: str
    title: str
    text: str
    outlet: str | None
    url: str | None
    published_at: datetime | None
    published_source: str | None
    received_at: datetime
    state: str
    story_id: int | None
    revises: int | None = None
    furniture: Spans = ()

    @property
    def decides_at(self) -> datetime | None:
        """The publication time, if it may decide anything."""
        return deciding_date(self.published_at, self.published_source, self.received_at)


@dataclass(frozen=True)
class Compared:
    """An article to be compared; `packed` is its event profile, without its furniture."""

    article: StoredArticle
    packed: bytes

    @cached_property
    def tokens(self) -> Tokens:
        """Its words; most candidates are compared without."""
        return tokenize(self.article.text)

    @property
    def profile(self) -> EventProfile:
        """Its event profile, unpacked anew: kept, it would take twenty times the memory."""
        return unpack_profile(self.packed)


def break_up(article: StoredArticle) -> Compared:
    """Profile one article from its text; about 5 ms for 600 words, so the result is stored."""
    return Compared(article, pack_profile(_profile(article, ())))


def mask_hash(furniture: Spans) -> int:
    """Return what tells one mask of an article from another; 0 when nothing is masked."""
    return zlib.crc32(repr(furniture).encode()) if furniture else 0


def compare(
    new: Compared,
    others: Iterable[Compared],
    *,
    may_share_words: Callable[[int], bool],
) -> list[dict[str, Any]]:
    """Return the link rows (without time) between *new* and those of *others* it has to do with.

    Furniture tells nothing of an event, and neither do passages that an outlet takes over from its
    own earlier articles: what is left of the two texts has to show the same event.
    """
    links = []
    profile = new.profile
    for other in others:
        relation = None
        if may_share_words(other.article.id):
            relation = relate(
                new.tokens, other.tokens, new.article.furniture, other.article.furniture
            )
        own_passages, other_passages = _own_repeats(new.article, other.article, relation)
        score = score_pair(
            _without(new, own_passages) if own_passages else profile,
            _without(other, other_passages) if other_passages else other.profile,
        )
        if relation is not None or score.probability >= LINK_FLOOR:
            links.append(_row(new.article.id, other.article.id, relation, score))
    return links


def _own_repeats(
    new: StoredArticle, other: StoredArticle, relation: Relation | None
) -> tuple[Spans, Spans]:
    """Return the passages that one outlet has in both articles, if neither is a copy."""
    is_one_outlet = new.outlet and other.outlet and is_same_outlet(new.outlet, other.outlet)
    if relation is None or relation.kind.is_copy or not is_one_outlet:
        return (), ()
    return relation.passages_self, relation.passages_other


def _without(one: Compared, repeats: Spans) -> EventProfile:
    """Return the profile of *one* without furniture and *repeats*."""
    return unpack_profile(pack_profile(_profile(one.article, repeats)))


def _profile(article: StoredArticle, repeats: Spans) -> EventProfile:
    blocks = article.furniture
    # What stands on very many pages looks like furniture, even a text that everybody carries.
    if 2 * sum(end - start for start, end in blocks) > len(article.text):
        blocks = ()
    pieces, at = [], 0
    for start, end in sorted((*blocks, *repeats)):
        pieces.append(article.text[at:start])
        at = max(at, end)
    text = "\n\n".join([*pieces, article.text[at:]])
    return profile_article(article.title, text, article.decides_at)


def _row(
    new_id: int, other_id: int, relation: Relation | None, score: EventScore
) -> dict[str, Any]:
    a_id, b_id = min(new_id, other_id), max(new_id, other_id)
    seen = relation if relation is None or new_id == a_id else relation.swapped()
    return {
        "a_id": a_id,
        "b_id": b_id,
        "relation": seen.kind.value if seen else SAME_EVENT,
        "method": seen.method if seen else "event_score",
        "version": seen.version if seen else score.version,
        "score": score.probability,
        "coverage_a": seen.coverage_self if seen else None,
        "coverage_b": seen.coverage_other if seen else None,
        "passages_a": [list(span) for span in seen.passages_self] if seen else None,
        "passages_b": [list(span) for span in seen.passages_other] if seen else None,
        "explanation": {
            "log_odds": score.log_odds,
            "days_apart": score.days_apart,
            "reasons": list(score.reasons),
            "contributions": [dataclasses.asdict(part) for part in score.contributions],
            "event_version": score.version,
            "shared_words": seen.shared_words if seen else 0,
        },
    }


def event_link(row: Mapping[str, Any]) -> Link:
    """Return a stored link (its ids, score, relation and days apart) as grouping needs it."""
    kind = None if row["relation"] == SAME_EVENT else RelationKind(row["relation"])
    return Link(row["a_id"], row["b_id"], row["score"], kind, row["days_apart"])


def stored_relation(row: Mapping[str, Any], own_id: int) -> Relation | None:
    """Return the words two articles share as seen from *own_id*, or None when they share none."""
    if row["relation"] == SAME_EVENT:
        return None
    relation = Relation(
        kind=RelationKind(row["relation"]),
        coverage_self=row["coverage_a"],
        coverage_other=row["coverage_b"],
        passages_self=tuple((start, end) for start, end in row["passages_a"]),
        passages_other=tuple((start, end) for start, end in row["passages_b"]),
        shared_words=row["explanation"]["shared_words"],
        method=row["method"],
        version=row["version"],
    )
    return relation if own_id == row["a_id"] else relation.swapped()
