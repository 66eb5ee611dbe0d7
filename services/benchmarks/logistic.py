"""Logistic regression by Newton's method, in plain Python: equal input, equal digits. Pure."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass

Row = Sequence[float]

_ROUNDS = 25
_STILL = 1e-9
_STEEPEST = 30.0


@dataclass(frozen=True, slots=True)
class Observation:
    """What was seen (`values`), what it was, and how much it counts."""

    values: tuple[float, ...]
    is_one: bool
    weight: float


def fit_logistic(observations: Sequence[Observation], ridge: float) -> list[float]:
    """Return the intercept and one weight for each value, in log-odds.

    *ridge* is the L2 penalty on the weights (not on the intercept), in units of one average
    observation. Raises ValueError when there is nothing to fit.
    """
    if not observations:
        raise ValueError("no observations to fit")
    scale = len(observations) / math.fsum(each.weight for each in observations)
    size = len(observations[0].values) + 1
    solution = [0.0] * size
    for _ in range(_ROUNDS):
        slope, bend = _derivatives(observations, solution, scale)
        for index in range(1, size):
            slope[index] -= ridge * solution[index]
            bend[index][index] += ridge
        step = solve(bend, slope)
        solution = [value + change for value, change in zip(solution, step, strict=True)]
        if max(map(abs, step)) < _STILL:
            break
    return solution


def log_odds(solution: Sequence[float], values: Row) -> float:
    """Return the log-odds that a fit gives to *values*."""
    return solution[0] + sum([w * v for w, v in zip(solution[1:], values, strict=True)])


def solve(matrix: Sequence[Row], right: Row) -> list[float]:
    """Solve a symmetric positive definite system by elimination with pivots."""
    rows = [[*row, value] for row, value in zip(matrix, right, strict=True)]
    size = len(rows)
    for at in range(size):
        pivot = max(range(at, size), key=lambda index: abs(rows[index][at]))
        rows[at], rows[pivot] = rows[pivot], rows[at]
        for row in rows[at + 1 :]:
            factor = row[at] / rows[at][at]
            row[at:] = [
                value - factor * above for value, above in zip(row[at:], rows[at][at:], strict=True)
            ]
    found = [0.0] * size
    for at in reversed(range(size)):
        known = sum(rows[at][index] * found[index] for index in range(at + 1, size))
        found[at] = (rows[at][size] - known) / rows[at][at]
    return found


def _derivatives(
    observations: Sequence[Observation], solution: Sequence[float], scale: float
) -> tuple[list[float], list[list[float]]]:
    """Return the slope of the likelihood, and minus its curvature."""
    size = len(solution)
    slope, bend = [0.0] * size, [[0.0] * size for _ in range(size)]
    for each in observations:
        values = (1.0, *each.values)
        steep = max(-_STEEPEST, min(_STEEPEST, log_odds(solution, each.values)))
        chance = 1.0 / (1.0 + math.exp(-steep))
        miss = each.weight * scale * (each.is_one - chance)
        spread = each.weight * scale * chance * (1.0 - chance)
        for i, value in enumerate(values):
            if value:
                slope[i] += miss * value
                row, pull = bend[i], spread * value
                for j in range(i + 1):
                    row[j] += pull * values[j]
    for i in range(size):
        for j in range(i):
            bend[j][i] = bend[i][j]
    return slope, bend
