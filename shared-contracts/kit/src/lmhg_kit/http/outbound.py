"""The one way out to an address that a person typed: looked up once, checked, and then called itself.

A name that leads inside would turn this process into a way around the firewall: to the metadata of a
cloud, to the database's host, to a neighbour. Every address of a name is checked, the call goes to a
checked one (a second lookup could answer differently), and no redirect is followed.
"""

import asyncio
import socket
from collections.abc import Iterable, Sequence
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address

import httpx

from lmhg_kit.http.zones import Address, Network

WAIT_S = 5.0
"""For the name, and for each step of the exchange."""
WHOLE_S = 15.0
ADDRESSES_MAX = 16
"""Addresses of one name; more is someone's trick."""
_INNER_V4 = tuple(
    IPv4Network(text)
    for text in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",
        "127.0.0.0/8",
        "168.63.129.16/32",
        "169.254.0.0/16",
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
"""IANA's special-purpose addresses, and Azure's own inside, which is public by its number."""
_NAT64 = IPv6Network("64:ff9b::/96")
_GLOBAL_V6 = IPv6Network("2000::/3")
_INNER_V6 = tuple(
    IPv6Network(text) for text in ("2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20")
)
"""Inside the global ones: Teredo and its neighbours, examples, 6to4."""


class Refused(httpx.ConnectError):
    """The address leads inside, or nowhere."""


def is_public(address: Address) -> bool:
    """Whether an address is a host's on the internet; one written inside another is judged itself."""
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _INNER_V4)
    if address.ipv4_mapped is not None:
        return is_public(address.ipv4_mapped)
    if address in _NAT64:
        return is_public(IPv4Address(address.packed[12:]))
    return address in _GLOBAL_V6 and not any(address in network for network in _INNER_V6)


def check_addresses(found: Sequence[Address], *, allowed: Iterable[Network]) -> Address:
    """The address to call: the first, when every one may be called. Raises: Refused."""
    networks = tuple(allowed)
    if not found or len(found) > ADDRESSES_MAX:
        raise Refused("no_address")
    for address in found:
        plain = address.ipv4_mapped or address if isinstance(address, IPv6Address) else address
        is_allowed = any(plain.version == net.version and plain in net for net in networks)
        if not is_allowed and not is_public(address):
            raise Refused("inner_address")
    return found[0]


class Guarded(httpx.AsyncBaseTransport):
    """A transport that connects to a checked address, with the name in TLS and in the Host header."""

    def __init__(
        self,
        *,
        allowed: Sequence[Network] = (),
        inner: httpx.AsyncBaseTransport | None = None,
    ) -> None:
        self._allowed = tuple(allowed)
        # No connection is kept: two names at one address would share it, and its certificate.
        limits = httpx.Limits(max_keepalive_connections=0)
        self._inner = inner or httpx.AsyncHTTPTransport(limits=limits, trust_env=False)

    async def handle_async_request(self, request: httpx.Request) -> httpx.Response:
        """Send one request. Raises: Refused before anything is sent."""
        name = request.url.host
        port = request.url.port or (443 if request.url.scheme == "https" else 80)
        address = check_addresses(await _look_up(name, port), allowed=self._allowed)
        checked = httpx.Request(
            request.method,
            request.url.copy_with(host=str(address)),
            headers=request.headers,
            stream=request.stream,
            extensions={**request.extensions, "sni_hostname": name},
        )
        return await self._inner.handle_async_request(checked)

    async def aclose(self) -> None:
        """Close every connection."""
        await self._inner.aclose()


async def _look_up(name: str, port: int) -> list[Address]:
    """Every address of a name, once. Raises: Refused."""
    try:
        async with asyncio.timeout(WAIT_S):
            found = await asyncio.get_running_loop().getaddrinfo(
                name, port, type=socket.SOCK_STREAM
            )
        return list(dict.fromkeys(ip_address(str(row[4][0])) for row in found))
    except (OSError, TimeoutError, ValueError, UnicodeError):
        raise Refused("no_address") from None


def guarded_client(transport: httpx.AsyncBaseTransport) -> httpx.AsyncClient:
    """A client for typed addresses: no proxy of the environment, no redirect."""
    return httpx.AsyncClient(
        timeout=WAIT_S, follow_redirects=False, transport=transport, trust_env=False
    )
