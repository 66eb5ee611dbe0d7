"""Decide whether an outgoing connection may go to an address: the pure part of the SSRF guard.

Everything that is not a public unicast address is refused, also when it hides inside an IPv6 form
(RFC 4291 mapped and compatible, RFC 3056 6to4, RFC 4380 Teredo, RFC 6052 NAT64).
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from ipaddress import (
    IPv4Address,
    IPv4Network,
    IPv6Address,
    IPv6Network,
    ip_address,
    ip_network,
)

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

_NAT64 = IPv6Network("64:ff9b::/96")
# Not public, though Python 3.11 calls some of them global (IANA special-purpose registries).
_NOT_PUBLIC: tuple[Network, ...] = (
    IPv4Network("192.0.0.0/24"),
    IPv4Network("192.88.99.0/24"),
    IPv6Network("::/96"),
    IPv6Network("64:ff9b:1::/48"),
    IPv6Network("2001::/23"),
    IPv6Network("3fff::/20"),
    IPv6Network("5f00::/16"),
    IPv6Network("fec0::/10"),
)


@dataclass(frozen=True, slots=True)
class AllowList:
    """Hosts (exact names, lower case) and networks that may be reached although not public."""

    hosts: frozenset[str] = frozenset()
    networks: tuple[Network, ...] = ()


def parse_allow_list(entries: Iterable[str]) -> AllowList:
    """Read host names, addresses and networks (`10.1.0.0/16`).

    Raises ValueError naming the entry.
    """
    hosts, networks = set(), []
    for entry in (raw.strip() for raw in entries):
        try:
            networks.append(ip_network(entry))
        except ValueError:
            if "/" in entry or "*" in entry or not entry:
                message = f"allow-list entry {entry!r} is neither a host name nor a network"
                raise ValueError(message) from None
            hosts.add(host_name(entry))
    return AllowList(frozenset(hosts), tuple(networks))


def host_name(host: str) -> str:
    """Return *host* as it is compared: lower case, without the root's dot."""
    return host.lower().removesuffix(".")


def refusal_of(host: str, addresses: Sequence[str], allowed: AllowList) -> str | None:
    """Say why *host*, which resolved to *addresses*, may not be reached; None when it may.

    One bad address refuses the host: choosing the good ones would let a resolver play with us.
    An allow-listed host may resolve to anything. No address at all is refused too.
    """
    if not addresses:
        return "the name has no address"
    if host_name(host) in allowed.hosts:
        return None
    return next((why for text in addresses if (why := _refusal(text, allowed)) is not None), None)


def _refusal(text: str, allowed: AllowList) -> str | None:
    try:
        address = ip_address(text)
    except ValueError:
        return f"{text!r} is not an address"
    inner = _embedded(address)
    if any(inner in network for network in allowed.networks if network.version == inner.version):
        return None
    why = _not_public(inner)
    return None if why is None else f"{text} is {why}, not a public address"


def _embedded(address: Address) -> Address:
    """Return the IPv4 address that a router would really be asked for, else *address* itself."""
    if isinstance(address, IPv4Address):
        return address
    if address in _NAT64:
        return IPv4Address(int(address) & 0xFFFFFFFF)
    teredo = address.teredo
    return address.ipv4_mapped or address.sixtofour or (teredo[1] if teredo else address)


def _not_public(address: Address) -> str | None:
    claims = (
        ("unspecified", address.is_unspecified),
        ("loopback", address.is_loopback),
        ("link-local", address.is_link_local),
        ("multicast", address.is_multicast),
        ("special-purpose", _is_special(address)),
        ("private", address.is_private),
        ("reserved", address.is_reserved or not address.is_global),
    )
    return next((name for name, holds in claims if holds), None)


def _is_special(address: Address) -> bool:
    return any(address in network for network in _NOT_PUBLIC if network.version == address.version)
