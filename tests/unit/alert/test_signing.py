"""Standard Webhooks signatures, checked by the standardwebhooks library."""

import base64
from datetime import UTC, datetime

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from services.alert.channels.signing import decode_secret, signature_headers

OLD = "whsec_" + base64.b64encode(b"o" * 32).decode()
NEW = "whsec_" + base64.b64encode(b"n" * 24).decode().rstrip("=")
BODY = '{"title":"Thủ đô"}'.encode()
MESSAGE_ID = "0b1f6c1e-4d2a-4c86-9f6e-2f1f0d3c5a77"


def sign(*secrets: str, body: bytes = BODY) -> dict[str, str]:
    now = datetime.now(UTC)
    return dict(signature_headers(MESSAGE_ID, now, body, [decode_secret(s) for s in secrets]))


@pytest.mark.parametrize("secret", [OLD, NEW], ids=["padded", "unpadded"])
def test_library_verifies_our_signature(secret):
    assert Webhook(secret).verify(BODY, sign(secret)) == {"title": "Thủ đô"}


@pytest.mark.parametrize("known", [OLD, NEW], ids=["receiver has the old", "receiver has the new"])
def test_both_secrets_verify_while_they_rotate(known):
    assert Webhook(known).verify(BODY, sign(NEW, OLD))


def test_changed_body_does_not_verify():
    with pytest.raises(WebhookVerificationError):
        Webhook(OLD).verify(BODY + b" ", sign(OLD))


@pytest.mark.parametrize(
    ("secret", "words"),
    [
        pytest.param("c2VjcmV0LXRoYXQtaXMtbG9uZy1lbm91Z2g=", "must start with whsec_", id="bare"),
        pytest.param("whsec_!!!", "not base64", id="not base64"),
        pytest.param("whsec_ünïcode", "not base64", id="not ASCII"),
        pytest.param("whsec_c2VjcmV0", "24 to 64 bytes, has 6", id="short"),
    ],
)
def test_bad_secret_is_refused_without_repeating_it(secret, words):
    with pytest.raises(ValueError, match=words) as caught:
        decode_secret(secret)

    assert secret.removeprefix("whsec_") not in str(caught.value)


@pytest.mark.parametrize("message_id", ["a\r\nX-Evil: 1", "a.b", "", "é"])
def test_message_id_cannot_inject_a_header(message_id):
    with pytest.raises(ValueError, match="header"):
        signature_headers(message_id, datetime.now(UTC), BODY, [b"k" * 24])
