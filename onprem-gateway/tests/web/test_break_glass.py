"""Break-glass (control 2): a reason, an end, a notice, a review, and never more than reading."""

import asyncio
import uuid
from datetime import datetime

import asyncpg
import pytest
from aiosmtpd.controller import Controller
from aiosmtpd.smtp import Envelope
from sqlalchemy import select

from lmhg_gateway.adapters.mail import Mailer
from lmhg_gateway.features.break_glass.models import BreakGlass
from lmhg_gateway.features.break_glass.public import ELEVATION, Notices
from lmhg_gateway.features.sessions.session_store import WORKSPACE, SessionStore
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.access import SESSION_COOKIE, Gate
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.session import hash_token
from lmhg_kit.http.testing import AsRole, Browsers, Hands, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.ports import free_ports
from lmhg_stack.proof import acting, prove
from lmhg_stack.testing import PlaneDatabase

ACT = "perform set_config('app.actor', '{}', true), set_config('app.purpose', 't', true);"
REASON = {"reason": "A caller is in danger and nobody of the front desk answers.", "minutes": "30"}


@pytest.fixture
async def helper(as_role: AsRole, onprem: PlaneDatabase) -> Signed:
    """Someone whose role opens no client, and whose glass is whole."""
    signed = await as_role("it_support")
    await signed.post("/break-glass/end")
    return signed


async def test_it_opens_reading_at_once_and_nothing_more(helper: Signed) -> None:
    """Before: nothing. While it is open: clients may be read, not written. After: nothing."""
    assert (await helper.get("/clients")).status_code == 403
    page = await helper.follow("/break-glass", **REASON)
    assert "Emergency access is open until" in page.text
    assert (await helper.get("/clients")).status_code == 200
    assert (await helper.post("/clients", name="Somebody")).status_code == 403
    page = await helper.follow("/break-glass/end")
    assert "Emergency access is open until" not in page.text
    assert (await helper.get("/clients")).status_code == 403


async def test_a_short_reason_opens_nothing(helper: Signed) -> None:
    """The form says what is missing and keeps what was typed."""
    answer = await helper.post("/break-glass", reason="because", minutes="30")
    assert answer.status_code == 422
    assert "because" in answer.text
    assert (await helper.get("/clients")).status_code == 403


async def test_it_ends_by_itself(helper: Signed, edge: Edge, workspace_db: Database) -> None:
    """A clock moved on by its minutes finds the session as it was."""
    await helper.follow("/break-glass", **REASON)
    gate: Gate = edge.inner.state["gate"]
    token = helper.browser.cookies.get(gate.jar.name(SESSION_COOKIE))
    assert token is not None
    hands = Hands()
    hands.at = await opened_at(workspace_db)
    later = SessionStore(workspace_db, WORKSPACE, hands, elevation=ELEVATION)
    hands.turn(minutes=29)
    during = await later.find_session(hash_token(token))
    hands.turn(minutes=2)
    after = await later.find_session(hash_token(token))
    assert during is not None
    assert after is not None
    assert "break_glass" in during.roles
    assert "break_glass" not in after.roles
    assert after.elevated_until is None


@pytest.mark.found(
    "A9", "of ten parallel posts one opens emergency access, and officers get one incident"
)
@pytest.mark.found(
    "A10", "a refusal by the database is told in a sentence, never as a failure of ours"
)
async def test_ten_posts_at_once_open_one(helper: Signed, onprem: PlaneDatabase) -> None:
    """The database holds the person's row, so the others see the first and hear so."""
    query = (
        "select (select count(*) from compliance.break_glass) as openings,"
        " (select count(*) from compliance.incident where code = 'break_glass') as incidents"
    )
    before = (await onprem.run(query))[0]
    answers = await asyncio.gather(*(helper.post("/break-glass", **REASON) for _ in range(10)))
    assert sorted(answer.status_code for answer in answers) == [303] + [409] * 9
    assert all("already open" in answer.text for answer in answers if answer.status_code == 409)
    after = (await onprem.run(query))[0]
    assert [after[name] - before[name] for name in ("openings", "incidents")] == [1, 1]


async def opened_at(db: Database) -> datetime:
    """When the newest opening began."""
    query = select(BreakGlass.opened_at).order_by(BreakGlass.opened_at.desc()).limit(1)
    async with db.read(Actor("process: test"), "test") as tx:
        return (await tx.execute(query)).scalar_one()


async def test_no_review_is_forgotten_behind_newer_openings(
    as_role: AsRole, onprem: PlaneDatabase, people: dict[str, uuid.UUID]
) -> None:
    """An old opening that waits is counted by the bell and is first, above a hundred newer ones."""
    who, officer = people["it_support"], people["compliance"]
    await onprem.run(
        f"do $$ begin {ACT.format(who)} insert into compliance.break_glass (id, user_id, opened_at, ends_at, told_at)"
        f" select gen_random_uuid(), '{who}', at, at + interval '30 minutes', at"
        " from generate_series(0, 110) n, lateral (select timestamptz '2025-03-01 12:00+00'"
        " + n * interval '1 day' as at) t;"
        f" {ACT.format(officer)} update compliance.break_glass set outcome = 'justified', reviewed_by = '{officer}',"
        " reviewed_at = now() where opened_at between '2025-03-02' and '2025-12-31'; end $$"
    )
    waiting = await onprem.run(
        "select count(*) as n from compliance.break_glass where reviewed_at is null"
    )
    signed = await as_role("compliance")
    assert "Mar 1, 2025" in (await signed.get("/break-glass")).text
    told = (await signed.get("/notifications")).text
    note = told.partition("Emergency access to review")[2].partition("</li>")[0]
    assert f">{waiting[0]['n']}<" in note


