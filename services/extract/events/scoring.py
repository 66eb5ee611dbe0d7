"""How likely two articles report one event, and why. Pure.

A linear score in log-odds: every part of it is a number an analyst can read.
"""

from __future__ import annotations

import math
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from importlib import resources

from services.extract.events.features import EventProfile, compare_profiles
from services.extract.events.mentions import MonthDay, fewest_days_between
from shared.score_parts import part_words

WEIGHTS = "weights.toml"
_WORTH_SAYING = 0.3


@dataclass(frozen=True, slots=True)
class Contribution:
    """One part of a score: `contribution` = `value` × `weight`, in log-odds."""

    name: str
    value: float
    weight: float
    contribution: float


@dataclass(frozen=True, slots=True)
class EventScore:
    """The probability that two articles report one event, with every part of it.

    `days_apart` is None when either article has no usable date. `reasons` names the parts that
    matter, the heaviest first ("same names +3.1").
    """

    probability: float
    log_odds: float
    contributions: tuple[Contribution, ...]
    days_apart: int | None
    reasons: tuple[str, ...]
    version: str


@dataclass(frozen=True, slots=True)
class EventWeights:
    """Fitted weights and the time policy; see weights.toml for the meaning of each."""

    version: str
    intercept: float
    weights: Mapping[str, float]
    gate_days: int
    free_days: int
    near_days: int
    published_near: float
    days_apart: float
    no_date: float
    texts_agree: float
    text_days_far: float
    beyond_gate: float
    strangers: float


@cache
def shipped_weights() -> EventWeights:
    """Load the weights that ship with the code, once."""
    data = tomllib.loads(resources.files(__package__).joinpath(WEIGHTS).read_text(encoding="utf-8"))
    return EventWeights(
        version=data["version"],
        intercept=data["intercept"],
        weights=dict(data["weights"]),
        **data["time"],
    )


def score_pair(a: EventProfile, b: EventProfile, weights: EventWeights | None = None) -> EventScore:
    """Score two profiled articles; the order of the two does not matter."""
    used = weights or shipped_weights()
    days_apart = _days_apart(a, b)
    parts = tuple(
        Contribution(name, value, weight, value * weight)
        for name, value, weight in (*_likeness(a, b, used), *_time(a, b, days_apart, used))
    )
    log_odds = used.intercept + math.fsum(part.contribution for part in parts)
    return EventScore(
        probability=1.0 / (1.0 + math.exp(-log_odds)),
        log_odds=log_odds,
        contributions=parts,
        days_apart=days_apart,
        reasons=_reasons(parts),
        version=used.version,
    )


def _likeness(
    a: EventProfile, b: EventProfile, weights: EventWeights
) -> Iterator[tuple[str, float, float]]:
    likeness = compare_profiles(a, b)
    for name, value in likeness.items():
        yield name, value, weights.weights[name]
    if not likeness["main_names"]:
        yield "strangers", 1.0, weights.strangers


def _time(
    a: EventProfile, b: EventProfile, days_apart: int | None, weights: EventWeights
) -> Iterator[tuple[str, float, float]]:
    if days_apart is None:
        yield from _without_dates(a, b, weights)
    elif days_apart > weights.gate_days:
        yield "beyond_gate", 1.0, weights.beyond_gate
    elif days_apart > weights.free_days:
        yield "days_apart", float(days_apart - weights.free_days), weights.days_apart
    else:
        yield "published_near", 1.0 - days_apart / weights.free_days, weights.published_near


def _without_dates(
    a: EventProfile, b: EventProfile, weights: EventWeights
) -> Iterator[tuple[str, float, float]]:
    """Where a date is missing, what both texts name wins the penalty back, or adds to it."""
    yield "no_date", 1.0, weights.no_date
    apart = fewest_days_between(_known_days(a), _known_days(b))
    name_one_day = apart is not None and apart <= weights.near_days
    if name_one_day or a.weekdays & b.weekdays or a.places & b.places:
        yield "texts_agree", 1.0, weights.texts_agree - weights.no_date
    if apart is not None and apart > weights.gate_days:
        yield "text_days_far", 1.0, weights.text_days_far


def _known_days(profile: EventProfile) -> frozenset[MonthDay]:
    published = profile.published_day
    return profile.month_days | ({(published.month, published.day)} if published else frozenset())


def _days_apart(a: EventProfile, b: EventProfile) -> int | None:
    if a.published_day is None or b.published_day is None:
        return None
    return abs((a.published_day - b.published_day).days)


def _reasons(parts: tuple[Contribution, ...]) -> tuple[str, ...]:
    told = sorted(
        (part for part in parts if abs(part.contribution) >= _WORTH_SAYING),
        key=lambda part: (-abs(part.contribution), part.name),
    )
    return tuple(f"{part_words(part.name).phrase} {_signed(part.contribution)}" for part in told)


def _signed(value: float) -> str:
    return f"{'+' if value > 0 else '−'}{abs(value):.1f}"
