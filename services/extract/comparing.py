"""Compare a new article with its candidates: links with their explanation. Pure."""

from __future__ import annotations

import dataclasses
import zlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from functools import cached_property
from typing import Any

from services.extract.drafts import event_profile
from services.extract.events import (
    EventProfile,
    EventScore,
    score_pair,
)
from services.extract.events.clustering import LINK_FLOOR
from services.extract.events.packing import pack_profile, unpack_profile
from services.extract.novelty import is_same_outlet
from services.extract.reuse import (
    FurnitureReason,
    Relation,
    RelationKind,
    Spans,
    Tokens,
    judge_repeat,
    relate,
    tokenize,
)
from shared.model import deciding_date

SAME_EVENT = "same_event"
HALF = 0.5
NEARLY_ALL = 0.9
# One line said again and again makes thousands; the link says how many more there are.
MOST_PASSAGES = 500
# What is left of two texts tells of two events, if it is less likely than this to tell of one.
NO_EVENT = 0.10
# Why a score was taken without the passages that two texts share.
OWN_PASSAGES = "one outlet has them in both"
ONLY_PASSAGES = "nothing beside them tells of one event"


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
    return with_profile(article, evidence(article))


def with_profile(article: StoredArticle, profile: EventProfile) -> Compared:
    """Return *article* to be compared by *profile*, its own evidence."""
    return Compared(article, pack_profile(profile))


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
    own earlier articles: what is left of the two texts has to show the same event. Of those, the
    ones that `judge_repeat` knows for furniture are no relation either. Nor do passages make one
    event of two texts of which all the rest, the larger part of both, tells otherwise.
    """
    profile = new.profile
    pairs = (
        _compare(new, profile, other, may_share_words=may_share_words(other.article.id))
        for other in others
    )
    return [_row(pair) for pair in pairs if pair.is_link]


def compare_pair(new: Compared, other: Compared, *, may_share_words: bool) -> dict[str, Any]:
    """Return what a link row of these two would hold, even where they have nothing to link them.

    Its relation is then `same_event` with a score below LINK_FLOOR.
    """
    return _row(_compare(new, new.profile, other, may_share_words=may_share_words))


@dataclass(frozen=True, slots=True)
class _Pair:
    """What two articles (the new one first) have to do with each other."""

    new_id: int
    other_id: int
    relation: Relation | None
    score: EventScore
    left_out: str | None = None

    @property
    def is_link(self) -> bool:
        return self.relation is not None or self.score.probability >= LINK_FLOOR


def _compare(
    new: Compared, profile: EventProfile, other: Compared, *, may_share_words: bool
) -> _Pair:
    ids = new.article.id, other.article.id
    shared = None
    if may_share_words:
        shared = relate(new.tokens, other.tokens, new.article.furniture, other.article.furniture)
    relation = None if _repeat_reason(new.article, other.article, shared) else shared
    if shared is not None and _is_own_repeat(new.article, other.article, shared, relation):
        return _Pair(*ids, relation, _score_apart(new, other, shared), OWN_PASSAGES)
    score = score_pair(profile, other.profile)
    if relation is not None and _is_small(relation) and score.probability >= LINK_FLOOR:
        apart = _score_apart(new, other, relation)
        if apart.probability < NO_EVENT:
            return _Pair(*ids, relation, apart, ONLY_PASSAGES)
    return _Pair(*ids, relation, score)


def _score_apart(new: Compared, other: Compared, shared: Relation) -> EventScore:
    """Score what two articles say of their event beside the passages that they share."""
    return score_pair(_without(new, shared.passages_self), _without(other, shared.passages_other))


def _is_small(relation: Relation) -> bool:
    """Tell whether both texts have more to say than the passages they share."""
    return not relation.kind.is_copy and max(relation.coverage_self, relation.coverage_other) < HALF


def is_copy(one: Compared, other: Compared) -> bool:
    """Tell whether one of two articles copies the other, furniture and all."""
    shared = relate(one.tokens, other.tokens)
    is_of_own = _repeat_reason(one.article, other.article, shared) is not None
    return shared is not None and shared.kind.is_copy and not is_of_own


def _repeat_reason(
    new: StoredArticle, other: StoredArticle, shared: Relation | None
) -> FurnitureReason | None:
    """Tell why the words two articles share are an outlet's own furniture, or return None."""
    if shared is None or _is_one_page(new, other) or not _is_one_outlet(new, other):
        return None
    return judge_repeat(shared, _days_apart(new, other))


def _is_one_page(new: StoredArticle, other: StoredArticle) -> bool:
    return new.url is not None and new.url == other.url


def _is_one_outlet(new: StoredArticle, other: StoredArticle) -> bool:
    return bool(new.outlet and other.outlet and is_same_outlet(new.outlet, other.outlet))


def _days_apart(new: StoredArticle, other: StoredArticle) -> int | None:
    """Return the days between two publications, or two arrivals where neither has a date."""
    one, two = new.decides_at, other.decides_at
    if one is None and two is None:
        one, two = new.received_at, other.received_at
    return None if one is None or two is None else abs((one.date() - two.date()).days)


def _is_own_repeat(
    new: StoredArticle, other: StoredArticle, shared: Relation, relation: Relation | None
) -> bool:
    """Tell whether one outlet has the shared passages in both articles, and neither is a copy.

    At one address they are no repetition but two versions of one article.
    """
    is_copy = relation is not None and relation.kind.is_copy
    is_version = is_copy or _is_one_page(new, other)
    return bool(shared.passages_self) and not is_version and _is_one_outlet(new, other)


def _without(one: Compared, repeats: Spans) -> EventProfile:
    """Return the profile of *one* without furniture and *repeats*."""
    return unpack_profile(pack_profile(evidence(one.article, repeats)))


def evidence(article: StoredArticle, repeats: Spans = ()) -> EventProfile:
    """Return what an article says of its event, without its furniture and *repeats*."""
    blocks = article.furniture
    # What stands on very many pages looks like furniture, even a text that everybody carries.
    if sum(end - start for start, end in blocks) > NEARLY_ALL * len(article.text):
        blocks = ()
    left_out = tuple(sorted((*blocks, *repeats)))
    return event_profile(article.title, article.text, article.decides_at, left_out)


def _row(pair: _Pair) -> dict[str, Any]:
    relation, score = pair.relation, pair.score
    a_id, b_id = sorted((pair.new_id, pair.other_id))
    seen = relation if relation is None or pair.new_id == a_id else relation.swapped()
    return {
        "a_id": a_id,
        "b_id": b_id,
        "relation": seen.kind.value if seen else SAME_EVENT,
        "method": seen.method if seen else "event_score",
        "version": seen.version if seen else score.version,
        "score": score.probability,
        "coverage_a": seen.coverage_self if seen else None,
        "coverage_b": seen.coverage_other if seen else None,
        "passages_a": _stored_spans(seen.passages_self) if seen else None,
        "passages_b": _stored_spans(seen.passages_other) if seen else None,
        "explanation": {
            "log_odds": score.log_odds,
            "days_apart": score.days_apart,
            "reasons": list(score.reasons),
            "contributions": [dataclasses.asdict(part) for part in score.contributions],
            "event_version": score.version,
            "shared_words": seen.shared_words if seen else 0,
            "passages_left_out": pair.left_out,
            "passages_more": max(0, len(seen.passages_self) - MOST_PASSAGES) if seen else 0,
        },
    }


def _stored_spans(spans: Spans) -> list[list[int]]:
    return [list(span) for span in spans[:MOST_PASSAGES]]


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
