"""The webhook channel: POST the message's exact bytes, signed, to one URL.

Config: `url` (https or http), `secrets` (one or more `whsec_…`, the newest first; while a secret is
being replaced list both, and every message carries both signatures).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from services import __version__
from services.alert.channels.contract import (
    ChannelConfigError,
    ChannelSettings,
    DeliveryError,
    OutgoingMessage,
    Receipt,
    refuse_unknown_keys,
    required_text,
)
from services.alert.channels.guarded_http import Answer, Target, parse_target, post
from services.alert.channels.signing import decode_secret, signature_headers
from services.alert.message import one_line
from services.alert.retries import FailureKind, kind_of_http_status

KIND = "webhook"
MAX_SECRETS = 5
MAX_EXCERPT_CHARACTERS = 200
# Shorter pieces of a path are words, not tokens.
MIN_TOKEN_CHARACTERS = 8


@dataclass(frozen=True, slots=True)
class WebhookConfig:
    """Where to post and the signing keys, neither of which shows in a repr."""

    target: Target
    keys: tuple[bytes, ...] = field(repr=False)

    @classmethod
    def from_config(cls, config: Mapping[str, object]) -> WebhookConfig:
        """Read a channel's stored config. Raises ChannelConfigError naming the key."""
        refuse_unknown_keys(KIND, config, frozenset({"url", "secrets"}))
        try:
            target = parse_target(required_text(KIND, config, "url"))
        except ValueError as error:
            raise ChannelConfigError(f"{KIND} channel: url {error}") from None
        return cls(target, _keys(config.get("secrets")))


def _keys(secrets: object) -> tuple[bytes, ...]:
    if not isinstance(secrets, list | tuple) or not 1 <= len(secrets) <= MAX_SECRETS:
        raise ChannelConfigError(f"{KIND} channel: secrets must be a list of 1 to {MAX_SECRETS}")
    keys = []
    for number, secret in enumerate(secrets, start=1):
        try:
            keys.append(decode_secret(str(secret)))
        except ValueError as error:
            raise ChannelConfigError(f"{KIND} channel: secret {number} {error}") from None
    return tuple(keys)


class WebhookChannel:
    """Posts to one receiver."""

    def __init__(self, config: WebhookConfig, settings: ChannelSettings) -> None:
        self._config = config
        self._settings = settings

    def __repr__(self) -> str:
        return f"WebhookChannel({self._config.target.place})"

    def send(self, message: OutgoingMessage, *, attempted_at: datetime) -> Receipt:
        """POST once. Any 2xx is a receipt, anything else a DeliveryError."""
        target = self._config.target
        try:
            signed = signature_headers(message.id, attempted_at, message.body, self._config.keys)
        except ValueError as error:
            raise DeliveryError(FailureKind.MISCONFIGURED, str(error)) from None
        headers = {
            **signed,
            "Content-Type": "application/json",
            "User-Agent": f"newswatch/{__version__}",
        }
        answer = post(target, headers, message.body, self._settings)
        said = _in_words(answer, target)
        if 200 <= answer.status < 300:
            return Receipt(said)
        raise DeliveryError(
            kind_of_http_status(answer.status),
            said,
            status=answer.status,
            retry_after_seconds=_retry_after_seconds(answer.headers, attempted_at),
        )


def open_channel(config: Mapping[str, object], settings: ChannelSettings) -> WebhookChannel:
    """Open a webhook channel. Raises ChannelConfigError."""
    return WebhookChannel(WebhookConfig.from_config(config), settings)


def _in_words(answer: Answer, target: Target) -> str:
    text = one_line(answer.body.decode("utf-8", "replace"))
    for token in _tokens(target):
        text = text.replace(token, "[hidden]")
    cut = "" if answer.is_whole else " (answer not read to its end)"
    if len(text) > MAX_EXCERPT_CHARACTERS:
        cut = f" … ({len(text) - MAX_EXCERPT_CHARACTERS} more characters){cut}"
    said = f": {text[:MAX_EXCERPT_CHARACTERS]}" if text else ""
    redirect = ", a redirect, which is never followed" if 300 <= answer.status < 400 else ""
    return f"{target.place} answered {answer.status}{redirect}{said}{cut}"


def _tokens(target: Target) -> list[str]:
    """Return the parts of the path that may be a token, which an error page may repeat to us."""
    path, _, query = target.path.partition("?")
    pieces = [*path.split("/"), *(pair.partition("=")[2] for pair in query.split("&"))]
    return [piece for piece in pieces if len(piece) >= MIN_TOKEN_CHARACTERS]


def _retry_after_seconds(headers: Mapping[str, str], now: datetime) -> float | None:
    """Read Retry-After: seconds or an HTTP date (RFC 9110, 10.2.3). Nonsense counts as absent."""
    value = headers.get("retry-after", "").strip()
    if value.isascii() and value.isdigit() and len(value) < 10:
        return float(value)
    try:
        at = parsedate_to_datetime(value)
    except ValueError:
        return None
    return max(0.0, ((at if at.tzinfo else at.replace(tzinfo=UTC)) - now).total_seconds())
