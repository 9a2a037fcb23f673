"""Decisions on their page: asked with a reason, decided by another, told to the officers."""

import re
import uuid
from typing import Any

import pytest

from lmhg_gateway.features.decisions.notices import OfficerMail
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.testing import AsRole, Browsers, Signed
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures

REASON = "Takes over from Jordan in March."


async def roles_of(onprem: PlaneDatabase, person: str) -> tuple[list[str], list[str]]:
    """Roles of account and profile."""
    rows = await onprem.run(
        "select a.roles as account, p.roles as profile from identity.user_account a"
        " join practice.staff_profile p using (id) where a.id::text = $1",
        person,
    )
    return list(rows[0]["account"]), list(rows[0]["profile"])


async def invited(admin: Signed, *roles: str, reason: str = REASON) -> str:
    """Invite someone with these roles; who that is."""
    answer = await admin.post(
        "/people",
        display_name="Noa Lind",
        email=f"{uuid.uuid4()}@lmhg.test",
        roles=list(roles),
        reason=reason,
    )
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"]).rsplit("/", 1)[1]


async def request_about(onprem: PlaneDatabase, person: str) -> str:
    """The address of the newest request about someone."""
    rows = await onprem.run(
        "select id from compliance.decision where user_id::text = $1"
        " order by requested_at desc limit 1",
        person,
    )
    return f"/decisions/{rows[0]['id']}"


