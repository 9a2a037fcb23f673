"""Several people a referral: added, shown on both pages, found by search, moved by a merge, taken out."""

import re

import pytest

from lmhg_gateway.features.referral_people.rules import Part, once
from lmhg_kit.http.testing import AsRole, Signed

from .records import new_client, referral_of  # noqa: TID252 - beside this file


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


async def test_partner_is_found_added_and_shown_on_both_pages(
    desk: Signed, as_role: AsRole
) -> None:
    """The referral names the person and the role; their own page shows the referral with its answers."""
    path = await referral_of(desk, "Aldous Couplewell", concern_code="relationship")
    partner = await new_client(as_role, "Briony Couplewell")
    found = await desk.post(f"{path}/people/find", q="Briony")
    assert f'value="{partner}"' in found.text
    assert "Aldous Couplewell" not in found.text.split("<table")[1]
    page = await desk.follow(f"{path}/people", client=partner, role="partner")
    assert "Person added to the referral." in page.text
    assert "Briony Couplewell" in (await desk.get(path)).text
    own = (await desk.get(f"/clients/{partner}")).text
    section = own[own.index("Takes part in") :]
    for said in (path, "Aldous Couplewell", "Partner", "Received", "Relationship"):
        assert said in section, said
    hits = (await desk.post("/search", q="Briony")).text
    assert path in hits


async def test_same_person_is_added_once_and_the_first_never(desk: Signed, as_role: AsRole) -> None:
    """Neither whom the referral was made for, nor someone who is there."""
    path = await referral_of(desk, "Cormac Once")
    child = await new_client(as_role, "Delphine Once")
    await desk.follow(f"{path}/people", client=child, role="child")
    again = await desk.post(f"{path}/people", client=child, role="client")
    assert (again.status_code, "takes part already" in again.text) == (422, True)
    page = (await desk.get(path)).text
    own = re.search(r'href="/clients/([0-9a-f-]{36})"', page)
    assert own
    first = await desk.post(f"{path}/people", client=own[1], role="guardian")
    assert first.status_code == 422


async def test_removed_and_taken_back(desk: Signed, as_role: AsRole) -> None:
    """Their own record stays; undo puts them there again, once."""
    path = await referral_of(desk, "Edda Removed")
    guardian = await new_client(as_role, "Ferris Removed")
    page = await desk.follow(f"{path}/people", client=guardian, role="guardian")
    remove = re.search(rf"{path}/people/[0-9a-f-]+/remove", page.text)
    assert remove
    gone = await desk.follow(remove[0])
    assert "Their record stays." in gone.text
    assert "Takes part in" not in (await desk.get(f"/clients/{guardian}")).text
    undo = re.search(rf"{path}/people/[0-9a-f-]+/restore", gone.text)
    assert undo
    back = await desk.follow(undo[0])
    assert "Ferris Removed" in back.text
    assert (await desk.post(undo[0])).status_code == 422
    other = await referral_of(desk, "Gilda Other")
    foreign = remove[0].replace(path, other)
    assert (await desk.post(foreign)).status_code == 404


async def test_merge_moves_the_part_and_shows_the_person_once(
    desk: Signed, as_role: AsRole
) -> None:
    """Both records of one person take part; after the merge the person is there once."""
    path = await referral_of(desk, "Hedwig Merged")
    one = await new_client(as_role, "Ivo Doubled")
    two = await new_client(as_role, "Ivo Doubledd")
    for each in (one, two):
        await desk.follow(f"{path}/people", client=each, role="child")
    preview = await desk.get(f"/clients/{one}/merge/{two}")
    assert "part in a referral" in preview.text
    versions = dict(re.findall(r'name="(\w+_version)"\s+value="(\d+)"', preview.text))
    done = await desk.post(f"/clients/{one}/merge/{two}", **versions)
    assert done.status_code == 303
    page = (await desk.get(f"{path}/people")).text
    assert page.count("Ivo Doubled") == 1
    assert (await desk.get(f"/clients/{one}")).text.count(path) == 1


def test_each_person_once() -> None:
    """The first role that was noted stays."""
    import uuid

    one = uuid.UUID(int=1)
    assert once([Part(one, "child"), Part(one, "client")]) == [Part(one, "child")]


async def test_people_by_api(desk: Signed, as_role: AsRole) -> None:
    """Listed, added and removed like on the pages."""
    path = await referral_of(desk, "Jocasta Program")
    partner = await new_client(as_role, "Kermode Program")
    base = f"/api/v1{path}/people"
    made = await desk.browser.post(
        base, json={"client": partner, "role": "partner"}, headers={"x-csrf-token": desk.token}
    )
    assert made.status_code == 201, made.text
    [person] = made.json()["people"]
    assert (person["name"], person["role"]) == ("Kermode Program", "partner")
    parts = (await desk.get(f"/api/v1/clients/{partner}/takes-part")).json()["referrals"]
    assert [each["client"] for each in parts] == ["Jocasta Program"]
    gone = await desk.browser.delete(f"{base}/{person['id']}", headers={"x-csrf-token": desk.token})
    assert gone.json()["people"] == []
