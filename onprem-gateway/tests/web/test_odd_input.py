"""Every route of the workspace with a table of odd values in every place: no 5xx by input."""

import pytest

from lmhg_contracts.roles import ROLES
from lmhg_kit.http.access import SESSION_COOKIE
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole
from lmhg_quality.odd.driver import Driver, Visitor

from .conftest import WORKSPACE  # noqa: TID252 - the fixtures of this folder


async def records_of(as_role: AsRole) -> dict[str, str]:
    """Records that exist, by the name that a path has for them."""
    desk, officer = await as_role("front_desk"), await as_role("compliance")
    client = await desk.post(
        "/clients", other_person="1", legal_name="Marlo Quenneville", birth_date="1984-03-31"
    )
    told = await officer.post("/compliance/incidents", said="A text went to the wrong place.")
    return {
        "client_id": client.headers["location"].rpartition("/")[2],
        "incident_id": told.headers["location"].rpartition("/")[2],
    }


@pytest.mark.found("A11", "odd input in any place of any workspace route is answered below 500")
@pytest.mark.usefixtures("ledger")
async def test_no_route_breaks_by_odd_input(edge: Edge, as_role: AsRole) -> None:
    """Each path part, query, header, cookie, field and body, as a stranger and as each role."""

    async def enter(role: str) -> Visitor:
        person = await as_role(role)
        name = edge.inner.state["gate"].jar.name(SESSION_COOKIE)
        return Visitor(role, f"{name}={person.browser.cookies[name]}", person.token)

    driver = Driver(
        edge,
        enter,
        ROLES,
        host=WORKSPACE.removeprefix("http://"),
        peer="10.8.0.7",
        known=await records_of(as_role),
    )
    broken = await driver.run()
    assert not broken, "\n".join(broken)
    assert driver.sent > 1000
