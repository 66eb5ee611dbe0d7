"""The SSRF guard's decisions."""

import pytest

from services.alert.addresses import AllowList, parse_allow_list, refusal_of

NOBODY = AllowList()

REFUSED = {
    "loopback": "127.0.0.1",
    "loopback, not the usual one": "127.8.9.1",
    "private ten": "10.0.0.1",
    "private 172": "172.16.5.4",
    "private 192": "192.168.1.1",
    "link-local, cloud metadata": "169.254.169.254",
    "carrier-grade NAT": "100.64.0.1",
    "this network": "0.0.0.0",
    "multicast": "224.0.0.251",
    "multicast that Python calls global": "239.1.2.3",
    "broadcast": "255.255.255.255",
    "reserved": "240.0.0.1",
    "documentation": "192.0.2.1",
    "protocol assignments": "192.0.0.8",
    "benchmarking": "198.18.0.1",
    "v6 loopback": "::1",
    "v6 unspecified": "::",
    "v6 unique local": "fd00::1",
    "v6 link-local": "fe80::1",
    "v6 link-local with a zone": "fe80::1%eth0",
    "v6 site-local": "fec0::1",
    "v6 multicast": "ff02::1",
    "v6 documentation": "2001:db8::1",
    "v6 documentation, the new one": "3fff::1",
    "v4-mapped loopback": "::ffff:127.0.0.1",
    "v4-mapped metadata": "::ffff:169.254.169.254",
    "v4-compatible loopback": "::127.0.0.1",
    "NAT64 of a private address": "64:ff9b::10.0.0.1",
    "local NAT64": "64:ff9b:1::8.8.8.8",
    "6to4 of a private address": "2002:0a00:0001::1",
    "Teredo of a private client": "2001:0:4136:e378:8000:63bf:f5ff:fffe",
    "not an address": "localhost",
}

PUBLIC = {
    "v4": "8.8.8.8",
    "v6": "2606:4700:4700::1111",
    "v4-mapped": "::ffff:8.8.8.8",
    "NAT64": "64:ff9b::8.8.8.8",
}


@pytest.mark.parametrize("address", REFUSED.values(), ids=REFUSED)
def test_address_that_is_not_public_is_refused(address):
    why = refusal_of("receiver.test", [address], NOBODY)

    assert why is not None
    assert address in why


@pytest.mark.parametrize("address", PUBLIC.values(), ids=PUBLIC)
def test_public_address_is_reached(address):
    assert refusal_of("receiver.test", [address], NOBODY) is None


def test_one_bad_address_refuses_the_host():
    assert refusal_of("receiver.test", ["8.8.8.8", "10.0.0.1"], NOBODY) is not None


def test_host_without_an_address_is_refused_even_when_allowed():
    assert refusal_of("hook", [], parse_allow_list(["hook"])) is not None


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        pytest.param("hooks.internal", "Hooks.Internal.", "10.0.0.1", id="host, whatever its case"),
        pytest.param("10.0.0.0/8", "anything", "10.1.2.3", id="network"),
        pytest.param(" 127.0.0.1 ", "localhost", "127.0.0.1", id="single address"),
        pytest.param("fd00::/8", "six", "fd12::1", id="v6 network"),
        pytest.param("10.0.0.0/8", "mapped", "::ffff:10.1.2.3", id="v4-mapped form of the network"),
    ],
)
def test_allow_list_opens_what_it_names(entry, host, address):
    assert refusal_of(host, [address], parse_allow_list([entry])) is None


@pytest.mark.parametrize(
    ("entry", "host", "address"),
    [
        pytest.param("hooks.internal", "evil.hooks.internal", "10.0.0.1", id="a subdomain"),
        pytest.param("10.0.0.0/16", "anything", "10.1.0.1", id="next to the network"),
        pytest.param("::/0", "anything", "127.0.0.1", id="other family"),
    ],
)
def test_allow_list_opens_nothing_else(entry, host, address):
    assert refusal_of(host, [address], parse_allow_list([entry])) is not None


@pytest.mark.parametrize("entry", ["10.0.0.1/8", "*.internal", "", "a/b"])
def test_allow_list_entry_that_is_no_host_and_no_network_is_named(entry):
    with pytest.raises(ValueError, match="neither a host name nor a network"):
        parse_allow_list([entry])
