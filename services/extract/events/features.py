"""What an article says about its event, computed once, and how two of them compare. Pure."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime

from services.extract.events.mentions import (
    MonthDay,
    find_month_days,
    find_numbers,
    find_places,
    find_weekdays,
)
from services.extract.events.vocabularies import ENGLISH, recognise_language, word_rarities
from services.extract.events.words import count_words, find_names, fit_to_language, read_words
from services.extract.reuse import Spans

LEAD_WORDS = 120
TITLE_TIMES = 2
# Below this a word stands in more than 60 % of all articles and tells nothing.
_TELLING = 0.5
# What an article is about it says at the top, and again and again.
_TOP_WORDS = 40
_TOP_TIMES = 2
_MAIN_NAMES = 2
# Of an article that names nobody, nothing is known either way.
_NO_NAMES = 0.5
# One digit stands in every article: two that share none need not differ.
_LONG_NUMBER = 2

_UNSEEN = 2

Vector = Mapping[str, float]


@dataclass(frozen=True, slots=True)
class EventProfile:
    """One article as evidence of an event. Vectors are of unit length; treat them as read-only.

    `main_names` weighs the two names the article is most about. `published_day` is None when no
    date is known that may decide anything.
    """

    words: Vector
    lead: Vector
    names: Vector
    plain_words: Vector
    phrases: Vector
    main_names: Vector
    numbers: frozenset[str]
    long_numbers: frozenset[str]
    month_days: frozenset[MonthDay]
    weekdays: frozenset[str]
    places: frozenset[str]
    published_day: date | None


def profile_article(
    title: str,
    text: str,
    published_at: datetime | date | None,
    *,
    published_decides: bool = True,
    furniture: Spans = (),
    language: str | None = None,
) -> EventProfile:
    """Profile one article from its *title*, *text* and publication time.

    Pass `published_decides=False` when the time was guessed or is the file's: it is then ignored.
    What stands in the spans of *furniture* (sorted offsets in *text*) is left out. *language* is an
    ISO 639-1 code; None recognises it by the words.
    """
    text = _blank(text, furniture)
    heading, body = read_words(title), read_words(text)
    spoken = language or recognise_language(body.words or heading.words)
    heading, body = fit_to_language(heading, spoken), fit_to_language(body, spoken)
    rarities = word_rarities((*heading.words, *body.words), spoken)
    names = find_names(body, rarities, spoken)
    counts = count_words(heading.words + body.words)
    weights = _weights(counts, rarities)
    lead = heading.words * TITLE_TIMES + body.words[:LEAD_WORDS]
    top = frozenset(heading.words + body.words[:_TOP_WORDS])
    numbers = find_numbers(text)
    return EventProfile(
        words=_unit(weights),
        lead=_unit(_weights(count_words(lead), rarities)),
        names=_unit({word: weight for word, weight in weights.items() if word in names}),
        plain_words=_unit({word: weight for word, weight in weights.items() if word not in names}),
        phrases=_unit(_phrase_weights(body.words, rarities)),
        main_names=_main_names(names, counts, rarities, top),
        numbers=numbers,
        long_numbers=frozenset(number for number in numbers if len(number) >= _LONG_NUMBER),
        month_days=find_month_days(f"{title}\n{text}"),
        weekdays=find_weekdays(body),
        places=find_places(body, names) if spoken == ENGLISH else frozenset(),
        published_day=_day(published_at) if published_decides else None,
    )


def compare_profiles(a: EventProfile, b: EventProfile) -> dict[str, float]:
    """Return the 10 similarities of two articles by name, each between 0 and 1, symmetric."""
    return {
        "names": _cosine(a.names, b.names),
        "main_names": max(_told_by(a.main_names, b), _told_by(b.main_names, a)),
        "phrases": math.sqrt(_cosine(a.phrases, b.phrases)),
        "lead": math.sqrt(_cosine(a.lead, b.lead)),
        "plain_words": _cosine(a.plain_words, b.plain_words),
        "numbers": _in_common(a.numbers, b.numbers),
        "numbers_differ": _differ(a.long_numbers, b.long_numbers),
        "places": _in_common(a.places, b.places),
        "dates_shared": float(not a.month_days.isdisjoint(b.month_days)),
        "weekdays_differ": _differ(a.weekdays, b.weekdays),
    }


def _blank(text: str, spans: Spans) -> str:
    """Return *text* with sorted *spans* as line breaks: offsets stay, and no phrase runs across."""
    pieces, at = [], 0
    for start, end in spans:
        pieces += [text[at:start], "\n" * (end - max(at, start))]
        at = max(at, end)
    return "".join([*pieces, text[at:]])


def _weights(counts: Mapping[str, int], rarities: Mapping[str, float]) -> dict[str, float]:
    return {
        word: (1.0 + math.log(count)) * rarities[word]
        for word, count in counts.items()
        if rarities[word] >= _TELLING
    }


def _phrase_weights(words: Sequence[str], rarities: Mapping[str, float]) -> dict[str, float]:
    """Weigh each pair of neighbouring telling words, one left out or none, by both rarities."""
    telling = [word for word in words if rarities[word] >= _TELLING]
    weights: dict[str, float] = {}
    for apart in (1, 2):
        for one, other in zip(telling, telling[apart:], strict=False):
            weights[f"{one} {other}"] = rarities[one] + rarities[other]
    return weights


def _main_names(
    names: frozenset[str],
    counts: Mapping[str, int],
    rarities: Mapping[str, float],
    top: frozenset[str],
) -> dict[str, float]:
    said = {
        name: rarities[name] * counts[name] * (_TOP_TIMES if name in top else 1) for name in names
    }
    ranked = sorted(said, key=lambda name: (-said[name], name))
    return {name: said[name] for name in ranked[:_MAIN_NAMES]}


def _told_by(main_names: Vector, other: EventProfile) -> float:
    """Return the share of *main_names*, by weight, that the other article has a word of.

    A single name is half of what an article with two has to say.
    """
    if not main_names:
        return _NO_NAMES
    told = math.fsum([weight for name, weight in main_names.items() if name in other.words])
    return told / math.fsum(main_names.values()) * len(main_names) / _MAIN_NAMES


def _unit(weights: Mapping[str, float]) -> dict[str, float]:
    length = math.sqrt(math.fsum([weight * weight for weight in weights.values()]))
    return {word: weight / length for word, weight in weights.items()} if length else {}


def _cosine(a: Vector, b: Vector) -> float:
    shared = a.keys() & b.keys()
    return min(1.0, math.fsum([a[word] * b[word] for word in shared]))


def _in_common(a: frozenset[str], b: frozenset[str]) -> float:
    """Return the cosine of two sets, as if each held two more: one "30" in common is no proof."""
    return len(a & b) / math.sqrt((len(a) + _UNSEEN) * (len(b) + _UNSEEN))


def _differ(a: frozenset[str], b: frozenset[str]) -> float:
    return float(bool(a) and bool(b) and a.isdisjoint(b))


def _day(published_at: datetime | date | None) -> date | None:
    return published_at.date() if isinstance(published_at, datetime) else published_at
