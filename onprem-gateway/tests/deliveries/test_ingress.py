"""The ingress: 2xx means stored, and every refusal is clear."""

import httpx
import pytest

from lmhg_gateway.adapters.delivery_store import DeliveryStore
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_kit.errors import SealBroken
from lmhg_stack.testing import PlaneDatabase

from .conftest import MAX_BODY, PATH, PRIVATE  # noqa: TID252 - the settings of this folder's fixtures

BODY = b'{"IntakeId":"zqcanary-1","Type":"Intake Submitted","ClientId":4711}'
JSON = {"content-type": "application/json"}


async def rows(onprem: PlaneDatabase) -> list[tuple[str, int, bool]]:
    """(outcome, size, has a body) of each delivery, in order."""
    found = await onprem.run(
        "select outcome, size, body_sealed is not null as kept from ingress.delivery order by received_at"
    )
    return [(row["outcome"], row["size"], row["kept"]) for row in found]


@pytest.fixture(autouse=True)
async def emptied(onprem: PlaneDatabase) -> None:
    """No deliveries yet."""
    await onprem.run("truncate ingress.delivery cascade")


async def test_stored_delivery_answers_2xx_and_is_sealed(
    ingress: httpx.AsyncClient, onprem: PlaneDatabase
) -> None:
    """What is stored opens with the private key, for its own row only, and shows nothing."""
    answer = await ingress.post(PATH, content=BODY, headers=JSON)
    assert answer.status_code == 204
    row = (await onprem.run("select id, body_sealed from ingress.delivery"))[0]
    assert b"zqcanary" not in row["body_sealed"]
    box = OpeningBox(PRIVATE)
    assert box.open(row["body_sealed"], bound_to=row["id"].bytes) == BODY
    with pytest.raises(SealBroken):
        box.open(row["body_sealed"], bound_to=b"another row")


async def test_repeated_delivery_is_kept_twice(
    ingress: httpx.AsyncClient, onprem: PlaneDatabase
) -> None:
    """A re-lock looks like a repetition, so the ingress drops nothing; the worker decides."""
    for _ in range(2):
        assert (await ingress.post(PATH, content=BODY, headers=JSON)).status_code == 204
    assert await rows(onprem) == [("stored", len(BODY), True)] * 2


@pytest.mark.parametrize("path", ["/hooks/intakeq/wrong", "/hooks/intakeq/", "/", f"{PATH}/"])
async def test_wrong_path_secret_is_404_and_leaves_nothing(
    ingress: httpx.AsyncClient, onprem: PlaneDatabase, path: str
) -> None:
    """A guess learns nothing and stores nothing."""
    assert (await ingress.post(path, content=BODY, headers=JSON)).status_code == 404
    assert await rows(onprem) == []


async def test_body_over_the_limit_is_413_with_a_trace(
    ingress: httpx.AsyncClient, onprem: PlaneDatabase
) -> None:
    """The limit itself is accepted; one byte more leaves a trace without content."""
    assert (await ingress.post(PATH, content=b"x" * MAX_BODY, headers=JSON)).status_code == 204
    answer = await ingress.post(PATH, content=b"x" * (MAX_BODY + 1), headers=JSON)
    assert (answer.status_code, "not kept" in answer.text) == (413, True)
    assert await rows(onprem) == [("stored", MAX_BODY, True), ("too_long", 0, False)]


async def test_wrong_content_type_is_415_with_a_trace(
    ingress: httpx.AsyncClient, onprem: PlaneDatabase
) -> None:
    """A form is no webhook of IntakeQ's."""
    answer = await ingress.post(PATH, content=BODY, headers={"content-type": "text/plain"})
    assert answer.status_code == 415
    assert await rows(onprem) == [("content_type", 0, False)]


async def test_get_is_405(ingress: httpx.AsyncClient) -> None:
    """Only POST is accepted."""
    assert (await ingress.get(PATH)).status_code == 405


async def test_source_outside_the_allow_list_is_404(
    stranger: httpx.AsyncClient, onprem: PlaneDatabase
) -> None:
    """The right path from the wrong place does not exist."""
    assert (await stranger.post(PATH, content=BODY, headers=JSON)).status_code == 404
    spoofed = {**JSON, "x-forwarded-for": "192.0.2.7"}
    assert (await stranger.post(PATH, content=BODY, headers=spoofed)).status_code == 404
    assert await rows(onprem) == []


async def test_database_away_is_503_and_never_2xx(onprem: PlaneDatabase) -> None:
    """Without a durable write there is no 2xx; the sender is told to come again."""
    from .conftest import edge_over, sender_at  # noqa: TID252 - the fixtures of this folder

    broken = DeliveryStore(onprem.url("gw_ingress").replace(onprem.name, "no_such_database"))
    await broken.open()
    async with sender_at(edge_over(broken), "192.0.2.7") as client:
        answer = await client.post(PATH, content=BODY, headers=JSON)
    await broken.close()
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "30"
