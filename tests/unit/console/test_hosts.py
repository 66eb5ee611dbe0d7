"""Where the console may listen, and whom it answers."""

import pytest

from services.console.hosts import host_name, is_loopback, refuse_host, refuse_listening

ALLOWED = ["localhost", "127.0.0.1", "[::1]", "news.example.org:8443"]


@pytest.mark.parametrize(
    ("host", "expected"),
    [
        pytest.param("127.0.0.1", True, id="ipv4"),
        pytest.param("127.8.9.10", True, id="the whole of 127/8"),
        pytest.param("::1", True, id="ipv6"),
        pytest.param("[::1]", True, id="ipv6 in brackets"),
        pytest.param("LocalHost", True, id="localhost in any case"),
        pytest.param("0.0.0.0", False, id="every address"),
        pytest.param("::", False, id="every ipv6 address"),
        pytest.param("192.168.1.4", False, id="a private network is a network"),
        pytest.param("localhost.example.org", False, id="a name that only begins like it"),
        pytest.param("", False, id="empty: every address"),
    ],
)
def test_an_address_is_loopback_or_not(host, expected):
    assert is_loopback(host) is expected


def test_listening_beyond_loopback_is_refused_with_what_to_set():
    refusal = refuse_listening("0.0.0.0", trust_network=False)

    assert refusal is not None
    assert refusal.startswith("console.host 0.0.0.0:")
    assert "console.trust_network" in refusal


def test_listening_beyond_loopback_is_allowed_when_the_network_is_trusted():
    assert refuse_listening("0.0.0.0", trust_network=True) is None
    assert refuse_listening("127.0.0.1", trust_network=False) is None


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param(["localhost"], None, id="a listed name"),
        pytest.param(["LOCALHOST:8300"], None, id="any case, any port"),
        pytest.param(["localhost."], None, id="the dot of the root"),
        pytest.param(["127.0.0.1:80"], None, id="ipv4 with port"),
        pytest.param(["[::1]:8300"], None, id="ipv6 with port"),
        pytest.param(["news.example.org"], None, id="a port in the list is ignored"),
        pytest.param(["evil.example"], 421, id="a foreign name"),
        pytest.param(["localhost.evil.example"], 421, id="a foreign name that begins like ours"),
        pytest.param(["127.0.0.1.evil.example:8300"], 421, id="a foreign name like an address"),
        pytest.param(["127.0.0.2"], 421, id="a loopback address that is not listed"),
        pytest.param([], 400, id="no header"),
        pytest.param(["localhost", "evil.example"], 400, id="two headers"),
        pytest.param([""], 400, id="empty"),
        pytest.param(["localhost/..@evil"], 400, id="not a host name"),
        pytest.param(["localhost:80:90"], 400, id="two ports"),
        pytest.param(["user@localhost"], 400, id="with a user"),
        pytest.param(["local\nhost"], 400, id="with a line break"),
    ],
)
def test_a_host_header_is_answered_or_refused(headers, status):
    refusal = refuse_host(headers, ALLOWED)

    assert (refusal.status if refusal else None) == status


def test_a_long_foreign_name_is_not_repeated_whole():
    refusal = refuse_host(["a" * 250], ALLOWED)

    assert refusal is not None
    assert len(refusal.line) < 200


def test_the_name_of_a_header_is_lower_case_and_without_port():
    assert host_name("News.Example.org:8300") == "news.example.org"
    assert host_name("[::1]:8300") == "[::1]"
