"""Requests of clients: their clocks, log, handing over, answers, packet, and what was agreed."""

import csv
import hashlib
import io
import re
import uuid
import zipfile
from collections.abc import Mapping
from datetime import date, datetime, timedelta
from html import unescape
from zoneinfo import ZoneInfo

import httpx
import pytest
from asyncpg import PostgresError

from lmhg_gateway.features.records_requests.service import plan_one
from lmhg_gateway.features.records_requests.work_steps import unplanned
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .records import new_client, referral_of  # noqa: TID252 - beside this file

PRACTICE = Practice("America/New_York")
ASKED = {"kind": "records", "asked_by": "client", "what": "All notes from March to June."}


def day(ago: int) -> str:
    """The day so many days ago, there."""
    return (datetime.now(ZoneInfo("America/New_York")).date() - timedelta(days=ago)).isoformat()


async def taken(desk: Signed, client_id: str, *, ago: int = 0, **said: str) -> str:
    """The path of a fresh request."""
    fields = {**ASKED, "received_on": day(ago), **said}
    page = await desk.follow(f"/clients/{client_id}/requests", **fields)
    assert "Request saved" in page.text
    return page.url.path


async def sent(desk: Signed, path: str, body: Mapping[str, object]) -> httpx.Response:
    """One call of the JSON API that changes something."""
    return await desk.browser.post(path, json=body, headers={"x-csrf-token": desk.token})


async def plan_all(onprem: PlaneDatabase, *, clock: datetime | None = None) -> None:
    """The worker decides about what is missing from the work list."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    practice = PRACTICE if clock is None else Practice("America/New_York", lambda: clock)
    async with db.uow(Actor("process: worker"), "work.plan") as tx:
        for each in await unplanned(tx, 100):
            await plan_one(tx, each, practice)
    await db.close()


async def test_request_has_its_day_and_goes_by_its_clock(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """On the list of requests at once, on the work list from day 20, red when it is late."""
    desk, officer = await as_role("front_desk"), await as_role("compliance")
    client_id = await new_client(as_role, "Perpetua Askwith")
    fresh = await taken(desk, client_id)
    assert "30 days left" in (await desk.get(fresh)).text
    assert fresh not in (await desk.get("/work")).text
    older = await taken(desk, client_id, ago=21)
    late = await taken(desk, client_id, ago=33)
    await plan_all(onprem)
    work = (await desk.get("/work?view=requests")).text
    assert older in work
    assert late in work
    assert fresh not in work
    assert "it is late" in work
    assert "3 days late" in (await desk.get("/requests?state=late")).text
    assert "A client&#39;s request is late." in (await officer.get("/compliance")).text
    own = (await desk.get(f"/clients/{client_id}")).text
    assert all(path in own for path in (fresh, older, late))
    await desk.follow(f"{late}/answer", outcome="withdrawn")
    assert late not in (await desk.get("/work?view=requests")).text
    assert "request is late" not in (await officer.get("/compliance")).text


async def test_nothing_is_handed_over_before_identity_and_each_goes_into_the_accounting(
    as_role: AsRole,
) -> None:
    """First who asks is checked; what is given then is in the accounting in the same moment."""
    desk, officer = await as_role("front_desk"), await as_role("compliance")
    client_id = await new_client(as_role, "Ludovica Handover")
    own = await taken(desk, client_id)
    given = {
        "released_on": day(0), "recipient": "Ludovica Handover", "how": "mail",
        "given": "Notes from March to June", "address": "9 Elm Row",
    }  # fmt: skip
    assert (await desk.post(f"{own}/release", **given)).status_code == 409
    await desk.follow(f"{own}/identity", checked_how="photo_id")
    assert "listed in the accounting" in (await desk.follow(f"{own}/release", **given)).text
    told = (await officer.get(f"/compliance/access/clients/{client_id}")).text
    assert "Notes from March to June" in told
    assert "9 Elm Row" in told
    closed = await desk.follow(f"{own}/answer", outcome="given", answered_on=day(0), fee="6.50")
    assert "$6.50" in closed.text
    assert (await desk.post(f"{own}/release", **given)).status_code == 409
    assert "open again" in (await desk.follow(f"{own}/reopen")).text


async def test_denial_says_why_and_keeps_what_was_typed(as_role: AsRole) -> None:
    """A part without a reason comes back marked; with it the request is closed."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Severin Partway")
    own = await taken(desk, client_id)
    await desk.follow(f"{own}/identity", checked_how="known")
    part = {"outcome": "given_in_part", "answered_on": day(0), "decision": ""}
    back = await desk.post(f"{own}/answer", **part)
    assert back.status_code == 422
    assert "Choose the reason." in back.text
    said = " ".join(unescape(re.sub(r"<[^>]+>", "", back.text)).split())
    assert "How it ends: First note under Hand over what was given." in said
    await desk.follow(
        f"{own}/release", released_on=day(0), recipient="S. Partway", given="Letters", how="fax"
    )
    said = {
        **part,
        "denied_for": "psychotherapy_notes",
        "decision": "Session notes are kept apart.",
    }
    assert "Given in part" in (await desk.follow(f"{own}/answer", **said)).text


