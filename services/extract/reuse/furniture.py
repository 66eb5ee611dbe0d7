"""Furniture: text an outlet repeats on many pages, which is evidence of nothing. Pure.

Grams and lines are judged alike, by where they were seen. `furniture_spans` finds in one text what
was judged to be furniture: lines exactly, grams spread over the tokens around them, as only one
gram in sixteen is ever counted and blocks are repeated as blocks.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import or_

from services.extract.reuse.fingerprints import GRAM_WORDS, gram_hashes, is_sampled
from services.extract.reuse.lines import find_lines
from services.extract.reuse.tokens import Spans, Tokens

FURNITURE_ARTICLES = 3
FURNITURE_DAYS = 14
# What stands in more articles than this is no evidence of copying, whoever wrote it first.
COMMON_ARTICLES = 40


class FurnitureReason(StrEnum):
    """Why a gram or a line is furniture."""

    MANY_DAYS = "many_days"
    ONE_OUTLET = "one_outlet"
    COMMON = "common"


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article in which a gram or a line was seen.

    `day` is the day of publication, None when the article has no usable date; `copy_group` is equal
    for articles that copy each other (any stable key, the article's own id when it copies nobody).
    """

    article_id: int
    outlet: str | None
    day: date | None
    arrival_day: date
    copy_group: int


@dataclass(frozen=True, slots=True)
class Verdict:
    """Why a gram or a line is furniture, and what was seen of it.

    The days are those of the articles that decided (of all articles, if days decided nothing);
    `outlet` is None when there are several or one is unknown.
    """

    reason: FurnitureReason
    article_count: int
    first_day: date
    last_day: date
    outlet: str | None


def judge(sightings: Iterable[Sighting]) -> Verdict | None:
    """Decide whether what was seen in these articles is furniture, or return None.

    It is when at least 3 articles that are not copies of each other hold it and either they span
    more than 14 days (by publication; those without a date by arrival, apart from the others) or
    all come from one known outlet; and when more than 40 articles hold it, copies or not. The
    answer depends only on the set of sightings: it may turn when the third arrives, or when two
    prove to be copies, and earlier links are then judged again.
    """
    seen = frozenset(sightings)
    reason, days = _reason(seen)
    if reason is None:
        return None
    return Verdict(
        reason, len({each.article_id for each in seen}), min(days), max(days), _one_outlet(seen)
    )


def _reason(seen: Collection[Sighting]) -> tuple[FurnitureReason | None, Collection[date]]:
    every_day = {sighting.day or sighting.arrival_day for sighting in seen}
    if len({sighting.copy_group for sighting in seen}) >= FURNITURE_ARTICLES:
        dated = [(each.copy_group, each.day) for each in seen if each.day is not None]
        undated = [(each.copy_group, each.arrival_day) for each in seen if each.day is None]
        for days in (_first_days(dated), _first_days(undated)):
            if days and (max(days) - min(days)).days > FURNITURE_DAYS:
                return FurnitureReason.MANY_DAYS, days
        if _one_outlet(seen) is not None:
            return FurnitureReason.ONE_OUTLET, every_day
    if len({sighting.article_id for sighting in seen}) > COMMON_ARTICLES:
        return FurnitureReason.COMMON, every_day
    return None, every_day


def _first_days(days: Iterable[tuple[int, date]]) -> Collection[date]:
    """Return the first day of each copy group: a late copy is no new sighting."""
    first: dict[int, date] = {}
    for group, day in days:
        first[group] = min(first.get(group, day), day)
    return first.values()


def _one_outlet(seen: Collection[Sighting]) -> str | None:
    outlets = {sighting.outlet for sighting in seen}
    return outlets.pop() if len(outlets) == 1 else None


def furniture_spans(
    text: str, tokens: Tokens, grams: frozenset[int], lines: frozenset[int]
) -> Spans:
    """Return where *text* shows furniture, `[start, end)` in code points, sorted and apart.

    *grams* and *lines* are the hashes judged to be furniture, those of other articles among them.
    """
    mask = _gram_mask(tokens, grams)
    if lines:
        found = [line for line in find_lines(text, tokens) if line.hash in lines]
        marked = tokens.inside(tuple((line.start, line.end) for line in found))
        mask = bytearray(map(or_, mask, marked))
    return _spans(tokens, mask)


def _gram_mask(tokens: Tokens, furniture: frozenset[int]) -> bytearray:
    """Mark the tokens that are furniture with 1, all others with 0.

    A token inside a furniture gram is furniture. A token in no counted gram takes the verdict of
    the nearest gram that could have been counted; with none of *furniture* in the text nothing is
    marked.
    """
    mask = bytearray(len(tokens))
    if not furniture:
        return mask
    grams = gram_hashes(tokens)
    known = [at for at, gram in enumerate(grams) if gram in furniture]
    if not known:
        return mask
    counted = [at for at, gram in enumerate(grams) if gram in furniture or is_sampled(gram)]
    is_known = set(known)
    for place, at in enumerate(counted):
        if at in is_known:
            start, end = _reach(counted, place, len(tokens))
            mask[start:end] = b"\x01" * (end - start)
    return mask


def _spans(tokens: Tokens, mask: bytearray) -> Spans:
    spans, at = [], mask.find(1)
    while at >= 0:
        end = mask.find(0, at)
        last = len(mask) if end < 0 else end
        spans.append((tokens.starts[at], tokens.ends[last - 1]))
        at = mask.find(1, last)
    return tuple(spans)


def _reach(counted: list[int], place: int, size: int) -> tuple[int, int]:
    """Return the tokens nearer to the gram at *place* than to its counted neighbours."""
    at = counted[place]
    start = (counted[place - 1] + at + GRAM_WORDS) // 2 if place else 0
    end = (at + counted[place + 1] + GRAM_WORDS) // 2 if place + 1 < len(counted) else size
    return min(start, at), max(end, at + GRAM_WORDS)
