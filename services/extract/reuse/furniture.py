"""Furniture: text an outlet repeats on many pages, which is evidence of nothing. Pure.

Grams and lines are judged alike, by where they were seen. `furniture_spans` finds in one text what
was judged to be furniture: lines exactly, grams spread within their lines, as only one gram in
sixteen is ever counted and blocks are repeated as blocks.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from operator import or_

from services.extract.reuse.fingerprints import GRAM_WORDS, fingerprints, gram_hashes
from services.extract.reuse.lines import Line, find_lines
from services.extract.reuse.tokens import Spans, Tokens

# What furniture is counted by, and the version of how.
GRAM, LINE = "gram", "line"
METHOD = "sightings 1"
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
    all come from one known outlet; and when more than 40 articles hold it, copies or not. Copies
    count once, and again when an outlet repeats itself after more than 14 days. The answer depends
    only on the set of sightings: it may turn when the third arrives, or when two prove to be
    copies, and earlier links are then judged again.
    """
    seen = frozenset(sightings)
    outlets = {sighting.outlet for sighting in seen}
    outlet = outlets.pop() if len(outlets) == 1 else None
    reason, days = _reason(seen, outlet)
    if reason is None:
        return None
    count = len({sighting.article_id for sighting in seen})
    return Verdict(reason, count, min(days), max(days), outlet)


def _reason(
    seen: Collection[Sighting], outlet: str | None
) -> tuple[FurnitureReason | None, Collection[date]]:
    groups: defaultdict[int, list[Sighting]] = defaultdict(list)
    for sighting in seen:
        groups[sighting.copy_group].append(sighting)
    published: list[date] = []
    arrived: list[date] = []
    for copies in groups.values():
        if dated := [(copy.day, copy.outlet) for copy in copies if copy.day is not None]:
            published += _days_that_count(dated)
        else:
            arrived += _days_that_count([(copy.arrival_day, copy.outlet) for copy in copies])
    every_day = {sighting.day or sighting.arrival_day for sighting in seen}
    if len(published) + len(arrived) >= FURNITURE_ARTICLES:
        for first_days in (published, arrived):
            if first_days and (max(first_days) - min(first_days)).days > FURNITURE_DAYS:
                return FurnitureReason.MANY_DAYS, first_days
        if outlet is not None:
            return FurnitureReason.ONE_OUTLET, every_day
    if len({sighting.article_id for sighting in seen}) > COMMON_ARTICLES:
        return FurnitureReason.COMMON, every_day
    return None, every_day


def _days_that_count(copies: Collection[tuple[date, str | None]]) -> Iterator[date]:
    """Yield the first day of a copy group, and each on which an outlet repeats itself late.

    A late copy by another outlet is a reprint: the article it copies must not turn into furniture.
    """
    yield min(day for day, _ in copies)
    last: dict[str, date] = {}
    for day, outlet in sorted((day, outlet) for day, outlet in copies if outlet is not None):
        if outlet not in last:
            last[outlet] = day
        elif (day - last[outlet]).days > FURNITURE_DAYS:
            last[outlet] = day
            yield day


def furniture_spans(
    text: str, tokens: Tokens, grams: frozenset[int], lines: frozenset[int]
) -> Spans:
    """Return where *text* shows furniture, `[start, end)` in code points, sorted and apart.

    *grams* and *lines* are the hashes judged to be furniture, those of other articles among them;
    *tokens* are those of *text*. A line is marked whole. A gram is marked with what is left and
    right of it in its line, up to the next gram that was counted and is no furniture.
    """
    if not grams and not lines:
        return ()
    found = find_lines(text, tokens)
    whole = tuple((line.start, line.end) for line in found if line.hash in lines)
    mask = bytearray(map(or_, tokens.inside(whole), _gram_mask(tokens, found, grams)))
    return _spans(tokens, mask)


def _gram_mask(tokens: Tokens, lines: tuple[Line, ...], furniture: frozenset[int]) -> bytearray:
    mask = bytearray(len(tokens))
    hashes = gram_hashes(tokens)
    known = [at for at, gram in enumerate(hashes) if gram in furniture]
    if not known:
        return mask
    borders = [*(bisect_left(tokens.starts, line.start) for line in lines), len(tokens)]
    counted = frozenset(fingerprints(tokens)) - furniture
    # A gram that runs on into the next line may owe its difference to that line alone.
    others = [
        at for at, gram in enumerate(hashes) if gram in counted and _is_in_one_line(at, borders)
    ]
    end = 0
    for at in known:
        if at + GRAM_WORDS <= end:
            continue
        start, end = _reach(at, others, borders)
        mask[start:end] = b"\x01" * (end - start)
    return mask


def _is_in_one_line(at: int, borders: list[int]) -> bool:
    return bisect_right(borders, at) == bisect_right(borders, at + GRAM_WORDS - 1)


def _reach(at: int, others: list[int], borders: list[int]) -> tuple[int, int]:
    """Return the tokens that share the fate of the gram at *at*; *others* are no furniture."""
    end = at + GRAM_WORDS
    start_of_line = borders[bisect_right(borders, at) - 1]
    end_of_line = borders[bisect_left(borders, end)]
    place = bisect_left(others, at)
    after = others[place - 1] + GRAM_WORDS if place else 0
    before = others[place] if place < len(others) else end_of_line
    return min(at, max(start_of_line, after)), max(end, min(end_of_line, before))


def _spans(tokens: Tokens, mask: bytearray) -> Spans:
    spans, at = [], mask.find(1)
    while at >= 0:
        end = mask.find(0, at)
        last = len(mask) if end < 0 else end
        spans.append((tokens.starts[at], tokens.ends[last - 1]))
        at = mask.find(1, last)
    return tuple(spans)
