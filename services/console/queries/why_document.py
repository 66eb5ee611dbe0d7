"""The answer to why as one document: the same for the command line and the API. Pure."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from services.console.queries.bonds import Bond
from services.console.queries.score_sums import ScorePart, ScoreSum, sum_in_words
from services.console.queries.why import (
    Asked,
    Why,
    basis_in_words,
    coverage_in_words,
    headline,
    mask_in_words,
    time_in_words,
)
from shared.model import Span

Document = dict[str, Any]


def why_document(why: Why) -> Document:
    """Return *why* in JSON-able values; docs/stories.md, "Asking why", names the keys.

    `one` and `other` are in the order asked; ids carry their letter, times are RFC 3339.
    """
    found = why.weighed
    return {
        "one": _asked(why.one),
        "other": _asked(why.other),
        "words": headline(why),
        "relation": why.relation.relation if why.relation else None,
        "stored": why.linked_at is not None,
        "linked_at": _time(why.linked_at),
        "method": found.method,
        "version": found.version,
        "basis": basis_in_words(why),
        "coverage_one": found.coverage_self,
        "coverage_other": found.coverage_other,
        "coverage": coverage_in_words(why) or None,
        "shared_words": why.shared_words,
        "passages": [
            {
                "one": _place(passage.one),
                "other": _place(passage.other),
                "furniture": passage.is_furniture,
            }
            for passage in why.passages
        ],
        "probability": found.score,
        "score": _score(found.score_sum) if found.score_sum else None,
        "days_apart": found.days_apart,
        "time": time_in_words(why),
        "story": _story(why.bond),
        "would_change": list(why.would_change),
    }


def _asked(asked: Asked) -> Document:
    return {
        "id": f"a{asked.id}",
        "title": asked.title,
        "outlet": asked.outlet,
        "published_at": _time(asked.published_at),
        "published_source": asked.published_source,
        "received_at": _time(asked.received_at),
        "state": asked.state,
        "story_id": _story_id(asked.story_id),
        "furniture": [list(span) for span in asked.furniture],
        "furniture_version": asked.mask.version if asked.mask else None,
        "furniture_words": mask_in_words(asked),
    }


def _place(span: Span) -> Document:
    return {"start": span.start, "end": span.end, "text": span.text}


def _score(found: ScoreSum) -> Document:
    return {
        "version": found.version,
        "before": found.before,
        "contributions": contributions(found.parts),
        "log_odds": found.log_odds,
        "words": sum_in_words(found),
    }


def contributions(parts: Sequence[ScorePart]) -> list[Document]:
    """Return the parts of a score, heaviest first."""
    return [
        {
            "name": part.name,
            "words": part.words,
            "value": part.value,
            "weight": part.weight,
            "contribution": part.contribution,
        }
        for part in parts
    ]


def _story(bond: Bond) -> Document:
    return {
        "together": bond.kind.is_together,
        "by": bond.kind.value,
        "words": bond.words,
        "one": _story_id(bond.story_ids[0]),
        "other": _story_id(bond.story_ids[1]),
        "chain": [
            {"from": f"a{step.from_id}", "to": f"a{step.to_id}", "words": step.words}
            for step in bond.steps
        ],
    }


def _story_id(number: int | None) -> str | None:
    return f"s{number}" if number is not None else None


def _time(at: datetime | None) -> str | None:
    return at.isoformat().replace("+00:00", "Z") if at else None