async def test_officers_are_told_and_one_reviews(
    helper: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """An incident is at once; the officer sees whose and why, and decides once."""
    await helper.follow("/break-glass", **REASON)
    opening = (
        await onprem.run("select id from compliance.break_glass order by opened_at desc limit 1")
    )[0]["id"]
    incidents = await onprem.run(
        "select code from compliance.incident where subject_id = $1", opening
    )
    assert [row["code"] for row in incidents] == ["break_glass"]
    officer = await as_role("compliance")
    page = await officer.get("/break-glass")
    assert "It_Support Person" in page.text
    assert "A caller is in danger" in page.text
    page = await officer.follow(f"/break-glass/{opening}/review", outcome="justified")
    assert "Review saved" in page.text
    again = await officer.post(f"/break-glass/{opening}/review", outcome="incident")
    assert again.status_code == 409


async def test_nobody_reviews_an_own_opening(as_role: AsRole, onprem: PlaneDatabase) -> None:
    """An officer who broke the glass cannot call it justified."""
    officer = await as_role("second")
    await officer.follow("/break-glass", **REASON)
    opening = (
        await onprem.run("select id from compliance.break_glass order by opened_at desc limit 1")
    )[0]["id"]
    answer = await officer.post(f"/break-glass/{opening}/review", outcome="justified")
    assert answer.status_code == 403


async def test_who_may_reach_it(as_role: AsRole, browsers: Browsers) -> None:
    """Anonymous people are asked to sign in, other networks find nothing, others do not review."""
    assert (await browsers().get("/break-glass")).status_code in (303, 401)
    assert (await browsers("203.0.113.9").get("/break-glass")).status_code == 404
    staff = await as_role("staff")
    answer = await staff.post(f"/break-glass/{uuid.uuid4()}/review", outcome="justified")
    assert answer.status_code == 403


SQL_ATTEMPTS = {
    "for_somebody_else": "insert into compliance.break_glass (id, user_id, opened_at, ends_at)"
    " values (gen_random_uuid(), '00000000-0000-0000-0000-000000000008', now(), now() + interval '5 min')",
    "longer_than_an_hour": "insert into compliance.break_glass (id, user_id, opened_at, ends_at)"
    " values (gen_random_uuid(), '00000000-0000-0000-0000-000000000007', now() - interval '3 hours',"
    " now() - interval '1 minute')",
    "while_one_runs": "insert into compliance.break_glass (id, user_id, opened_at, ends_at)"
    " values (gen_random_uuid(), '00000000-0000-0000-0000-000000000007', now(), now() + interval '5 min')",
    "later_end": "update compliance.break_glass set ends_at = ends_at + interval '1 minute'",
    "other_reason": "update compliance.break_glass set reason_sealed = decode('00', 'hex')",
    "own_review": "update compliance.break_glass set reviewed_by = user_id, reviewed_at = now(), outcome = 'justified'",
    "review_by_no_officer": "update compliance.break_glass set outcome = 'justified',"
    " reviewed_by = '00000000-0000-0000-0000-000000000007', reviewed_at = now() where reviewed_at is null",
}


@pytest.mark.parametrize("attempt", SQL_ATTEMPTS)
async def test_the_database_holds_the_rules_by_itself(
    helper: Signed, onprem: PlaneDatabase, attempt: str
) -> None:
    """As the workspace's own role, in SQL."""
    await helper.follow("/break-glass", **REASON)
    await prove(onprem, "00000000-0000-0000-0000-000000000007")
    link = await asyncpg.connect(onprem.url("gw_workspace"))
    undone = link.transaction()
    await undone.start()
    try:
        await link.execute(f"select {acting('00000000-0000-0000-0000-000000000007')}")
        with pytest.raises(asyncpg.PostgresError) as refused:
            await link.execute(SQL_ATTEMPTS[attempt])
        expected = ("LM030",) if attempt == "while_one_runs" else ("LM015", "23514")
        assert getattr(refused.value, "sqlstate", None) in expected
    finally:
        await undone.rollback()
        await link.close()


class Inbox:
    """What the mail server kept."""

    def __init__(self) -> None:
        self.mails: list[tuple[list[str], str]] = []

    async def handle_DATA(self, server: object, session: object, envelope: Envelope) -> str:  # noqa: N802 - aiosmtpd's name
        """Keep it."""
        del server, session
        content = envelope.content
        assert isinstance(content, bytes)
        self.mails.append((envelope.rcpt_tos, content.decode()))
        return "250 OK"


async def test_officers_get_a_mail_that_names_no_client_and_no_reason(
    helper: Signed, onprem: PlaneDatabase
) -> None:
    """One mail an opening, over real SMTP; while the server is away the opening stays untold."""
    await helper.follow("/break-glass", **REASON)
    db = Database(onprem.url("gw_worker"), pool_size=2)
    to = "officers@lmhg.test"
    port = free_ports(1)[0]
    mailer = Mailer(f"smtp://127.0.0.1:{port}", "LMHG <no-reply@lmhg.test>")
    with pytest.raises(Unavailable):
        await Notices(db, mailer.send, to, timezone="America/Kentucky/Louisville").step()
    inbox = Inbox()
    server = Controller(inbox, hostname="127.0.0.1", port=port)
    server.start()
    try:
        told = await Notices(db, mailer.send, to, timezone="America/Kentucky/Louisville").step()
        assert (
            await Notices(db, mailer.send, to, timezone="America/Kentucky/Louisville").step() == 0
        )
    finally:
        server.stop()
        await db.close()
    assert told == len(inbox.mails) >= 1
    assert all(rcpt == [to] for rcpt, _ in inbox.mails)
    text = inbox.mails[-1][1]
    assert "It_Support Person opened emergency access." in text
    assert "caller" not in text
