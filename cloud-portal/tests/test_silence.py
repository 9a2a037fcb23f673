"""The practice's side is silent: pages that show what comes from it say that they may be out of date."""

import uuid
from collections.abc import AsyncIterator

import pytest

from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole
from lmhg_kit.persistence import Database
from lmhg_portal.kernel.settings import PortalSettings
from lmhg_stack.testing import PlaneDatabase

from .conftest import portal_of  # noqa: TID252 - the portal of this folder's fixtures


@pytest.fixture
async def edge(
    portal_db: Database, settings: PortalSettings, people: dict[str, uuid.UUID]
) -> AsyncIterator[Edge]:
    """A portal that has asked nothing yet."""
    async with portal_of(settings, portal_db) as made:
        yield made


@pytest.mark.parametrize(
    ("heard", "said"),
    [
        ("now()", ""),
        ("now() - interval '2 days'", "No contact with the office since"),
        ("null", "No contact with the office yet"),
    ],
)
async def test_page_says_when_it_may_be_out_of_date(
    as_role: AsRole, cloud: PlaneDatabase, heard: str, said: str
) -> None:
    """A free hour on the calendar is no free hour while the practice's side is silent."""
    await cloud.run(
        f"insert into relay.peer (plane, last_heard_at) values ('onprem', {heard})"
        " on conflict (plane) do update set last_heard_at = excluded.last_heard_at"
    )
    person = await as_role("staff")
    for path in ("/", "/calendar", "/announcements"):
        page = (await person.get(path)).text
        assert ("This may be out of date." in page) is bool(said)
        assert said in page


@pytest.mark.found("AR1", "the portal says what holds records up, on either side, and what to do")
async def test_page_names_what_holds_records_up(as_role: AsRole, cloud: PlaneDatabase) -> None:
    """The office is heard, and still something does not cross: staff read why."""
    await cloud.run(
        "insert into relay.peer (plane, last_heard_at) values ('onprem', now())"
        " on conflict (plane) do update set last_heard_at = excluded.last_heard_at"
    )
    await cloud.run(
        "insert into relay.delay (plane, code, who, since) values"
        " ('onprem', 'screening_waits', '', now() - interval '2 minutes')"
    )
    person = await as_role("staff")
    for path in ("/", "/calendar", "/announcements"):
        page = (await person.get(path)).text
        assert "Some changes have not arrived yet." in page
        assert "Texts wait to be checked for client names at the office." in page
        technical = page.split("Technical details")[1].split("</details>")[0]
        assert "Runbook “records wait”" in technical
        assert "<code>screening_waits</code>" in technical
    await cloud.run("delete from relay.delay")
