"""Every route of the portal with a table of odd values in every place: no 5xx by input."""

import uuid

import pytest

from lmhg_contracts.roles import ROLES
from lmhg_kit.http.access import SESSION_COOKIE
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole
from lmhg_quality.odd.driver import Driver, Visitor

from .conftest import PORTAL  # noqa: TID252 - the fixtures of this folder


async def ticket_of(as_role: AsRole) -> str:
    """A ticket that exists, so that the pages of one are reached."""
    person = await as_role("staff")
    filed = await person.post(
        "/tickets/new", subject="Lamp", body="It is dark.", category="other", urgency="low"
    )
    return filed.headers["location"].rpartition("/")[2]


@pytest.mark.found("A11", "odd input in any place of any portal route is answered below 500")
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
        host=PORTAL.removeprefix("http://"),
        peer="203.0.113.7",
        known={"ticket_id": await ticket_of(as_role), "record_id": str(uuid.UUID(int=1))},
    )
    broken = await driver.run()
    assert not broken, "\n".join(broken)
    assert driver.sent > 1000
