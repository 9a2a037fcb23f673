"""Consents: what they allow, what follows when they end, by hand or by themselves, and the way back."""

import asyncio
import re
import uuid
from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import httpx
import pytest
from asyncpg import PostgresError

from lmhg_gateway.features.consents import service
from lmhg_gateway.features.consents.jobs import Expiry
from lmhg_gateway.features.consents.service import plan_one
from lmhg_gateway.features.consents.work_steps import unplanned
from lmhg_kit.clock import utc_now
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .records import new_client, referral_of  # noqa: TID252 - beside this file

ZONE = "America/New_York"
PRACTICE = Practice(ZONE)


def day(ahead: int) -> str:
    """The day so many days from now, there."""
    return (datetime.now(ZoneInfo(ZONE)).date() + timedelta(days=ahead)).isoformat()


async def recorded(desk: Signed, client_id: str, scope: str, **said: str) -> str:
    """The path of a fresh consent."""
    fields = {"scope": scope, "given_on": day(0), **said}
    page = await desk.follow(f"/clients/{client_id}/consents", **fields)
    assert "Consent saved" in page.text
    return page.url.path


async def client_of(desk: Signed, referral: str) -> str:
    """Whose referral it is."""
    found = re.search(r'href="/clients/([0-9a-f-]{36})"', (await desk.get(referral)).text)
    assert found
    return found[1]


async def test_way_to_contact_goes_on_and_off_with_its_consent(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Shown before, done after, taken back by the undo; another consent keeps it on."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Philippa Consently")
    assert "Voicemail: no" in (await desk.get(f"/clients/{client_id}")).text
    own = await recorded(desk, client_id, "voicemail")
    assert "Voicemail: yes" in (await desk.get(f"/clients/{client_id}")).text
    assert "turned off for the client" in (await desk.get(own)).text
    ended = await desk.follow(f"{own}/end", why="revoked")
    assert "Consent ended" in ended.text
    assert "Voicemail: no" in (await desk.get(f"/clients/{client_id}")).text
    assert "in force again" in (await desk.follow(f"{own}/restore")).text
    assert "Voicemail: yes" in (await desk.get(f"/clients/{client_id}")).text
    await recorded(desk, client_id, "voicemail", how="spoken")
    assert "Another consent covers the same" in (await desk.get(own)).text
    await desk.follow(f"{own}/end", why="replaced")
    assert "Voicemail: yes" in (await desk.get(f"/clients/{client_id}")).text
    assert (await desk.post(f"{own}/end", why="revoked")).status_code == 409


async def test_two_consents_that_end_at_the_same_time_turn_their_way_off(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Each end waits for the other, so the second one sees that none is left."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Quirin Together")
    paths = [await recorded(desk, client_id, "voicemail", how=how) for how in ("signed", "spoken")]
    one, two = [uuid.UUID(each.rsplit("/", 1)[1]) for each in paths]
    db, worker = Database(onprem.url("gw_worker"), pool_size=2), Actor("process: worker")

    async def end(consent_id: uuid.UUID) -> None:
        async with db.uow(worker, "test") as tx:
            await service.end(tx, consent_id, "revoked", by=worker.id, practice=PRACTICE)

    async with db.uow(worker, "test") as tx:
        await service.end(tx, one, "revoked", by=worker.id, practice=PRACTICE)
        second = asyncio.create_task(end(two))
        await asyncio.wait([second], timeout=1)
    await second
    await db.close()
    assert "Voicemail: no" in (await desk.get(f"/clients/{client_id}")).text


async def changes_at(onprem: PlaneDatabase, client_id: str) -> list[datetime | None]:
    """When the client's rows of the work list are decided again."""
    rows = await onprem.run(
        f"select changes_at from practice.work_item where client_id = '{client_id}'"
    )
    return [row["changes_at"] for row in rows]


async def test_change_of_contact_permissions_has_the_next_action_decided_again(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """However it changes: the client's form, a consent, the database itself; and by nothing else."""
    desk = await as_role("front_desk")
    referral = await referral_of(desk, "Quentin Replan")
    client_id = await client_of(desk, referral)
    later = "update practice.work_item set changes_at = null where client_id = '{}'"
    named = (
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true); {}; end $$"
    )

    async def is_decided_again() -> bool:
        found = all(each and each <= utc_now() for each in await changes_at(onprem, client_id))
        await onprem.run(named.format(later.format(client_id)))
        return found

    await is_decided_again()
    form = {"legal_name": "Quentin Replan", "mobile": "502-555-0142"}
    version = re.search(
        r'name="version" value="(\d+)"', (await desk.get(f"/clients/{client_id}/edit")).text
    )
    assert version
    await desk.follow(f"/clients/{client_id}", **form, version=version[1], pronouns="they")
    assert not await is_decided_again()
    await recorded(desk, client_id, "text")
    assert await is_decided_again()
    sql = f"update practice.client set may_mail = may_mail is not true where id = '{client_id}'"
    await onprem.run(named.format(sql))
    assert await is_decided_again()