async def test_extension_works_once_with_its_reason(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """30 days more, once; a late one gets none, and the database keeps to it too."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Ottoline Extend")
    own = await taken(desk, client_id, ago=25)
    assert (await desk.post(f"{own}/extend", extension_why="")).status_code == 422
    page = await desk.follow(f"{own}/extend", extension_why="The records are in the archive.")
    assert "35 days left" in page.text
    assert (await desk.post(f"{own}/extend", extension_why="Again.")).status_code == 409
    late = await taken(desk, client_id, ago=31)
    assert (await desk.post(f"{late}/extend", extension_why="Too late.")).status_code == 409
    again = (
        "do $$ begin perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);"
        f" update practice.records_request set extended_at = now() where id = '{own.rsplit('/', 1)[1]}'; end $$"
    )
    with pytest.raises(PostgresError, match="request_stands"):
        await onprem.run(again)


async def test_what_was_agreed_shows_where_it_matters_until_it_ends(as_role: AsRole) -> None:
    """On the client's page, on each referral and on each request; then nowhere."""
    desk = await as_role("front_desk")
    referral = await referral_of(desk, "Clementine Withheld")
    found = re.search(r'href="/clients/([0-9a-f-]{36})"', (await desk.get(referral)).text)
    assert found
    client_id = found[1]
    own = await taken(desk, client_id, kind="restriction", is_paid_in_full="1")
    denied = {
        "outcome": "denied", "answered_on": day(0), "denied_for": "cannot_do", "decision": "No.",
    }  # fmt: skip
    refused = await desk.post(f"{own}/answer", **denied)
    assert refused.status_code == 422
    assert "paid in full" in refused.text
    agreed = "Tell the insurer nothing about the visits in May"
    said = {"outcome": "accepted", "answered_on": day(0), "decision": agreed}
    await desk.follow(f"{own}/answer", **said)
    other = await taken(desk, client_id)
    places = (f"/clients/{client_id}", referral, other)
    assert all([agreed in (await desk.get(each)).text for each in places])
    await desk.follow(f"{own}/end", why="The person asked for it.")
    assert not any([agreed in (await desk.get(each)).text for each in places])
    assert (await desk.post(f"{own}/end", why="Twice.")).status_code == 409


async def test_packet_is_one_archive_that_comes_out_the_same_again(as_role: AsRole) -> None:
    """Request, log and what was given, with check sums that hold; for officers and administrators."""
    desk, officer = await as_role("front_desk"), await as_role("compliance")
    client_id = await new_client(as_role, "Balthazar Packwood")
    own = await taken(desk, client_id, what="=1+1 and all notes")
    await desk.follow(f"{own}/log", act="call", day=day(0), said="Called, will come by.")
    assert (await desk.get(f"{own}/packet")).status_code == 403
    one = await officer.get(f"{own}/packet")
    assert one.content == (await officer.get(f"{own}/packet")).content
    with zipfile.ZipFile(io.BytesIO(one.content)) as packed:
        files = {name: packed.read(name) for name in packed.namelist()}
    for line in files.pop("SHA256SUMS").decode().splitlines():
        digest, name = line.split("  ")
        assert hashlib.sha256(files[name]).hexdigest() == digest
    [row] = csv.DictReader(io.StringIO(files["requests.csv"].decode("utf-8-sig")))
    assert row["Client"] == "Balthazar Packwood"
    assert row["Asked"] == "'=1+1 and all notes"
    assert "Called, will come by." in files["log.csv"].decode()
    year = await officer.get(f"/requests/packet/{date.today().year}")  # noqa: DTZ011 - any zone's year
    assert year.status_code == 200
    assert (await officer.get("/requests/packet/1999")).status_code == 404


async def test_programs_do_the_same_by_json(as_role: AsRole) -> None:
    """Taken, checked, handed over, answered: the same service behind both faces."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Isadora Program")
    api = "/api/v1/requests"
    body = {**ASKED, "received_on": day(2)}
    made = await sent(desk, f"/api/v1/clients/{client_id}/requests", body)
    assert made.status_code == 201
    own = f"{api}/{made.json()['request']['id']}"
    assert (await sent(desk, f"{own}/identity", {"checked_how": "known"})).status_code == 200
    given = {"released_on": day(0), "recipient": "Isadora", "given": "Letters", "how": "fax"}
    whole = (await sent(desk, f"{own}/release", given)).json()
    assert whole["released"][0]["what"] == "Letters"
    said = {"outcome": "given", "answered_on": day(0)}
    assert (await sent(desk, f"{own}/answer", said)).json()["request"]["outcome"] == "given"
    listed = (await desk.get(f"/api/v1/clients/{client_id}/requests")).json()["requests"]
    assert [each["outcome"] for each in listed] == ["given"]
    assert (await sent(desk, f"{own}/answer", said)).status_code == 409
    assert (await desk.get(own)).json()["log"][0]["act"] == "received"
    waiting = (await desk.get(api)).json()["requests"]
    assert made.json()["request"]["id"] not in [each["id"] for each in waiting]


async def test_form_that_is_sent_twice_counts_once(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """Two presses of one form are one entry of the accounting, and one line of the log."""
    desk = await as_role("front_desk")
    client = await new_client(as_role, "Tamsin Doublepress")
    own = await taken(desk, client)
    await desk.follow(f"{own}/identity", checked_how="known")
    page = (await desk.get(own)).text
    keys = re.findall(r'name="key" value="([0-9a-f-]{36})"', page)
    assert len(set(keys)) == 2
    given = {"released_on": day(0), "recipient": "T. Doublepress", "given": "Letters", "how": "fax"}
    note = {"act": "call", "day": day(0), "said": "Asked when it comes."}
    for path, form in ((f"{own}/release", given), (f"{own}/log", note)):
        key = keys[0] if path.endswith("log") else keys[1]
        for _ in range(2):
            assert (await desk.post(path, key=key, **form)).status_code == 303
    told = (await desk.get(own)).text
    assert told.count("Asked when it comes.") == 1
    counted = "select count(*) from compliance.disclosure where client_id = $1::uuid"
    assert (await onprem.run(counted, client))[0]["count"] == 1


async def test_answer_given_again_is_in_force_whatever_ended_before(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Agreed, ended by a colleague, taken back, agreed again: everyone has to keep to it."""
    desk, colleague = await as_role("front_desk"), await as_role("admin")
    client_id = await new_client(as_role, "Philomena Restrict")
    own = await taken(desk, client_id, kind="restriction")
    agreed = "Tell nobody at the address of the parents"
    said = {"outcome": "accepted", "answered_on": day(0), "decision": agreed}
    await desk.follow(f"{own}/answer", **said)
    await colleague.follow(f"{own}/end", why="The person asked for it.")
    await desk.follow(f"{own}/reopen")
    await desk.follow(f"{own}/answer", **said)
    assert agreed in (await desk.get(f"/clients/{client_id}")).text
    await colleague.follow(f"{own}/end", why="The person asked for it again.")
    with pytest.raises(PostgresError, match="ended_once_answered"):
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);"
            " update practice.records_request set closed_at = null, closed_by = null, outcome = null"
            f" where id = '{own.rpartition('/')[2]}'; end $$"
        )


