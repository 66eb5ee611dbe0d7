"""What an article says about its event, computed once, and how two of them compare. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from itertools import pairwise

from services.extract.events.document_frequency import rarity
from services.extract.events.mentions import (
    MonthDay,
    find_month_days,
    find_numbers,
    find_places,
    find_weekdays,
)
from services.extract.events.words import count_words, find_name_phrases, find_names, read_words

LEAD_WORDS = 120
TITLE_TIMES = 2
# Below this a word stands in more than 60 % of all articles and tells nothing.
_COMMON = 0.5
# "Phan Van Giang" is rarer than any of its words, but not three times as telling.
_NAME_CAP = 8.0

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EventProfile:
    """One article as evidence of an event. Vectors are of unit length; treat them as read-only.

    `published_day` is None when no date is known that may decide anything.
    """

    words: Vector
    lead: Vector
    names: Vector
    plain_words: Vector
    bigrams: Vector
    rarity_sum: float
    rarities: Vector
    numbers: frozenset[str]
    month_days: frozenset[MonthDay]
    weekdays: frozenset[str]
    places: frozenset[str]
    lead_places: frozenset[str]
    published_day: date | None


def profile_article(
    title: str, text: str, published_at: datetime | date | None, *, published_decides: bool = True
) -> EventProfile:
    """Profile one article from its *title*, *text* and publication time.

    Pass `published_decides=False` when the time was guessed or is the file's: it is then ignored.
    """
    heading, body = read_words(title), read_words(text)
    names = find_names(body)
    counts = count_words(heading.words + body.words)
    lead = heading.words * TITLE_TIMES + body.words[:LEAD_WORDS]
    weights = _weights(counts)
    rarities = {word: rarity(word) for word in weights}
    return EventProfile(
        words=_unit(weights),
        lead=_unit(_weights(count_words(lead))),
        names=_unit(_name_weights(find_name_phrases(body, names))),
        plain_words=_unit({word: weight for word, weight in weights.items() if word not in names}),
        bigrams=_unit(_bigram_weights(heading.words) | _bigram_weights(body.words)),
        rarity_sum=sum(rarities.values()),
        rarities=rarities,
        numbers=find_numbers(text),
        month_days=find_month_days(f"{title}\n{text}"),
        weekdays=find_weekdays(body),
        places=find_places(body, names),
        lead_places=find_places(body, names, LEAD_WORDS),
        published_day=_day(published_at) if published_decides else None,
    )


def compare_profiles(a: EventProfile, b: EventProfile) -> dict[str, float]:
    """Return the 14 similarities of two articles by name, each between 0 and 1, symmetric."""
    return {
        "words": _cosine(a.words, b.words),
        "lead": _cosine(a.lead, b.lead),
        "names": _cosine(a.names, b.names),
        "phrases": math.sqrt(_cosine(a.bigrams, b.bigrams)),
        "numbers": _set_cosine(a.numbers, b.numbers),
        "containment": _containment(a, b),
        "plain_words": _cosine(a.plain_words, b.plain_words),
        "dates_shared": _shared(a.month_days, b.month_days),
        "dates_differ": _differ(a.month_days, b.month_days),
        "weekdays_shared": _shared(a.weekdays, b.weekdays),
        "weekdays_differ": _differ(a.weekdays, b.weekdays),
        "places": _set_cosine(a.places, b.places),
        "lead_places": _set_cosine(a.lead_places, b.lead_places),
        "lead_places_differ": _differ(a.lead_places, b.lead_places),
    }


def _weights(counts: Mapping[str, int]) -> dict[str, float]:
    return {
        word: (1.0 + math.log(count)) * rare
        for word, count in counts.items()
        if (rare := rarity(word)) >= _COMMON
    }


def _name_weights(phrases: frozenset[str]) -> dict[str, float]:
    """Weigh each full name once, however often it is repeated, by the rarity of all its words."""
    return {
        phrase: min(_NAME_CAP, sum(rarity(word) for word in phrase.split())) for phrase in phrases
    }


def _bigram_weights(words: Sequence[str]) -> dict[str, float]:
    """Weigh each pair of neighbouring words by both rarities; pairs of common words drop out."""
    rarities = [rarity(word) for word in words]
    counts = count_words([f"{one} {two}" for one, two in pairwise(words)])
    weights = {}
    for at in range(len(words) - 1):
        weight = rarities[at] + rarities[at + 1]
        if min(rarities[at], rarities[at + 1]) > 0.3 and weight > 2.0:
            pair = f"{words[at]} {words[at + 1]}"
            weights[pair] = weight * (1.0 + math.log(counts[pair]))
    return weights


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum(weight * weight for weight in weights.values()))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def _cosine(a: Vector, b: Vector) -> float:
    shared = a.keys() & b.keys()
    return min(1.0, math.fsum([a[word] * b[word] for word in shared]))


def _containment(a: EventProfile, b: EventProfile) -> float:
    smaller = min(a.rarity_sum, b.rarity_sum)
    if not smaller:
        return 0.0
    shared = a.rarities.keys() & b.rarities.keys()
    return min(1.0, math.fsum([a.rarities[word] for word in shared]) / smaller)


def _set_cosine(a: frozenset[str], b: frozenset[str]) -> float:
    return len(a & b) / math.sqrt(len(a) * len(b)) if a and b else 0.0


def _shared(a: frozenset[object], b: frozenset[object]) -> float:
    return float(not a.isdisjoint(b))


def _differ(a: frozenset[object], b: frozenset[object]) -> float:
    return float(bool(a) and bool(b) and a.isdisjoint(b))


def _day(published_at: datetime | date | None) -> date | None:
    return published_at.date() if isinstance(published_at, datetime) else published_at
