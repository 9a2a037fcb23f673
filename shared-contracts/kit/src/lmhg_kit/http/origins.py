"""Hosts and origins, parsed strictly: what may stand in a Host header, an address or a policy.

A content security policy is built of origins that were parsed here, never of text: a semicolon in a
host would end one directive and begin another.
"""

import re
from ipaddress import AddressValueError, IPv4Address, IPv6Address
from urllib.parse import urlsplit

HOST_MAX = 253
_LABEL = r"[A-Za-z0-9](?:[A-Za-z0-9-]{0,61}[A-Za-z0-9])?"
_NAME = re.compile(rf"{_LABEL}(?:\.{_LABEL})*")
_NUMBER = re.compile(r"[0-9]+|0[xX][0-9A-Fa-f]*")
_PLACE = re.compile(r"(?P<host>\[[0-9A-Fa-f:.]+\]|[A-Za-z0-9.-]+)(?::(?P<port>[0-9]{1,5}))?")
_ANY_PORT = re.compile(r"http://127\.0\.0\.1:\*")


def parse_place(text: str) -> tuple[str, int | None]:
    """Host, in lower case, and port of `host:port` as in a Host header. Raises: ValueError."""
    found = _PLACE.fullmatch(text)
    if found is None or not is_host(found["host"]):
        message = "host"
        raise ValueError(message)
    port = int(found["port"]) if found["port"] else None
    if port is not None and not 0 < port < 65536:
        message = "port"
        raise ValueError(message)
    return found["host"].lower(), port


def is_host(text: str) -> bool:
    """Whether this is a host name, an IPv4 address in four numbers, or an IPv6 one in brackets."""
    try:
        if text.startswith("["):
            IPv6Address(text.removeprefix("[").removesuffix("]"))
            return text.endswith("]")
        if _NUMBER.fullmatch(text.rpartition(".")[2]):
            IPv4Address(text)
    except AddressValueError:
        return False
    return len(text) <= HOST_MAX and _NAME.fullmatch(text) is not None


def origin_of(address: str) -> str:
    """Scheme, host and port of a web address. Raises: ValueError for what is none."""
    parts = urlsplit(address)
    if parts.scheme not in {"http", "https"}:
        message = "scheme"
        raise ValueError(message)
    host, port = parse_place(parts.netloc)
    return f"{parts.scheme}://{host}" + (f":{port}" if port is not None else "")


def form_source(address: str) -> str:
    """Where a form may lead that ends at this address. Raises: ValueError.

    A program on the person's own computer listens on a port of its choice (RFC 8252, 7.3). A policy
    has no word for an IPv6 address, so such a program takes the IPv4 one.
    """
    origin = origin_of(address)
    host, _ = parse_place(origin.partition("://")[2])
    is_own = origin.startswith("http://") and host == "127.0.0.1"
    return "http://127.0.0.1:*" if is_own else origin


def is_source(text: str) -> bool:
    """Whether this is one origin, or the loopback address with any port, and nothing else."""
    try:
        return bool(_ANY_PORT.fullmatch(text)) or origin_of(text) == text
    except ValueError:
        return False
