"""Announcements: written here, released by two people, taken back by one."""

import uuid

import pytest

from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

TEXT = {"title": "Holiday hours", "body": "We close at noon on Wednesday."}
REASON = {"reason": "Everyone needs the hours at home."}


@pytest.fixture
async def desk(as_role: AsRole):
    """Someone who writes."""
    return await as_role("front_desk")


@pytest.fixture
async def officer(as_role: AsRole):
    """Someone who approves."""
    return await as_role("compliance")


async def written(desk: Signed, **changes: str) -> str:
    """The path of a fresh announcement."""
    page = await desk.follow("/announcements", **{**TEXT, **changes})
    assert "It stays in the office until a second person approves sharing it" in page.text
    return page.url.path


async def proposed(desk: Signed) -> str:
    """The path of an announcement that waits for a second person."""
    path = await written(desk)
    page = await desk.follow(f"{path}/propose", **REASON)
    assert "Waiting for a second person" in page.text
    return path


async def version(onprem: PlaneDatabase, path: str) -> str:
    """The version that an edit form of this text carries."""
    rows = await onprem.run(
        "select version from practice.announcement where id = $1",
        uuid.UUID(path.rsplit("/", 1)[1]),
    )
    return str(rows[0]["version"])


async def outbox(onprem: PlaneDatabase, path: str) -> list[str]:
    """What the record released, in order."""
    rows = await onprem.run(
        "select op from relay.outbox where record_id = $1::uuid order by xid, seq",
        path.rsplit("/", 1)[1],
    )
    return [row["op"] for row in rows]


async def test_new_announcement_stays_here(desk: Signed, onprem: PlaneDatabase) -> None:
    """Nothing leaves by writing, editing or proposing."""
    path = await proposed(desk)
    assert await outbox(onprem, path) == []


async def test_second_person_releases_and_withdraws(
    desk: Signed, officer: Signed, onprem: PlaneDatabase
) -> None:
    """Approval puts the text in the outbox; withdrawal recalls it; the page tells both."""
    path = await proposed(desk)
    page = await officer.follow(f"{path}/approve", version="1")
    assert "Shared with the portal" in page.text
    assert await outbox(onprem, path) == ["put"]
    page = await officer.follow(f"{path}/withdraw")
    assert "Taken back" in page.text
    assert await outbox(onprem, path) == ["put", "recall"]
    again = await officer.post(f"{path}/withdraw")
    assert again.status_code == 409


async def test_nobody_approves_what_they_asked_for(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """The officer who proposed is refused, by name of the rule; another officer may."""
    officer = await as_role("compliance")
    path = await proposed(officer)
    refused = await officer.post(f"{path}/approve", version="1")
    assert refused.status_code == 403
    assert "You cannot approve your own request" in refused.text
    assert await outbox(onprem, path) == []
    second = await as_role("second")
    await second.follow(f"{path}/approve", version="1")
    assert await outbox(onprem, path) == ["put"]


async def test_writer_without_the_role_cannot_approve(desk: Signed, as_role: AsRole) -> None:
    """Approving is not part of writing."""
    path = await proposed(desk)
    clinician = await as_role("clinician")
    assert (await clinician.post(f"{path}/approve", version="1")).status_code == 403


async def test_approval_is_for_the_text_that_was_read(
    desk: Signed, officer: Signed, onprem: PlaneDatabase
) -> None:
    """An older version in the form refuses, and nothing leaves."""
    path = await proposed(desk)
    answer = await officer.post(f"{path}/approve", version="7")
    assert answer.status_code == 409
    assert "Please read it again" in answer.text
    assert await outbox(onprem, path) == []


async def test_proposed_and_released_texts_are_locked(
    desk: Signed, officer: Signed, onprem: PlaneDatabase
) -> None:
    """What someone is reading, or has approved, does not change under them."""
    path = await proposed(desk)
    answer = await desk.post(path, **TEXT, version=await version(onprem, path))
    assert (answer.status_code, "Decline it first" in answer.text) == (409, True)
    await officer.follow(f"{path}/approve", version="1")
    answer = await desk.post(path, **TEXT, version=await version(onprem, path))
    assert (answer.status_code, "Take it back before" in answer.text) == (409, True)


async def test_declined_text_can_be_edited_and_proposed_again(
    desk: Signed, officer: Signed, onprem: PlaneDatabase
) -> None:
    """No is not for ever."""
    path = await proposed(desk)
    assert "Declined" in (await officer.follow(f"{path}/decline")).text
    page = await desk.follow(
        path,
        title="Holiday hours, corrected",
        body="We close at one.",
        version=await version(onprem, path),
    )
    assert "corrected" in page.text
    page = await desk.follow(f"{path}/propose", **REASON)
    assert "Waiting for a second person" in page.text


@pytest.mark.parametrize(("title", "body"), [("", "text"), ("x" * 121, "text"), ("Title", "")])
async def test_bad_text_is_refused_with_the_field(desk: Signed, title: str, body: str) -> None:
    """Empty and over-long texts come back with what was typed."""
    answer = await desk.post("/announcements", title=title, body=body)
    assert answer.status_code == 422
    assert "Please check 1 field" in answer.text


async def test_list_shows_how_far_each_is(desk: Signed, officer: Signed) -> None:
    """The state is beside each title."""
    path = await proposed(desk)
    await officer.follow(f"{path}/approve", version="1")
    text = (await desk.get("/announcements")).text
    assert "Shared with the portal" in text
