"""The ingress with a table of odd values in every place: no 5xx by input."""

import pytest

from lmhg_gateway.adapters.delivery_store import DeliveryStore
from lmhg_quality.odd.driver import STRANGER, Driver
from lmhg_quality.odd.places import Place
from lmhg_stack.testing import PlaneDatabase

from .conftest import PATH, edge_over  # noqa: TID252 - the fixtures of this folder


@pytest.mark.found("A11", "odd input in any place of the ingress is answered below 500")
async def test_no_delivery_breaks_by_odd_input(onprem: PlaneDatabase) -> None:
    """Its one path, and whatever is in its place, by every method."""
    store = DeliveryStore(onprem.url("gw_ingress"))
    await store.open()

    async def enter(_role: str) -> object:
        return STRANGER

    paths = (PATH, "/{anything:str}", "/hooks/intakeq/{secret:str}")
    found = [
        Place(path, method, None, ("q",), {"IntakeId": (True, ("zqcanary-1",))})
        for path in paths
        for method in ("DELETE", "GET", "OPTIONS", "POST", "PUT")
    ]
    driver = Driver(edge_over(store), enter, (), host="in.example.test", peer="192.0.2.7")  # pyright: ignore[reportArgumentType] - nobody enters
    broken = await driver.run(found)
    await store.close()
    assert not broken, "\n".join(broken)
    assert driver.sent > 10
