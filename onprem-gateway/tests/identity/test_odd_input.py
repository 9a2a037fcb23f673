"""Every route of the identity process with a table of odd values in every place: no 5xx by input."""

import pytest

from lmhg_gateway.web.stages import STAGES
from lmhg_kit.http.access import SESSION_COOKIE
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import sign_in
from lmhg_quality.odd.driver import Driver, Visitor

from .conftest import IDENTITY, NewPerson, NewVisitor  # noqa: TID252 - the fixtures of this folder


@pytest.mark.found("A11", "odd input in any place of any identity route is answered below 500")
async def test_no_route_breaks_by_odd_input(
    edge: Edge, new_person: NewPerson, new_visitor: NewVisitor
) -> None:
    """Each path part, query, header, cookie, field and body, as a stranger and at each stage."""
    person = await new_person()

    async def enter(stage: str) -> Visitor:
        browser = new_visitor().browser
        token = await sign_in(browser, edge, stage, account_id=str(person.id))
        name = edge.inner.state["gate"].jar.name(SESSION_COOKIE)
        return Visitor(stage, f"{name}={browser.cookies[name]}", token)

    host = IDENTITY.removeprefix("http://")
    driver = Driver(edge, enter, sorted(STAGES), host=host, peer="10.1.2.3")
    broken = await driver.run()
    assert not broken, "\n".join(broken)
    assert driver.sent > 1000