@pytest.mark.found(
    "W2",
    "an invitation with admin or compliance gives the other roles only, until somebody else approves",
)
async def test_invited_with_a_power_has_the_other_roles_until_approved(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The asker cannot approve; the second person reads the reason; then both tables have it."""
    admin, officer = await as_role("admin"), await as_role("compliance")
    person = await invited(admin, "staff", "admin", "compliance")
    assert await roles_of(onprem, person) == (["staff"], ["staff"])
    assert "Waiting for a decision" in (await admin.get(f"/people/{person}")).text
    path = await request_about(onprem, person)
    assert "someone else has to decide" in (await admin.get("/decisions")).text
    assert (await admin.post(path, verdict="approve")).status_code == 403
    assert (await officer.post(path, verdict="cancel")).status_code == 403
    assert REASON in (await officer.get("/decisions")).text
    assert "Requests to decide" in (await officer.get("/notifications")).text
    await officer.follow(path, verdict="approve")
    every = ["admin", "compliance", "staff"]
    assert await roles_of(onprem, person) == (every, every)
    assert (await officer.post(path, verdict="decline")).status_code == 409


async def test_a_power_without_a_reason_is_not_asked_for(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The form says so and nobody was added; a role that one person gives needs none."""
    admin = await as_role("admin")
    form = {"display_name": "Noa Lind", "email": "why@lmhg.test", "roles": "admin"}
    answer = await admin.post("/people", **form)
    assert (answer.status_code, "Say why" in answer.text) == (422, True)
    assert (
        await onprem.run("select 1 from identity.user_account where email = 'why@lmhg.test'") == []
    )
    person = await invited(admin, "trainer", reason="")
    widened = await admin.post(f"/people/{person}/roles", roles="compliance")
    assert (widened.status_code, "Say why" in widened.text) == (422, True)
    assert await roles_of(onprem, person) == (["trainer"], ["trainer"])


@pytest.mark.found("W2", "a role change to admin or compliance waits for a second person as well")
async def test_changed_roles_wait_and_can_be_declined_or_canceled(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Anyone who asked may cancel, another one may decline; the roles stay."""
    admin, deputy = await as_role("admin"), await as_role("deputy")
    person = await invited(admin, "trainer", reason="")
    for who, verdict, outcome in ((admin, "cancel", "dropped"), (deputy, "decline", "declined")):
        change = {"roles": "compliance", "reason": REASON}
        assert (
            "second person approves"
            in (await admin.follow(f"/people/{person}/roles", **change)).text
        )
        assert (await admin.post(f"/people/{person}/roles", **change)).status_code == 409
        path = await request_about(onprem, person)
        await who.follow(path, verdict=verdict)
        rows = await onprem.run(
            "select outcome from compliance.decision where id::text = $1", path.rsplit("/", 1)[1]
        )
        assert rows[0]["outcome"] == outcome
        assert await roles_of(onprem, person) == ([], [])


@pytest.mark.found("W2", "a second mailbox of one administrator approves nothing of theirs")
async def test_new_holder_is_told_to_ask_somebody_else(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """No button, and a refusal that says why; another person decides."""
    admin, officer = await as_role("admin"), await as_role("compliance")
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        f" update identity.user_account set roles = '{{staff}}' where id = '{PEOPLE['second']}';"
        " end $$"
    )
    await admin.follow(f"/people/{PEOPLE['second']}/roles", roles="compliance", reason=REASON)
    await officer.follow(await request_about(onprem, str(PEOPLE["second"])), verdict="approve")
    mailbox = await as_role("second")
    person = await invited(admin, "compliance")
    path = await request_about(onprem, person)
    page = (await mailbox.get("/decisions")).text
    assert "through the other less than a month ago" in page
    refused = await mailbox.post(path, verdict="approve")
    assert (refused.status_code, "Ask someone else to decide" in refused.text) == (403, True)
    await officer.follow(path, verdict="approve")


@pytest.mark.found("W2", "the officers are told at once, by bell and by mail that names no client")
async def test_officers_are_told(as_role: AsRole, onprem: PlaneDatabase, edge: Any) -> None:
    """One mail to each officer; a server that refuses gets it again; read once."""
    admin, officer = await as_role("admin"), await as_role("compliance")
    await onprem.run("update compliance.officer_notice set told_at = now(), seen_at = now()")
    await invited(admin, "admin")
    assert "Changes to roles and two-step" in (await officer.get("/notifications")).text
    sent: list[tuple[str, str]] = []
    up = False

    async def send(to: str, *, subject: str, text: str) -> None:
        if not up:
            raise Unavailable("mail_refused")
        sent.append((to, subject + text))

    db = Database(onprem.url("gw_worker"), pool_size=2)
    mail = OfficerMail(db, send, also="alerts@lmhg.test")
    assert await mail.step() == 0
    up = True
    assert (await mail.step(), await mail.step()) == (1, 0)
    await db.close()
    assert "alerts@lmhg.test" in {to for to, _ in sent}
    assert "compliance@lmhg.test" in {to for to, _ in sent}
    assert "Admin Person asked to give Noa Lind the role" in sent[0][1]
    assert REASON not in sent[0][1]
    page = (await officer.get("/decisions")).text
    until = page.split('name="until" value="')[1].split('"')[0]
    await officer.follow("/decisions/seen", until=until)
    assert "Mark as read" not in (await officer.get("/decisions")).text
    assert (await officer.post("/decisions/seen", until="not a moment at all")).status_code == 422


async def test_acts_of_one_set_up_are_one_mail_and_one_line_of_each_kind(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Everybody and everything is named once, in one mail to each reader; a later grant has its own."""
    admin, officer = await as_role("admin"), await as_role("compliance")
    await onprem.run("update compliance.officer_notice set told_at = now(), seen_at = now()")
    people = [await invited(admin, "admin"), await invited(admin, "admin")]
    for person, name in zip(people, ("Ida Quenby", "Ola Vintner"), strict=True):
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true); update practice.staff_profile"
            f" set display_name = '{name}' where id = '{person}'; end $$"
        )
    for role in ("trainer", "it_support", "front_desk"):
        await admin.follow("/people/factors", role=role, required_from="2031-01-02")
    sent: list[tuple[str, str]] = []

    async def send(to: str, *, subject: str, text: str) -> None:
        sent.append((to, subject + text))

    db = Database(onprem.url("gw_worker"), pool_size=2)
    mail = OfficerMail(db, send, also="alerts@lmhg.test")
    assert (await mail.step(), await mail.step()) == (5, 0)
    readers = {to for to, _ in sent}
    assert {"alerts@lmhg.test", "compliance@lmhg.test"} <= readers
    assert len(sent) == len(readers)
    lines = [
        "asked to give Ida Quenby and Ola Vintner the role Administrator.",
        "set the day from which two-step sign-in is needed for Trainer, IT support and Front desk.",
    ]
    assert all(line in sent[0][1] for line in lines)
    page = (await officer.get("/decisions")).text
    assert all(page.count(line) == 1 for line in lines)
    bell = (await officer.get("/notifications")).text.split("Changes to roles and two-step")[1]
    figure = re.search(r">\s*(\d+)\s*<", bell)
    assert figure
    assert figure[1] == "2"
    await officer.follow(await request_about(onprem, people[0]), verdict="approve")
    sent.clear()
    assert await mail.step() == 1
    assert "approved the role Administrator for Ida Quenby. It counts now." in sent[0][1]
    await db.close()


@pytest.mark.parametrize(("method", "path"), [
    ("GET", "/decisions"), ("POST", f"/decisions/{uuid.UUID(int=7)}"), ("POST", "/decisions/seen"),
])  # fmt: skip
async def test_only_who_may_decide_gets_here(
    as_role: AsRole, browsers: Browsers, method: str, path: str
) -> None:
    """Anonymous, wrong role, wrong zone; an unknown request is not found."""
    stranger = await browsers().request(method, path)
    expected = (303, "/sign-in") if method == "GET" else (401, None)
    assert (stranger.status_code, stranger.headers.get("location")) == expected
    other = await as_role("front_desk")
    answer = await (other.get(path) if method == "GET" else other.post(path))
    assert answer.status_code == 403
    outside = await as_role("admin", "203.0.113.7")
    answer = await (outside.get(path) if method == "GET" else outside.post(path))
    assert answer.status_code == 404
    if path not in ("/decisions", "/decisions/seen"):
        admin = await as_role("admin")
        assert (await admin.post(path, verdict="approve")).status_code == 404
        assert (await admin.post(path, verdict="maybe")).status_code == 422
