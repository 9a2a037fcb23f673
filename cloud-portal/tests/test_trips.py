"""A budget for each page of the portal: how often it may go to the database and back."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import Signed, browser_at, sign_in
from lmhg_kit.persistence import Database
from lmhg_portal import feature_list
from lmhg_portal.feature_list import FEATURES
from lmhg_portal.kernel.settings import PortalSettings
from lmhg_quality.trips import compare, pages_of, trips_of, visitor_for
from lmhg_quality.wire import Wire, counted
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE, PORTAL, portal_of  # noqa: TID252 - beside this file

TABLE = Path(__file__).with_name("trips.json")
FOLDER = Path(feature_list.__file__).with_name("features")
ROLES = ["it_support", "compliance", "admin", "staff"]
PERMISSIONS = FeatureSet(FEATURES, app="portal").permissions


@pytest.fixture
async def wire(cloud: PlaneDatabase) -> AsyncIterator[Wire]:
    """A wire to the database that counts."""
    async with counted(cloud.server.port) as made:
        yield made


@pytest.fixture
async def measured(
    cloud: PlaneDatabase, wire: Wire, settings: PortalSettings, people: dict[str, uuid.UUID]
) -> AsyncIterator[Edge]:
    """A portal behind the wire."""
    url = cloud.url("po_portal").replace(f":{cloud.server.port}/", f":{wire.port}/")
    db = Database(url, pool_size=2)
    async with portal_of(settings, db) as made:
        yield made
    await db.close()


async def test_no_page_takes_more_trips_than_its_budget(measured: Edge, wire: Wire) -> None:
    """Everything that waits for the server counts; a page that is not in the table is over."""
    visitors: dict[str, Signed] = {}
    for role in ROLES:
        browser = browser_at(measured, "203.0.113.7", base_url=PORTAL)
        token = await sign_in(browser, measured, role, account_id=str(PEOPLE[role]))
        visitors[role] = Signed(browser, token)
    filed = await visitors["it_support"].follow(
        "/tickets/new", subject="Printer", body="It blinks.", category="computer", urgency="normal"
    )
    ticket = filed.url.path.rsplit("/", 1)[1]
    known = {"ticket_id": ticket, "record_id": str(uuid.UUID(int=0xDEAD)), "name": "tickets"}
    found: dict[str, int] = {}
    for path, permission in pages_of(measured).items():
        role = visitor_for(permission, PERMISSIONS, roles=lambda: ROLES)
        found[path] = await trips_of(wire, visitors[role], path, known)
    assert compare(TABLE, found, features=FOLDER) == []
