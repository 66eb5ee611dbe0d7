"""Sign webhook messages as Standard Webhooks 1.0 asks (standardwebhooks.com). Pure."""

from __future__ import annotations

import base64
import binascii
import hashlib
import hmac
import re
from collections.abc import Mapping, Sequence
from datetime import datetime

SECRET_PREFIX = "whsec_"  # noqa: S105 - the public prefix of every secret, not one of them
MIN_KEY_BYTES = 24
MAX_KEY_BYTES = 64
_MESSAGE_ID = re.compile(r"[A-Za-z0-9_-]{1,100}")


def decode_secret(secret: str) -> bytes:
    """Return the key in `whsec_` + base64 (24 to 64 bytes).

    Raises ValueError with a reason that does not repeat the secret.
    """
    encoded = secret.removeprefix(SECRET_PREFIX)
    if encoded == secret:
        raise ValueError(f"must start with {SECRET_PREFIX}")
    try:
        key = base64.b64decode(encoded + "=" * (-len(encoded) % 4), validate=True)
    except (binascii.Error, ValueError):
        raise ValueError(f"is not base64 after {SECRET_PREFIX}") from None
    if not MIN_KEY_BYTES <= len(key) <= MAX_KEY_BYTES:
        raise ValueError(f"must hold {MIN_KEY_BYTES} to {MAX_KEY_BYTES} bytes, has {len(key)}")
    return key


def signature_headers(
    message_id: str, attempted_at: datetime, body: bytes, keys: Sequence[bytes]
) -> Mapping[str, str]:
    """Return the three headers for one attempt; one signature a key, so that secrets can rotate.

    Raises ValueError when *message_id* could not stand in a header.
    """
    if not _MESSAGE_ID.fullmatch(message_id):
        raise ValueError("message id has characters that cannot stand in a header")
    timestamp = str(int(attempted_at.timestamp()))
    signed = b".".join((message_id.encode(), timestamp.encode(), body))
    signatures = (base64.b64encode(hmac.digest(key, signed, hashlib.sha256)) for key in keys)
    return {
        "webhook-id": message_id,
        "webhook-timestamp": timestamp,
        "webhook-signature": " ".join(f"v1,{signature.decode()}" for signature in signatures),
    }
