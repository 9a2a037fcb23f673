"""Where a request comes from, and what cannot be forged."""

from ipaddress import ip_address

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_kit.http.zones import (
    MAX_HOPS,
    ZoneRefused,
    Zones,
    parse_networks,
    visitor_address,
)

PROXIES = parse_networks("10.0.0.0/24, fd00::/64")


def test_peer_alone_counts_when_it_is_no_proxy() -> None:
    """A visitor that writes the header itself is still its own peer address."""
    assert str(visitor_address("203.0.113.5", ["10.8.0.1"], trusted=PROXIES)) == "203.0.113.5"


def test_header_is_walked_from_the_right() -> None:
    """What is left of the first untrusted hop was written by the visitor, and is ignored."""
    found = visitor_address("10.0.0.2", ["10.8.0.1, 203.0.113.9, 10.0.0.3"], trusted=PROXIES)
    assert str(found) == "203.0.113.9"


def test_all_hops_trusted_gives_the_leftmost() -> None:
    """A request that began on a proxy is that proxy's."""
    assert str(visitor_address("10.0.0.2", ["10.0.0.9,10.0.0.3"], trusted=PROXIES)) == "10.0.0.9"


@pytest.mark.parametrize("spelling", ["::ffff:10.8.0.1", "::FFFF:0a08:0001"])
def test_mapped_addresses_are_ipv4(spelling: str) -> None:
    """IPv4 inside IPv6 is the IPv4 address, in any spelling."""
    zones = Zones(parse_networks("10.8.0.0/16"))
    assert zones.is_inside(visitor_address(spelling, [], trusted=()))


@pytest.mark.parametrize(
    ("peer", "headers", "code"),
    [
        (None, [], "no_peer"),
        ("", [], "no_peer"),
        ("unix", [], "bad_peer"),
        ("fe80::1%eth0", [], "bad_peer"),
        ("10.0.0.2", ["10.8.0.1", "10.8.0.1"], "header_repeated"),
        ("10.0.0.2", [""], "header_malformed"),
        ("10.0.0.2", ["10.8.0.1,"], "header_malformed"),
        ("10.0.0.2", ["10.8.0.1:80"], "header_malformed"),
        ("10.0.0.2", ["010.8.0.1"], "header_malformed"),
        ("10.0.0.2", ["unknown"], "header_malformed"),
        ("10.0.0.2", [",".join(["10.0.0.3"] * (MAX_HOPS + 1))], "header_too_long"),
    ],
)
def test_anything_malformed_refuses(peer: str | None, headers: list[str], code: str) -> None:
    """No guess is made about where a request comes from."""
    with pytest.raises(ZoneRefused) as refused:
        visitor_address(peer, headers, trusted=PROXIES)
    assert refused.value.code == code


def test_no_approved_network_means_nobody() -> None:
    """An empty list is not an open door; only None is."""
    assert not Zones(()).is_inside(ip_address("127.0.0.1"))
    assert Zones(None).is_inside(ip_address("203.0.113.5"))


@given(st.lists(st.ip_addresses(v=4).map(str), max_size=5))
def test_a_header_never_moves_an_untrusted_peer(hops: list[str]) -> None:
    """Whatever a visitor writes, its own address counts."""
    header = [",".join(hops)] if hops else []
    assert str(visitor_address("203.0.113.5", header, trusted=PROXIES)) == "203.0.113.5"
