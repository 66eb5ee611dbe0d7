"""What a channel's stored config may hold, and what its errors may not repeat."""

import base64
from pathlib import Path

import pytest

from services.alert.channels import CHANNELS
from services.alert.channels.contract import ChannelConfigError, ChannelSettings
from services.alert.channels.guarded_http import parse_target
from services.alert.channels.webhook import WebhookConfig

SECRET = "whsec_" + base64.b64encode(b"k" * 32).decode()
URL = "https://user-facing.test/hook/T0KEN-SECRET?key=ANOTHER-SECRET"
SETTINGS = ChannelSettings(folder=Path("unused"))


@pytest.mark.parametrize(
    ("kind", "config", "words"),
    [
        pytest.param("webhook", {}, "url is missing", id="webhook without url"),
        pytest.param("webhook", {"url": 5}, "url is missing or not a text", id="url a number"),
        pytest.param("webhook", {"url": URL}, "secrets must be a list", id="no secrets"),
        pytest.param(
            "webhook", {"url": URL, "secrets": SECRET}, "must be a list", id="bare secret"
        ),
        pytest.param("webhook", {"url": URL, "secrets": []}, "list of 1 to 5", id="empty list"),
        pytest.param("webhook", {"url": URL, "secrets": [SECRET] * 6}, "1 to 5", id="too many"),
        pytest.param(
            "webhook", {"url": URL, "secrets": [SECRET, "x"]}, "secret 2 must", id="bad second"
        ),
        pytest.param(
            "webhook", {"url": URL, "secret": SECRET}, "unknown 'secret'", id="misspelt key"
        ),
        pytest.param("file", {}, "name is missing", id="file without name"),
        pytest.param("file", {"name": "a", "folder": "/etc"}, "unknown 'folder'", id="own folder"),
        pytest.param("file", {"name": "../a"}, "no folder", id="parent"),
        pytest.param("file", {"name": "/etc/passwd"}, "no folder", id="absolute"),
        pytest.param("file", {"name": "a/b"}, "no folder", id="folder"),
        pytest.param("file", {"name": ".."}, "no folder", id="dots"),
        pytest.param("file", {"name": ".hidden"}, "no folder", id="hidden"),
        pytest.param("file", {"name": "a\x00b"}, "no folder", id="NUL"),
        pytest.param("file", {"name": "a\n"}, "no folder", id="newline"),
        pytest.param("file", {"name": "a.jsonl.3"}, "names its own files", id="rotated name"),
        pytest.param("file", {"name": "a.lock"}, "names its own files", id="lock name"),
    ],
)
def test_wrong_config_is_refused_with_its_key(kind, config, words):
    with pytest.raises(ChannelConfigError, match=words) as caught:
        CHANNELS[kind](config, SETTINGS)

    assert "SECRET" not in str(caught.value)
    assert SECRET not in str(caught.value)


@pytest.mark.parametrize(
    "url",
    [
        pytest.param("ftp://host/", id="other scheme"),
        pytest.param("file:///etc/passwd", id="file"),
        pytest.param("https:///path", id="no host"),
        pytest.param("https://me:pw@host/", id="password"),
        pytest.param("https://me@host/", id="user"),
        pytest.param("https://host/a b", id="space"),
        pytest.param("https://host/\r\nX-Evil: 1", id="line break"),
        pytest.param("https://höst/", id="not ASCII"),
        pytest.param("https://host:0/", id="port 0"),
        pytest.param("https://host:99999/", id="port too high"),
        pytest.param("https://[::1/", id="broken brackets"),
        pytest.param("https://[fe80::1%25eth0]/", id="zone"),
        pytest.param("https://host/" + "a" * 2000, id="too long"),
    ],
)
def test_url_that_cannot_be_posted_to_is_refused_unrepeated(url):
    with pytest.raises(ValueError) as caught:
        parse_target(url)

    assert url not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "authority", "path"),
    [
        pytest.param("https://host", "host", "/", id="bare"),
        pytest.param(
            "https://HOST:443/a?b=c#d", "host", "/a?b=c", id="default port, query, fragment"
        ),
        pytest.param("http://host:8080/?x", "host:8080", "/?x", id="own port"),
        pytest.param("http://[2001:DB8::1]:81/", "[2001:db8::1]:81", "/", id="v6"),
    ],
)
def test_url_is_read_into_its_parts(url, authority, path):
    target = parse_target(url)

    assert (target.authority, target.path) == (authority, path)


def test_no_secret_shows_in_a_repr():
    config = {"url": URL, "secrets": [SECRET]}
    shown = repr(WebhookConfig.from_config(config)) + repr(CHANNELS["webhook"](config, SETTINGS))

    assert "SECRET" not in shown
    assert SECRET not in shown
    assert "kkkk" not in shown
    assert "user-facing.test" in shown