async def test_report_to_the_referrer_stops_with_its_consent(as_role: AsRole) -> None:
    """The step leaves the work list, and comes back with the undo."""
    desk = await as_role("front_desk")
    referral = await referral_of(desk, "Rosalba Reportback")
    client_id = await client_of(desk, referral)
    own = await recorded(desk, client_id, "report_back")
    assert re.search(r"May we report back\s*</dt>\s*<dd>\s*Yes", (await desk.get(referral)).text)
    await desk.follow(f"{own}/end", why="revoked")
    assert not re.search(
        r"May we report back\s*</dt>\s*<dd>\s*Yes", (await desk.get(referral)).text
    )
    await desk.follow(f"{own}/restore")
    assert re.search(r"May we report back\s*</dt>\s*<dd>\s*Yes", (await desk.get(referral)).text)


async def test_last_day_is_on_the_work_list_and_ends_by_itself(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Asked for in the last 30 days; the day after it is over, with what follows, by the worker."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Thaddeus Expiring")
    own = await recorded(desk, client_id, "email", expires_on=day(20))
    far = await recorded(desk, client_id, "mail", expires_on=day(90))
    db = Database(onprem.url("gw_worker"), pool_size=1)
    work = (await desk.get("/work?view=paperwork")).text
    assert own in work
    assert "Ask for a new consent" in work
    assert far not in work
    in_months = Practice(ZONE, lambda: utc_now() + timedelta(days=65))
    async with db.uow(Actor("process: worker"), "work.plan") as tx:
        missing = await unplanned(tx, 100)
        for each in missing:
            await plan_one(tx, each, in_months)
    assert await Expiry(db, PRACTICE).step() == 0
    assert await Expiry(db, in_months).step() == 1
    await db.close()
    page = (await desk.get(own)).text
    assert "Its time was over" in page
    assert "Background program" in page
    assert "Email: no" in (await desk.get(f"/clients/{client_id}")).text
    assert "Letters by mail" in (await desk.get(f"/clients/{client_id}")).text
    assert own not in (await desk.get("/work?view=paperwork")).text
    assert (await desk.post(f"{own}/restore")).status_code == 409


async def test_form_keeps_what_was_typed_and_says_what_is_missing(as_role: AsRole) -> None:
    """A release needs its party; a minor's consent comes from a guardian."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Ursuline Formfill")
    path = f"/clients/{client_id}/consents"
    back = await desk.post(path, scope="release", given_on=day(0), about="Attendance only")
    assert back.status_code == 422
    assert "Write to whom it may be released." in back.text
    assert "Attendance only" in back.text
    minor = await desk.post(path, scope="minor_treatment", given_on=day(0))
    assert "A parent or guardian must agree" in minor.text
    own = await recorded(
        desk, client_id, "minor_treatment", given_by="guardian", giver="Maeve Formfill"
    )
    await desk.follow(f"{own}/end", why="revoked")
    assert "Ask who may consent" in (await desk.get(f"/clients/{client_id}")).text


async def test_consent_that_is_recorded_never_changes(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The database refuses another scope or another day; who ends one is the person who does it."""
    desk = await as_role("front_desk")
    own = await recorded(desk, await new_client(as_role, "Valeria Fixed"), "telehealth")
    found = own.rsplit("/", 1)[1]
    for change in ("scope = 'text'", "expires_on = current_date", "ended_by = 'someone', ended_at = now(), ended_why = 'revoked'"):  # fmt: skip
        sql = (
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true);"
            f" update practice.consent set {change} where id = '{found}'; end $$"
        )
        with pytest.raises(PostgresError, match="consent_stands"):
            await onprem.run(sql)


async def sent(desk: Signed, path: str, body: Mapping[str, object]) -> httpx.Response:
    """One call of the JSON API that changes something."""
    return await desk.browser.post(path, json=body, headers={"x-csrf-token": desk.token})


async def test_programs_do_the_same_by_json(as_role: AsRole) -> None:
    """Recorded, read with what would follow, ended, restored."""
    desk, clinician = await as_role("front_desk"), await as_role("clinician")
    client_id = await new_client(as_role, "Wilhelmina Jsonford")
    path = f"/api/v1/clients/{client_id}/consents"
    made = await sent(desk, path, {"scope": "text", "given_on": day(0)})
    assert made.status_code == 201
    assert made.json()["follows"] == ["way_off", "plan_again"]
    own = f"/api/v1/consents/{made.json()['id']}"
    assert (await sent(desk, f"{own}/end", {"why": "mistake"})).json()["ended_why"] == "mistake"
    assert (await sent(clinician, f"{own}/restore", {})).status_code == 409
    assert (await sent(desk, f"{own}/restore", {})).json()["ended_at"] is None
    listed = (await clinician.get(path)).json()["consents"]
    assert [each["scope"] for each in listed] == ["text"]
    assert (await clinician.get(own)).json()["follows"]
