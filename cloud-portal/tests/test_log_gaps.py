"""An event of the portal that cannot be a line of its access log: an officer hears of it here."""

import uuid

import pytest

from lmhg_kit.http.testing import AsRole
from lmhg_stack.testing import PlaneDatabase

LABEL = "could not be written to the portal"


async def set_aside(cloud: PlaneDatabase, *, days: int = 0) -> uuid.UUID:
    """What the sequencer keeps of an event that cannot be an entry."""
    made = uuid.uuid4()
    await cloud.run(
        "insert into audit.set_aside (id, n, at, set_aside_at, actor, act, subject_kind, subjects,"
        " reason, digest) values ($1, 7, now(), now() - make_interval(days => $2), 'a',"
        " 'zqsecret', 'k', 1, 'entry_long', sha256('x'))",
        made,
        days,
    )
    return made


@pytest.mark.parametrize("role", ["compliance", "admin"])
async def test_officer_hears_of_an_event_that_has_no_line(
    as_role: AsRole, cloud: PlaneDatabase, role: str
) -> None:
    """By the bell on every page, which leads to the numbers; nothing of the event is shown."""
    officer = await as_role(role)
    made = await set_aside(cloud)
    assert LABEL in (await officer.get("/notifications")).text
    page = (await officer.get("/log-gaps")).text
    assert str(made) in page
    assert "Line 7" in page
    assert "zqsecret" not in page
    assert LABEL not in (await (await as_role("staff")).get("/notifications")).text


async def test_old_ones_are_told_no_more(as_role: AsRole, cloud: PlaneDatabase) -> None:
    """After a month the bell is silent about it; the event stays in the database."""
    officer = await as_role("compliance")
    old = await set_aside(cloud, days=31)
    assert str(old) not in (await officer.get("/log-gaps")).text
    assert await cloud.run("select 1 from audit.set_aside where id = $1", old)


async def test_without_one_nothing_is_said(as_role: AsRole, cloud: PlaneDatabase) -> None:
    """The control."""
    await cloud.run("alter table audit.set_aside disable trigger wall_kept")
    await cloud.run("delete from audit.set_aside")
    await cloud.run("alter table audit.set_aside enable always trigger wall_kept")
    officer = await as_role("compliance")
    assert LABEL not in (await officer.get("/notifications")).text
    assert "Every event has its line." in (await officer.get("/log-gaps")).text
