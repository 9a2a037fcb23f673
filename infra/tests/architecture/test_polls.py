"""What a page asks by itself keeps no session alive: an open page is not someone at the desk."""

import re
from collections.abc import Iterable, Mapping

import pytest

from lmhg_kit.http.access import Access, guarded_routes
from lmhg_stack.docs.routes import edges
from lmhg_stack.repository import ROOT

PLACES = ("shared-contracts/kit/src", "onprem-gateway/src", "cloud-portal/src")
POLL = re.compile(r'<[^<]*?hx-get="([^"]+)"[^<]*?hx-trigger="every ')
OPEN = re.compile(r"\\\{\\\{.+?\\\}\\\}")
"""What a template puts in, in an escaped address."""

Routes = Mapping[str, Access | None]


def routes() -> dict[str, Access | None]:
    """Every page of every application, with what it asks of its visitor."""
    return {
        re.sub(r"\{[^}]+\}", "x", path): access
        for _, edge in edges()
        for path, method, access in guarded_routes(edge.inner)
        if method == "GET"
    }


def polled() -> set[str]:
    """Every address that a template has asked again and again."""
    files = (path for place in PLACES for path in (ROOT / place).rglob("*.html"))
    return {found for path in files for found in POLL.findall(path.read_text("utf-8"))}


def keeping_alive(addresses: Iterable[str], known: Routes) -> list[str]:
    """Addresses that keep a session alive, and those that no route answers."""
    return [each for each in sorted(addresses) if not _is_passive(each, known)]


def _is_passive(address: str, known: Routes) -> bool:
    shape = re.compile(OPEN.sub(".+", re.escape(address)))
    found = [access for path, access in known.items() if shape.fullmatch(path)]
    return bool(found) and all(access is not None and access.passive for access in found)


def test_what_is_asked_again_keeps_no_session_alive() -> None:
    """A recall that hangs on an open page would keep its officer signed in for as long."""
    found = polled()
    assert len(found) >= 5
    assert keeping_alive(found, routes()) == []


@pytest.mark.parametrize(
    "address", ["/compliance/ledger", "/compliance/ledger/{{ n }}", "/nowhere"]
)
def test_the_rule_sees_what_keeps_a_session_alive(address: str) -> None:
    """A page itself, one with a part of its address put in, and an address that leads nowhere."""
    tag = f'<div id="a" hx-get="{address}" hx-swap="outerHTML" hx-trigger="every 2s">'
    assert keeping_alive(POLL.findall(tag), routes()) == [address]
