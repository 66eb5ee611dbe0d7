"""What came of a rule on an article, and why. Pure."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from shared.model import Span


class Outcome(StrEnum):
    """Whether a rule matched; `undecided` when the work budget ran out first."""

    MATCHED = "matched"
    NOT_MATCHED = "not_matched"
    UNDECIDED = "undecided"


@dataclass(frozen=True, slots=True)
class Reason:
    """One piece of evidence: the spans that belong together, and the words between them (NEAR).

    `label` says it for conditions (`topic law-of-the-sea`, with the spans that earned the topic
    where they are known) and counts.
    """

    spans: tuple[Span, ...] = ()
    distances: tuple[int, ...] = ()
    label: str = ""
    is_acronym: bool = False


@dataclass(frozen=True, slots=True)
class Verdict:
    """The outcome with its evidence.

    `evidence` holds the first 3 occurrences of each term or NEAR group, each once;
    `evidence_total` counts them all; `why_not` says in words what was missing, if not matched.
    """

    outcome: Outcome
    evidence: tuple[Span, ...] = ()
    evidence_total: int = 0
    why_not: tuple[str, ...] = ()
    reasons: tuple[Reason, ...] = ()
