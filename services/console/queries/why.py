"""Why two articles are, or are not, held to be one text or one story: the answer, in words. Pure.

A stored link answers with what was found when it was made; two articles without one are compared
at once, and the answer has the same parts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from services.console.queries.bonds import Bond
from services.console.queries.furniture import Mask, words_outside
from services.console.queries.relations import (
    SAME_EVENT,
    Relation,
    Spans,
    percent,
    probability,
)
from shared.model import Span, deciding_date
from shared.stories.counterfactual import what_would_change


@dataclass(frozen=True, slots=True)
class Asked:
    """One of the two articles. `story_id` is the story it is in now; `mask` its latest."""

    id: int
    title: str
    text: str
    outlet: str | None
    published_at: datetime | None
    published_source: str | None
    received_at: datetime
    state: str
    story_id: int | None
    mask: Mask | None

    @property
    def decides_at(self) -> datetime | None:
        """The publication time, if it may decide anything."""
        return deciding_date(self.published_at, self.published_source, self.received_at)

    @property
    def furniture(self) -> Spans:
        """The spans of its text that are furniture."""
        return self.mask.spans if self.mask else ()

    @property
    def place(self) -> tuple[datetime, int]:
        """Its place in time among articles: by its date, else by its arrival."""
        return self.decides_at or self.received_at, self.id


@dataclass(frozen=True, slots=True)
class Passage:
    """The same words in both texts, where each has them.

    `is_furniture` says that a mask has greyed all of them since: they are no evidence any more.
    """

    one: Span
    other: Span
    is_furniture: bool


@dataclass(frozen=True, slots=True)
class Why:
    """What one article (the first asked for) has to do with the other.

    `relation` is seen from the one, None where nothing that counts was found: `weighed` then still
    holds what was. `linked_at` is None where there is no stored link and both were compared at
    once. `would_change` says what would have turned the decision on the event.
    """

    one: Asked
    other: Asked
    weighed: Relation
    is_linked: bool
    linked_at: datetime | None
    shared_words: int
    passages: tuple[Passage, ...]
    bond: Bond
    would_change: tuple[str, ...]

    @property
    def relation(self) -> Relation | None:
        """What they have to do with each other, if anything that counts."""
        return self.weighed if self.is_linked else None


def pair_passages(one: Asked, other: Asked, relation: Relation) -> tuple[Passage, ...]:
    """Return the passages that both texts share, in the order of the one."""
    places = sorted(zip(relation.passages_self, relation.passages_other, strict=True))
    return tuple(
        Passage(
            _span(one.text, *own),
            _span(other.text, *theirs),
            is_furniture=not words_outside(one.text, own, one.furniture)
            or not words_outside(other.text, theirs, other.furniture),
        )
        for own, theirs in places
    )


def _span(text: str, start: int, end: int) -> Span:
    return Span("text", start, end, text[start:end])


def changes_in_words(relation: Relation, floor: float, *, words_decide: bool) -> tuple[str, ...]:
    """Return what would have changed whether the two count as one; *floor* is the least score.

    *words_decide* says that a copy like this binds two articles whatever their score.
    """
    lines = []
    if words_decide:
        lines.append(
            "it is a copy: that decides, whatever the sum is; further apart in time, or with less "
            "of either text in the other, only the sum would"
        )
    elif relation.is_copy:
        lines.append("it is a copy, but too far apart in time: only the sum decides")
    found = relation.score_sum
    if found is not None:
        lines += what_would_change(found.log_odds, found.parts, floor)
    return tuple(lines)


def headline(why: Why) -> str:
    """Say in one line what the one has to do with the other."""
    if why.relation is not None:
        words, one = why.relation.words, f"a{why.one.id}"
        if " of it stands in " in words:
            return words.replace(" of it ", f" of {one} ", 1)
        is_like = words.startswith(("the same", "nearly", "perhaps"))
        return f"{one} is {words}" if is_like else f"{one} {words}"
    return (
        f"a{why.one.id} and a{why.other.id} share no words and no event that count "
        f"(probability of one event {probability(why.weighed.score)})"
    )


def basis_in_words(why: Why) -> str:
    """Say by what the answer was found, in which version, and when."""
    found = why.weighed
    versions = f"method {found.method} {found.version}"
    if found.score_sum is not None:
        if found.relation != SAME_EVENT:
            versions += f", event score {found.score_sum.version}"
        if reason := found.score_sum.passages_left_out:
            versions += f" without the passages both have ({reason})"
    if why.linked_at is not None:
        stored = f"{versions}; link stored on {why.linked_at:%Y-%m-%d %H:%M} UTC"
        newer = [f"a{each.id}" for each in (why.one, why.other) if _is_newer(each, why.linked_at)]
        return f"{stored}, before the mask of {' and '.join(newer)}" if newer else stored
    waiting = [f"a{each.id}" for each in (why.one, why.other) if each.state == "extracted"]
    if waiting:
        verb = "is" if len(waiting) == 1 else "are"
        return f"{versions}; compared just now: {' and '.join(waiting)} {verb} not linked yet"
    if why.is_linked:
        return f"{versions}; compared just now: neither was found as a candidate for the other"
    return f"{versions}; compared just now: there is no link between them"


def _is_newer(asked: Asked, linked_at: datetime) -> bool:
    return asked.mask is not None and asked.mask.judged_at > linked_at


def coverage_in_words(why: Why) -> str:
    """Say how much of each text stands in the other; empty where they share no passage.

    The later one's words come from the earlier if both say when they were published.
    """
    found = why.weighed
    if found.coverage_self is None or found.coverage_other is None:
        return ""
    sides = [(why.one, found.coverage_self), (why.other, found.coverage_other)]
    (early, early_share), (late, late_share) = sorted(sides, key=lambda side: side[0].place)
    dates = early.decides_at, late.decides_at
    comes = "comes from" if None not in dates and dates[0] != dates[1] else "stands in"
    words = "word" if why.shared_words == 1 else "words"
    return (
        f"{percent(late_share)} of a{late.id} {comes} a{early.id}; "
        f"{percent(early_share)} of a{early.id} stands in a{late.id}; "
        f"{why.shared_words:,} shared {words}"
    )


def time_in_words(why: Why) -> str:
    """Say how far apart the two were published, or which has no date that may decide."""
    undated = [f"a{each.id}" for each in (why.one, why.other) if each.decides_at is None]
    if len(undated) == 2:
        return f"no date on {undated[0]} and none on {undated[1]}"
    if undated:
        return f"no date on {undated[0]}"
    days = why.weighed.days_apart
    if days is None:
        return "not compared by date"
    return {0: "on the same day", 1: "1 day apart"}.get(days, f"{days:,} days apart")


def mask_in_words(asked: Asked) -> str:
    """Say how much of a text is furniture, and by which mask."""
    if asked.mask is None:
        return "no furniture known"
    hidden = sum(end - start for start, end in asked.mask.spans)
    if not hidden:
        return f"no furniture (mask {asked.mask.version}, {asked.mask.method})"
    share = percent(hidden / max(1, len(asked.text)))
    return f"{share} furniture (mask {asked.mask.version}, {asked.mask.method})"