async def test_key_of_another_request_is_refused_and_not_taken_for_sent_before(
    as_role: AsRole,
) -> None:
    """A form that is sent twice counts once for its own request, and is never a success for another one."""
    desk = await as_role("front_desk")
    client_id = await new_client(as_role, "Quillon Twice")
    one, two = await taken(desk, client_id), await taken(desk, client_id)
    for own in (one, two):
        await desk.follow(f"{own}/identity", checked_how="photo_id")
    line = {"act": "call", "day": day(0), "said": "Called about it.", "key": str(uuid.uuid4())}
    given = {
        "released_on": day(0), "recipient": "Quillon Twice", "given": "Letters", "how": "fax",
        "key": str(uuid.uuid4()),
    }  # fmt: skip
    for path, said in (("log", line), ("release", given)):
        for _ in range(2):
            assert (await desk.post(f"{one}/{path}", **said)).status_code == 303
        assert (await desk.post(f"{two}/{path}", **said)).status_code == 409


async def test_page_says_what_comes_next(as_role: AsRole) -> None:
    """First who asks, then what is given, then the answer; the card says the same as long as it is empty."""
    desk = await as_role("front_desk")
    own = await taken(desk, await new_client(as_role, "Hesper Riddle"))
    page = (await desk.get(own)).text
    assert page.count("First check who asks. Then you can note what was handed over") == 2
    early = await desk.post(f"{own}/answer", outcome="given", answered_on=day(0))
    assert "First check who asks. Then note under Hand over what was given." in early.text
    checked = (await desk.follow(f"{own}/identity", checked_how="known")).text
    assert "Next, note under Hand over what you give." in checked
    given = {"released_on": day(0), "recipient": "H. Riddle", "given": "Letters", "how": "fax"}
    assert "Next, close the request" in (await desk.follow(f"{own}/release", **given)).text
    closed = (await desk.follow(f"{own}/answer", outcome="given", answered_on=day(0))).text
    assert "Next, close" not in closed
