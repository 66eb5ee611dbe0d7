"""Candidate terms: the few words by which articles on the same event find each other. Pure."""

from __future__ import annotations

from dataclasses import dataclass

from services.extract.events.features import EventProfile

TERMS = 24


@dataclass(frozen=True, slots=True)
class Term:
    """A lower-cased word with its weight (0 to 1) in one article."""

    term: str
    weight: float


def candidate_terms(profile: EventProfile) -> tuple[Term, ...]:
    """Return the 24 heaviest words of an article (rare words and names), heaviest first.

    Two articles sharing at least 2 of them are worth scoring; rank candidates by summed weight.
    """
    ranked = sorted(profile.words.items(), key=lambda item: (-item[1], item[0]))
    return tuple([Term(word, weight) for word, weight in ranked[:TERMS]])
