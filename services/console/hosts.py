"""Where the console may listen, and which Host headers it answers to. Pure.

Loopback alone does not keep strangers out: a page on the web can point its own name at 127.0.0.1
(DNS rebinding) and read what a local server answers. Its requests still carry that name in the Host
header, so only known names are answered.
"""

from __future__ import annotations

import ipaddress
import re
from collections.abc import Sequence
from dataclasses import dataclass

# RFC 9110 section 7.2: a name, an IPv4 address or a bracketed IPv6 address, and a port or none.
_HOST = re.compile(r"(\[[0-9A-Fa-f:.%]{2,64}\]|[A-Za-z0-9._-]{1,253})(?::[0-9]{0,5})?\Z")
_SHOWN_CHARACTERS = 80


@dataclass(frozen=True, slots=True)
class Refusal:
    """The status and the plain line with which a request is turned away."""

    status: int
    line: str


def is_loopback(host: str) -> bool:
    """Return whether an address to listen on is reachable from this machine only.

    A name other than `localhost` counts as reachable: what it resolves to may change.
    """
    name = host.strip().removeprefix("[").removesuffix("]").lower()
    if name == "localhost":
        return True
    try:
        return ipaddress.ip_address(name).is_loopback
    except ValueError:
        return False


def refuse_listening(host: str, *, trust_network: bool) -> str | None:
    """Return why the console must not listen on *host*, or None when it may."""
    if is_loopback(host) or trust_network:
        return None
    return (
        f"console.host {host}: the console has no accounts, so it listens on loopback only "
        "(127.0.0.1, ::1 or localhost); set console.trust_network to true where something else "
        "guards the port"
    )


def host_name(header: str) -> str | None:
    """Return the name in a Host header, lower case and without port, or None if it is none."""
    found = _HOST.match(header.strip())
    return found[1].lower().removesuffix(".") if found else None


def refuse_host(headers: Sequence[str], allowed: Sequence[str]) -> Refusal | None:
    """Return how to refuse a request with these Host *headers*, or None when it may be answered.

    *allowed* are names or addresses; ports are ignored on both sides.
    """
    if len(headers) != 1:
        return Refusal(400, f"expected one Host header, got {len(headers)}")
    name = host_name(headers[0])
    if name is None:
        return Refusal(400, "the Host header is not a host name")
    if name in {host_name(each) for each in allowed}:
        return None
    return Refusal(
        421,
        f"this console does not answer to {name[:_SHOWN_CHARACTERS]}: "
        "add the name to console.allowed_hosts",
    )
