"""The same-event score of two articles as the sum it is, read from a stored explanation. Pure."""

from __future__ import annotations

import math
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from shared.score_parts import part_words

# Below this a part is not worth a line; what many of them weigh together is still told.
_WORTH_SAYING = 0.05


@dataclass(frozen=True, slots=True)
class ScorePart:
    """One part of a score: `contribution` = `value` × `weight`, in log-odds; `words` names it."""

    name: str
    words: str
    value: float
    weight: float
    contribution: float


@dataclass(frozen=True, slots=True)
class ScoreSum:
    """How likely two articles report one event: `before` looking plus every part is `log_odds`.

    `parts` come heaviest first. `version` is that of the weights. `passages_left_out` says why the
    passages that both texts have were not weighed, None if they were.
    """

    probability: float
    log_odds: float
    before: float
    parts: tuple[ScorePart, ...]
    version: str
    passages_left_out: str | None = None


def read_score_sum(score: float, explanation: Mapping[str, Any]) -> ScoreSum | None:
    """Return the sum behind *score*, or None for a link that did not keep its parts."""
    stored: Sequence[Mapping[str, Any]] = explanation.get("contributions") or ()
    log_odds = explanation.get("log_odds")
    if not stored or log_odds is None:
        return None
    parts = [
        ScorePart(
            name=part["name"],
            words=part_words(part["name"]).phrase,
            value=part["value"],
            weight=part["weight"],
            contribution=part["contribution"],
        )
        for part in stored
    ]
    parts.sort(key=lambda part: (-abs(part.contribution), part.name))
    return ScoreSum(
        probability=score,
        log_odds=log_odds,
        before=log_odds - math.fsum(part.contribution for part in parts),
        parts=tuple(parts),
        version=str(explanation.get("event_version", "")),
        passages_left_out=explanation.get("passages_left_out"),
    )


def sum_lines(found: ScoreSum) -> Iterator[tuple[str, str]]:
    """Yield (what, its signed share) from `before looking` on, heaviest first, to `in all`."""
    yield "before looking", signed(found.before)
    told = [part for part in found.parts if abs(part.contribution) >= _WORTH_SAYING]
    for part in told:
        yield part.words, signed(part.contribution)
    rest = math.fsum(part.contribution for part in found.parts[len(told) :])
    if abs(rest) >= _WORTH_SAYING:
        yield "all else together", signed(rest)
    yield "in all", signed(found.log_odds)


def sum_in_words(found: ScoreSum) -> str:
    """Return the sum on one line: `before looking −4.5, same names +3.1, in all −1.4`."""
    return ", ".join(f"{words} {share}" for words, share in sum_lines(found))


def signed(value: float) -> str:
    """Return a share of a score: `+3.1`, `−0.8`."""
    rounded = round(value, 1)
    return f"{'−' if rounded < 0 else '+'}{abs(rounded):.1f}"
