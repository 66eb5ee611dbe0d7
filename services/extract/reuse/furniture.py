"""Furniture: text an outlet repeats on many pages, which is evidence of nothing. Pure.

Furniture is known by sightings. `furniture_spans` spreads what was learnt about an article's
sampled grams over its tokens: only one gram in sixteen is ever counted, and blocks are repeated as
blocks.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date

from services.extract.reuse.fingerprints import GRAM_WORDS, gram_hashes, is_sampled
from services.extract.reuse.tokens import Spans, Tokens

FURNITURE_ARTICLES = 3
FURNITURE_DAYS = 14


@dataclass(frozen=True, slots=True)
class Sighting:
    """One article in which a gram was seen.

    `day` is None when the article has no usable date; `copy_group` is equal for articles that copy
    each other (any stable key, the article's own id when it copies nobody).
    """

    article_id: int
    outlet: str | None
    day: date | None
    copy_group: int


def furniture_grams(postings: Mapping[int, Iterable[Sighting]]) -> frozenset[int]:
    """Decide which grams are furniture from everywhere they were seen.

    A gram is furniture when at least 3 articles that are not copies of each other hold it and
    either they span more than 14 days or all come from one known outlet. The answer depends only on
    the set of sightings: it may turn true when the third arrives, and earlier links are then judged
    again.
    """
    return frozenset(gram for gram, sightings in postings.items() if _is_furniture(sightings))


def _is_furniture(sightings: Iterable[Sighting]) -> bool:
    seen = tuple(sightings)
    first_days: dict[int, date] = {}
    for sighting in seen:
        if sighting.day is not None:
            known = first_days.get(sighting.copy_group, sighting.day)
            first_days[sighting.copy_group] = min(known, sighting.day)
    if len({sighting.copy_group for sighting in seen}) < FURNITURE_ARTICLES:
        return False
    outlets = {sighting.outlet for sighting in seen}
    if len(outlets) == 1 and None not in outlets:
        return True
    days = first_days.values()
    return len(days) > 1 and (max(days) - min(days)).days > FURNITURE_DAYS


def _furniture_mask(tokens: Tokens, furniture: frozenset[int]) -> bytearray:
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


def furniture_spans(tokens: Tokens, furniture: frozenset[int]) -> Spans:
    """Return the runs of furniture in a text, `[start, end)` in code points."""
    mask = _furniture_mask(tokens, furniture)
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
