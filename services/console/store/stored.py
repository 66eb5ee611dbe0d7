"""Rules, channels and subscriptions as they are stored, by name. Pure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

SubscriptionKey = tuple[str, str, str]  # rule name, subscriber, channel name


@dataclass(frozen=True, slots=True)
class StoredRule:
    """A rule as it is stored."""

    id: int
    origin: str
    query: str
    owner: str | None
    note: str | None
    state: str


@dataclass(frozen=True, slots=True)
class StoredChannel:
    """A channel as it is stored."""

    id: int
    origin: str
    kind: str
    config: Mapping[str, Any]
    state: str
    state_reason: str | None


@dataclass(frozen=True, slots=True)
class StoredSubscription:
    """A subscription as it is stored."""

    id: int
    origin: str
    mode: str
    old_material: bool
    state: str


@dataclass(frozen=True, slots=True)
class Stored:
    """Everything stored, by name."""

    rules: Mapping[str, StoredRule]
    channels: Mapping[str, StoredChannel]
    subscriptions: Mapping[SubscriptionKey, StoredSubscription]
