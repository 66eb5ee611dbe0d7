"""What every channel keeps to: the message it is given, the receipt or error it answers with.

`send` tries once and answers within `ChannelSettings.deadline_seconds`; retries are decided
elsewhere. The same message may come again with the same id, and must then carry the same id again.
No error, receipt or repr holds a secret: neither a key, nor an address beyond its host.
"""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Protocol

from services.alert.addresses import AllowList
from services.alert.channels.resolving import Resolve, resolve_by_system
from services.alert.retries import DeliveryFailure, FailureKind
from shared.errors import SettingsError


@dataclass(frozen=True, slots=True)
class OutgoingMessage:
    """One frozen message. `id` is its UUID, stable over attempts; `body` the exact JSON bytes."""

    id: str
    created_at: datetime
    body: bytes
    text: str
    subject: str = ""


@dataclass(frozen=True, slots=True)
class Receipt:
    """The other side has the message; `detail` is its answer in words."""

    detail: str


@dataclass(frozen=True, slots=True)
class ChannelSettings:
    """What the operator decides for all channels; a channel's own config cannot widen it.

    `folder` holds the files of file channels, each rotated at `rotate_bytes`. `allowed` is who may
    be reached although not public. `tls` replaces the system's trust store.
    """

    folder: Path
    allowed: AllowList = field(default_factory=AllowList)
    rotate_bytes: int = 50_000_000
    deadline_seconds: float = 10.0
    resolve: Resolve = resolve_by_system
    tls: ssl.SSLContext | None = None


class DeliveryError(Exception):
    """An attempt failed; `failure` says how, as `retries.after_failure` takes it."""

    def __init__(
        self,
        kind: FailureKind,
        detail: str,
        *,
        status: int | None = None,
        retry_after_seconds: float | None = None,
    ) -> None:
        super().__init__(detail)
        self.failure = DeliveryFailure(kind, detail, status, retry_after_seconds)

    @property
    def kind(self) -> FailureKind:
        """What went wrong."""
        return self.failure.kind

    @property
    def is_retryable(self) -> bool:
        """Whether the same attempt may work later."""
        return self.failure.is_retryable


class ChannelConfigError(SettingsError):
    """A channel's config is wrong; names the key, never a secret value."""


class Channel(Protocol):
    """One configured way to reach someone."""

    def send(self, message: OutgoingMessage, *, attempted_at: datetime) -> Receipt:
        """Try once to deliver *message*. Raises DeliveryError."""


def refuse_unknown_keys(kind: str, config: Mapping[str, object], known: frozenset[str]) -> None:
    """Raise ChannelConfigError when *config* has a key that the channel *kind* does not know."""
    unknown = sorted(set(config) - known)
    if unknown:
        names = ", ".join(repr(key) for key in unknown)
        raise ChannelConfigError(f"{kind} channel: unknown {names}; known: {_list(known)}")


def required_text(kind: str, config: Mapping[str, object], key: str) -> str:
    """Return the text under *key*. Raises ChannelConfigError when it is missing or not a text."""
    value = config.get(key)
    if not isinstance(value, str) or not value:
        raise ChannelConfigError(f"{kind} channel: {key} is missing or not a text")
    return value


def _list(keys: frozenset[str]) -> str:
    return ", ".join(sorted(keys))
