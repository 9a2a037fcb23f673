"""Where a request comes from, decided from the socket peer alone.

A header is believed only as far as the proxies that we configured ourselves wrote it: the list
is walked from the right, and the first address that is no trusted proxy is the visitor. Anything
malformed refuses, because a guess here opens the wall.
"""

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
from typing import Literal

Address = IPv4Address | IPv6Address
Network = IPv4Network | IPv6Network

MAX_HOPS = 10
"""Addresses read from one forwarding header; a longer one is refused."""

Refusal = Literal["no_peer", "bad_peer", "header_repeated", "header_malformed", "header_too_long"]


class ZoneRefused(ValueError):
    """The request does not say credibly where it comes from. `code` says why."""

    def __init__(self, code: Refusal) -> None:
        super().__init__(code)
        self.code: Refusal = code


@dataclass(frozen=True)
class Zones:
    """Which addresses are inside, and which proxies may speak for others.

    `approved` None means that the process may be reached from anywhere.
    """

    approved: tuple[Network, ...] | None
    trusted: tuple[Network, ...] = ()

    def is_inside(self, address: Address) -> bool:
        """Whether this visitor is on an approved network."""
        return self.approved is None or _within(address, self.approved)


def parse_networks(text: str) -> tuple[Network, ...]:
    """Networks from a comma-separated list of CIDR blocks. Raises: ValueError."""
    parts = (part.strip() for part in text.split(","))
    return tuple(ip_network(part) for part in parts if part)


def parse_address(text: str) -> Address:
    """An address, with IPv4 written inside IPv6 brought back to IPv4. Raises: ValueError."""
    if "%" in text:
        message = "scoped address"
        raise ValueError(message)
    address = ip_address(text)
    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    return mapped or address


def visitor_address(
    peer: str | None, forwarded: Sequence[str], *, trusted: Iterable[Network]
) -> Address:
    """The address of the visitor behind our own proxies.

    `forwarded` holds each X-Forwarded-For header as it came. Raises: ZoneRefused.
    """
    trusted = tuple(trusted)
    address = _peer_address(peer)
    if not _within(address, trusted) or not forwarded:
        return address
    if len(forwarded) > 1:
        raise ZoneRefused("header_repeated")
    hops = forwarded[0].split(",")
    if len(hops) > MAX_HOPS:
        raise ZoneRefused("header_too_long")
    for hop in reversed(hops):
        address = _hop_address(hop)
        if not _within(address, trusted):
            break
    return address


def _peer_address(peer: str | None) -> Address:
    if not peer:
        raise ZoneRefused("no_peer")
    try:
        return parse_address(peer)
    except ValueError:
        raise ZoneRefused("bad_peer") from None


def _hop_address(hop: str) -> Address:
    try:
        return parse_address(hop.strip(" \t"))
    except ValueError:
        raise ZoneRefused("header_malformed") from None


def _within(address: Address, networks: Iterable[Network]) -> bool:
    return any(address.version == network.version and address in network for network in networks)
