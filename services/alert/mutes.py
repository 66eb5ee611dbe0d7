"""Mutes: what holds deliveries of a rule, story, topic, outlet or channel until a time. Pure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class MuteKind(StrEnum):
    """What a mute names."""

    RULE = "rule"
    STORY = "story"
    TOPIC = "topic"
    OUTLET = "outlet"
    CHANNEL = "channel"


@dataclass(frozen=True, slots=True)
class Mute:
    """Holds deliveries of one target until a time.

    `target` is the id of a rule, story or channel, or the name of a topic or outlet.
    """

    kind: MuteKind
    target: int | str
    until: datetime
    owner: str
    reason: str
    id: int | None = None


@dataclass(frozen=True, slots=True)
class MuteSubject:
    """What mutes may name of one delivery.

    `topics` are topic ids with all their parents, `outlets` the outlet's name and its aliases.
    """

    rule_id: int | None
    story_id: int
    channel_id: int | None
    topics: frozenset[str]
    outlets: tuple[str, ...]


def find_holding(mutes: Iterable[Mute], subject: MuteSubject, now: datetime) -> list[Mute]:
    """Return the mutes that hold *subject* at *now*, the one that ends last first."""
    holding = [mute for mute in mutes if mute.until > now and _names(mute, subject)]
    return sorted(holding, key=lambda mute: (mute.until, mute.id or 0), reverse=True)


def _names(mute: Mute, subject: MuteSubject) -> bool:
    if mute.kind is MuteKind.TOPIC:
        return mute.target in subject.topics
    if mute.kind is MuteKind.OUTLET:
        return str(mute.target).casefold() in {name.casefold() for name in subject.outlets}
    ids = {
        MuteKind.RULE: subject.rule_id,
        MuteKind.STORY: subject.story_id,
        MuteKind.CHANNEL: subject.channel_id,
    }
    return mute.target == ids[mute.kind]
