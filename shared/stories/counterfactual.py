"""What would have changed whether two articles were held to report one event. Pure.

Counted from the stored parts of the score alone, so it is true of the version that scored them.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

from shared.score_parts import part_words

_MOST_TOLD = 3


class ScorePart(Protocol):
    """One part of a score: `contribution` = `value` x `weight`, in log-odds."""

    @property
    def name(self) -> str:
        """Its name in the weights."""

    @property
    def value(self) -> float:
        """What was found, mostly between 0 and 1."""

    @property
    def contribution(self) -> float:
        """What it adds, in log-odds."""


@dataclass(frozen=True, slots=True)
class _Part:
    without: str
    contribution: float


def what_would_change(
    log_odds: float, contributions: Sequence[ScorePart | Mapping[str, Any]], floor: float
) -> tuple[str, ...]:
    """Return what would have turned the decision, the smallest change first; at most three.

    *log_odds* and *contributions* are those of the score, as computed or as stored; *floor* is the
    probability from which two articles count as one event. Each line is a part of the score taken
    away, with the probability that is left: "without the same names: 0.12, two events". Where no
    single part decides, the one line names the fewest that do together, or says that none do.
    """
    is_one = _probability(log_odds) >= floor
    # Only what speaks for the decision can turn it.
    parts = [part for part in map(_read, contributions) if (part.contribution > 0) == is_one]
    parts = sorted(
        (p for p in parts if p.contribution), key=lambda p: (abs(p.contribution), p.without)
    )
    turning = [
        part for part in parts if (_probability(log_odds - part.contribution) >= floor) != is_one
    ]
    if turning:
        return tuple(_line([part], log_odds, floor) for part in turning[:_MOST_TOLD])
    return (_together(parts[::-1], log_odds, floor),)


def _together(heaviest: Sequence[_Part], log_odds: float, floor: float) -> str:
    is_one = _probability(log_odds) >= floor
    left = log_odds
    for count, part in enumerate(heaviest, 1):
        left -= part.contribution
        if (_probability(left) >= floor) != is_one:
            return _line(heaviest[:count], log_odds, floor)
    if is_one:
        return f"nothing that was found decides: {_verdict(left, floor)} without any of it"
    against = "even without all that speaks against it" if heaviest else "too little speaks for it"
    return f"{against}: {_verdict(left, floor)}"


def _line(parts: Sequence[_Part], log_odds: float, floor: float) -> str:
    left = log_odds - math.fsum(part.contribution for part in parts)
    return f"{' and '.join(part.without for part in parts)}: {_verdict(left, floor)}"


def _verdict(log_odds: float, floor: float) -> str:
    probability = _probability(log_odds)
    return f"{probability:.2f}, {'one event' if probability >= floor else 'two events'}"


def _read(part: ScorePart | Mapping[str, Any]) -> _Part:
    if isinstance(part, Mapping):
        name, value, contribution = part["name"], part["value"], part["contribution"]
    else:
        name, value, contribution = part.name, part.value, part.contribution
    return _Part(part_words(name).without.format(value=round(value)), float(contribution))


def _probability(log_odds: float) -> float:
    # Beyond 700 the exponential of a float overflows.
    return 1.0 / (1.0 + math.exp(-max(-700.0, min(700.0, log_odds))))
