"""The tray with two people at it: what one did since is not undone, deleted or overlooked by the other."""

import re

from lmhg_gateway.features.tray.intake import Intake
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .test_tray import known  # noqa: TID252 - beside this file
from .trays import add, fax  # noqa: TID252 - beside this file


async def client_of(onprem: PlaneDatabase, own: str) -> str:
    """The client that a paper has now."""
    query = "select client_id from practice.paper where id = $1::uuid"
    [row] = await onprem.run(query, own.rpartition("/")[2])
    return str(row["client_id"])


async def test_paper_is_filed_for_the_client_that_the_page_named(
    desk: Signed, as_role: AsRole, intake: Intake, onprem: PlaneDatabase
) -> None:
    """A colleague chose another client after the form was opened: nothing is filed, by page or by program."""
    one = await known(desk, "Ottoline Brackenfen", "1984-03-31")
    other = await known(desk, "Perpetua Wintermoor", "1971-01-02")
    [own] = await add(desk, intake, ("fax 9.pdf", fax("A letter")))
    await desk.post(f"{own}/client", client_id=one)
    form = (await desk.get(f"{own}/file")).text
    assert "File for Ottoline Brackenfen" in form
    hidden = dict(re.findall(r'type="hidden" name="(client_id)" value="([^"]*)"', form))
    assert hidden == {"client_id": one}
    colleague = await as_role("admin")
    await colleague.post(f"{own}/client", client_id=other)
    named = {**hidden, "name": "Letter", "label": "records"}
    filed = await desk.post(f"{own}/file", **named)
    assert filed.status_code == 409
    assert "Someone already changed this paper" in filed.text
    desk.browser.headers["x-csrf-token"] = desk.token
    paper = own.replace("/tray/", "/api/v1/tray/papers/")
    answer = await desk.browser.post(f"{paper}/filing", json=named)
    assert (answer.status_code, answer.json()["error"]["code"]) == (409, "paper_changed")
    [row] = await onprem.run(
        "select count(*) from practice.document where client_id in ($1::uuid, $2::uuid)", one, other
    )
    assert row["count"] == 0
    assert await client_of(onprem, own) == other
    assert (await desk.post(f"{own}/file", **{**named, "client_id": other})).status_code == 303
