"""The weekly packet: made once, judged line by line, signed with a second proof, and then fixed."""

import base64
import hashlib
import re
import uuid
from datetime import UTC, date, datetime, timedelta

import pytest

from lmhg_contracts.ledger.entries import AccessEntry, RelayEntry, encode_entry, timestamp
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.packets.public import week_states
from lmhg_gateway.features.packets.rules import (
    Week,
    in_order,
    needs_a_look,
    week_before,
)
from lmhg_gateway.features.packets.service import gather
from lmhg_gateway.features.packets.upkeep import TEXT, LateLetters, PacketUpkeep
from lmhg_gateway.web.points import PacketLine
from lmhg_kit.errors import Unavailable
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.testing import AsRole, Hands, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

LIST = "/compliance/packets"
QUESTIONS = FeatureSet(FEATURES).contributions(PacketLine)
LINES = in_order(QUESTIONS)
ZONE = "America/Kentucky/Louisville"
HOURS = "Mon-Fri 07:30-19:00"
ACT = "perform set_config('app.actor', 't', true), set_config('app.purpose', 't', true);"


@pytest.fixture
async def officer(as_role: AsRole):
    """The compliance officer."""
    return await as_role("compliance")


@pytest.fixture(scope="module")
async def worker_db(onprem: PlaneDatabase):
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    yield db
    await db.close()


@pytest.fixture(scope="module", autouse=True)
async def began(onprem: PlaneDatabase) -> None:
    """The installation is of last year."""
    entry = AccessEntry(
        act="read", actor="t", at="2025-01-01T00:00:00.000000Z", columns=(), n=0, outcome="done",
        purpose="test", request_id="", subject_ids=(), subject_kind="test", zone="",
    )  # fmt: skip
    await onprem.run("insert into audit.ledger (n, entry) values (0, $1)", encode_entry(entry))


async def test_fresh_practice_misses_no_packet(officer: Signed, onprem: PlaneDatabase) -> None:
    """Nobody is asked for the packet of a week that was over before anything began."""
    missing = "is not ready yet"
    assert missing in (await officer.get(LIST)).text
    swap = (
        "do $$ begin alter table audit.ledger disable trigger all; update audit.ledger set entry ="
        " convert_to(replace(convert_from(entry, 'utf8'), '{}', '{}'), 'utf8') where n = 0;"
        " alter table audit.ledger enable trigger all; end $$"
    )
    today = f"{datetime.now(UTC):%Y-%m-%d}"
    await onprem.run(swap.format("2025-01-01", today))
    page = (await officer.get(LIST)).text
    await onprem.run(swap.format(today, "2025-01-01"))
    assert missing not in page
    assert "No packet yet" in page


async def test_week_before_anything_began_has_no_packet(
    worker_db: Database, people: dict[str, uuid.UUID]
) -> None:
    """A new installation is not late with a week that it never saw; the next week has one."""
    hands = Hands()
    hands.at = datetime(2025, 1, 1, 12, 0, tzinfo=UTC)
    assert await PacketUpkeep(worker_db, ZONE, HOURS, QUESTIONS, hands).make_due() == 0
    hands.turn(days=7)
    assert await PacketUpkeep(worker_db, ZONE, HOURS, QUESTIONS, hands).make_due() == 1


@pytest.fixture
async def packet(officer: Signed, onprem: PlaneDatabase, worker_db: Database) -> str:
    """The page of a packet of a week of its own, made by the worker."""
    rows = await onprem.run(
        "select count(*) as count from compliance.packet where first_day > '2025-06-01'"
    )
    hands = Hands()
    hands.turn(days=-7 * (rows[0]["count"] + 1))
    assert await PacketUpkeep(worker_db, ZONE, HOURS, QUESTIONS, hands).make_due() == 1
    assert await PacketUpkeep(worker_db, ZONE, HOURS, QUESTIONS, hands).make_due() == 0
    newest = await onprem.run(
        "select id from compliance.packet where first_day > '2025-06-01' order by first_day limit 1"
    )
    return f"{LIST}/{newest[0]['id']}"


def fine(**changes: str) -> dict[str, str]:
    """A form in which every line is ok."""
    return {f"verdict-{code}": "ok" for code in LINES} | changes


def test_counts_that_ask_for_a_look_are_marked() -> None:
    """A difference, a finding, a wait; and nothing where all is quiet."""
    assert needs_a_look(LINES["match"], {"differing": 1})
    assert needs_a_look(LINES["sweeps"], {"days_without": 2})
    assert not needs_a_look(LINES["match"], {"runs": 7, "differing": 0})
    assert not needs_a_look(LINES["crossed"], {"announcement": 3})


async def test_packet_waits_a_while_for_the_ledgers_to_be_verified(
    worker_db: Database, people: dict[str, uuid.UUID], onprem: PlaneDatabase
) -> None:
    """On Monday morning it asks for both; what was not verified in time is said in its line."""
    monday = Hands()
    monday.at = datetime(2025, 3, 3, 6, 0, tzinfo=UTC)
    upkeep = PacketUpkeep(worker_db, ZONE, HOURS, QUESTIONS, monday)
    assert await upkeep.make_due() == 0
    assert await upkeep.make_due() == 0
    asked = await onprem.run("select ledger from compliance.ledger_check order by ledger")
    assert [row["ledger"] for row in asked] == ["access", "relay"]
    monday.turn(hours=2)
    assert await upkeep.make_due() == 1
    rows = await onprem.run(
        "select l.facts from compliance.packet_line l join compliance.packet p on p.id = l.packet_id"
        " where l.code = 'ledgers' and p.first_day = '2025-02-24'"
    )
    assert '"not_checked": 2' in rows[0]["facts"]


async def test_week_counts_what_crossed_and_what_was_refused_in_it_alone(
    worker_db: Database, people: dict[str, uuid.UUID], onprem: PlaneDatabase
) -> None:
    """The entries of the days before and after are not counted: the first and the last moment are."""
    week = week_before(datetime(2025, 5, 7, 12, 0, tzinfo=UTC), ZONE)
    tick = timedelta(microseconds=1)
    moments = [week.begins - tick, week.begins, week.begins + tick, week.ends - tick, week.ends]
    for n, at in enumerate(moments):
        entry = RelayEntry(
            actor="relay", at=timestamp(at), batch=None, bytes=1, decision="ship" if n % 2 else "refuse",
            digest=None, exemption_id=None, fields=(), gate=None if n % 2 else "content",
            kind="announcement", n=n, op="put", policy="0" * 16, reason=None if n % 2 else "held",
            record_id=str(uuid.uuid4()), version=1,
        )  # fmt: skip
        await onprem.run(
            "insert into relay.ledger (n, entry) values ($1, $2)", n, encode_entry(entry)
        )
    async with worker_db.read(Actor("process: test"), "test") as tx:
        facts = await gather(tx, week, QUESTIONS, at=week.ends, hours=HOURS)
    assert facts["crossed"] == {"announcement": 2}
    assert facts["refused"] == {"announcement_content_held": 1}
    assert set(facts) == set(LINES)


async def test_packet_shows_every_line_and_counts_alone(officer: Signed, packet: str) -> None:
    """Each question is there with its answer, and waits to be judged."""
    page = (await officer.get(packet)).text
    for words in LINES.values():
        assert words.title in page
    assert "You can sign when every line is reviewed." in page
    assert (await officer.post(f"{packet}/sign")).status_code == 409


async def test_judgement_is_checked_line_by_line(officer: Signed, packet: str) -> None:
    """One line wrong: nothing is kept, and what was typed is still there."""
    wrong = await officer.post(
        packet, **fine(**{"verdict-held": "question", "comment-match": "Fine, it ran."})
    )
    assert wrong.status_code == 422
    assert "Describe the question or the incident." in wrong.text
    assert "Fine, it ran." in wrong.text
    assert "Fine, it ran." not in (await officer.get(packet)).text


async def test_incident_line_opens_one_once(
    officer: Signed, packet: str, onprem: PlaneDatabase
) -> None:
    """Saved twice it is still one, and its page leads back to the packet."""
    given = fine(**{"verdict-held": "incident", "comment-held": "It waited for nine days."})
    await officer.follow(packet, **given)
    page = await officer.follow(packet, **given)
    assert "See the incident" in page.text
    rows = await onprem.run(
        "select id from compliance.incident where code = 'packet_line' and subject_id = $1::uuid",
        packet.rsplit("/", 1)[1],
    )
    assert len(rows) == 1
    incident = (await officer.get(f"/compliance/incidents/{rows[0]['id']}")).text
    assert packet in incident


async def test_signed_packet_stands_for_ever(
    officer: Signed, packet: str, onprem: PlaneDatabase
) -> None:
    """Page, workspace and owner are refused; its digest is that of the content, and in the access ledger."""
    await officer.follow(packet, **fine(**{"comment-crossed": "As every week."}))
    page = await officer.follow(f"{packet}/sign")
    body = (await officer.get(f"{packet}/content")).content
    digest = hashlib.sha256(body)
    assert digest.hexdigest() in page.text
    short = base64.urlsafe_b64encode(digest.digest()).decode().rstrip("=")
    noted = await onprem.run("select columns from audit.event where act = 'packet_signed'")
    assert [f"sha256:{short}"] in [row["columns"] for row in noted]
    assert (await officer.post(packet, **fine())).status_code == 409
    assert (await officer.post(f"{packet}/sign")).status_code == 409
    own = packet.rsplit("/", 1)[1]
    for change in (
        f"update compliance.packet set due_at = now() where id = '{own}'",
        f"update compliance.packet set signed_by = null, signed_at = null, digest = null where id = '{own}'",
        f"delete from compliance.packet where id = '{own}'",
        f"update compliance.packet_line set facts = '{{}}' where packet_id = '{own}'",
        f"update compliance.packet_line set verdict = 'question', judged_by = 't' where packet_id = '{own}'",
        f"delete from compliance.packet_line where packet_id = '{own}'",
    ):
        with pytest.raises(Exception, match="packet_stands"):
            await onprem.run(f"do $$ begin {ACT} {change}; end $$")


async def test_packet_that_was_changed_past_the_wall_says_so(
    officer: Signed, packet: str, onprem: PlaneDatabase
) -> None:
    """The negative control: with the triggers off, the page no longer agrees with the signature."""
    await officer.follow(packet, **fine())
    assert "Signed by" in (await officer.follow(f"{packet}/sign")).text
    own = packet.rsplit("/", 1)[1]
    await onprem.run(
        f"do $$ begin {ACT} alter table compliance.packet_line disable trigger all;"
        " update compliance.packet_line set facts = jsonb_set(facts, '{runs}', '7')"
        f" where packet_id = '{own}' and code = 'match';"
        " alter table compliance.packet_line enable trigger all; end $$"
    )
    assert "This does not match what was signed." in (await officer.get(packet)).text


async def test_month_says_of_each_week_whether_its_packet_is_signed(
    officer: Signed, packet: str, worker_db: Database, onprem: PlaneDatabase
) -> None:
    """Never made, not signed, signed, and no longer what was signed; nothing from before the beginning."""
    own = packet.rsplit("/", 1)[1]
    rows = await onprem.run("select first_day from compliance.packet where id = $1::uuid", own)
    week = Week(rows[0]["first_day"], ZONE)

    async def states(first: date, last: date) -> dict[date, str]:
        async with worker_db.read(Actor("process: test"), "test") as tx:
            found = await week_states(tx, first, last, zone=ZONE)
        return {each.first_day: each.state for each in found}

    assert (await states(week.first, week.last))[week.first] == "Is not signed"
    await officer.follow(packet, **fine())
    await officer.follow(f"{packet}/sign")
    assert await states(week.first, week.last) == {week.first: "Signed"}
    await onprem.run(
        f"do $$ begin {ACT} alter table compliance.packet_line disable trigger all;"
        f" update compliance.packet_line set facts = '{{}}' where packet_id = '{own}' and code = 'match';"
        " alter table compliance.packet_line enable trigger all; end $$"
    )
    assert await states(week.first, week.last) == {week.first: "Is not what was signed"}
    lost = await states(date(2025, 3, 10), date(2025, 3, 16))
    assert lost == {date(2025, 3, 10): "Was never made"}
    assert await states(date(2024, 1, 1), date(2024, 12, 29)) == {}


async def test_signing_asks_again_who_one_is(
    officer: Signed, packet: str, edge: Edge, onprem: PlaneDatabase
) -> None:
    """A sign-in of an hour ago is not enough, and judging needs no second proof."""
    await onprem.run("update identity.session set authenticated_at = now() - interval '1 hour'")
    await officer.follow(packet, **fine())
    answer = await officer.post(f"{packet}/sign")
    assert answer.status_code == 403
    rows = await onprem.run(
        "select signed_at from compliance.packet where id = $1::uuid", packet.rsplit("/", 1)[1]
    )
    assert rows[0]["signed_at"] is None


async def test_database_accepts_no_signature_on_half_a_packet(
    officer: Signed, packet: str, onprem: PlaneDatabase
) -> None:
    """Nor one by someone who is no officer, nor in another's name."""
    own = packet.rsplit("/", 1)[1]
    sign = (
        "update compliance.packet set signed_by = '{by}', signed_at = now(), digest = '"
        + "0" * 64
        + f"' where id = '{own}'"
    )
    officer_id, admin_id = uuid.UUID(int=3), uuid.UUID(int=5)

    async def attempt(*, actor: uuid.UUID, by: uuid.UUID) -> None:
        act = f"perform set_config('app.actor', '{actor}', true), set_config('app.purpose', 't', true);"
        await onprem.run(f"do $$ begin {act} {sign.format(by=by)}; end $$")

    with pytest.raises(Exception, match="packet_stands"):
        await attempt(actor=officer_id, by=officer_id)
    await officer.follow(packet, **fine())
    for actor, by in ((admin_id, admin_id), (admin_id, officer_id)):
        with pytest.raises(Exception, match="packet_stands"):
            await attempt(actor=actor, by=by)
    await attempt(actor=officer_id, by=officer_id)


@pytest.mark.found(
    "I1", "one address that refuses a letter keeps no other from its own, and none comes twice"
)
async def test_late_packet_is_told_once_a_day_without_a_value(
    packet: str, worker_db: Database, people: dict[str, uuid.UUID], onprem: PlaneDatabase
) -> None:
    """To every administrator and officer; a failed mail is tried again; a signed one is quiet."""
    await onprem.run(
        f"do $$ begin {ACT} update compliance.packet set told_on = null where signed_at is null; end $$"
    )
    rows = await onprem.run(
        "select count(*) as count from compliance.packet where signed_at is null"
    )
    sent: list[tuple[str, str, str]] = []
    hands = Hands()
    hands.turn(days=10)

    async def send(to: str, *, subject: str, text: str) -> None:
        sent.append((to, subject, text))

    async def fail(to: str, *, subject: str, text: str) -> None:
        raise Unavailable("mail_refused")

    with pytest.raises(Unavailable):
        await LateLetters(worker_db, fail, ZONE, hands).step()
    letters = LateLetters(worker_db, send, ZONE, hands)
    assert await letters.step() == rows[0]["count"] > 0
    assert {to for to, _, _ in sent} == {
        f"{name}@lmhg.test" for name in ("compliance", "second", "admin", "deputy")
    }
    words = set(re.findall(r"[A-Za-z]+", TEXT)) | {"AM", "PM", "Wed", "Eastern", "Time"}
    months = {datetime(2026, month, 1).strftime("%b") for month in range(1, 13)}  # noqa: DTZ001 - a name alone
    assert set(re.findall(r"[A-Za-z]+", sent[0][2])) <= words | months
    assert await letters.step() == 0
    hands.turn(days=1)
    assert await letters.step() == rows[0]["count"]
    hands.turn(days=1)
    sent.clear()

    async def all_but_one(to: str, *, subject: str, text: str) -> None:
        if to.startswith("second"):
            raise Unavailable("mail_refused")
        await send(to, subject=subject, text=text)

    with pytest.raises(Unavailable):
        await LateLetters(worker_db, all_but_one, ZONE, hands).step()
    told = sorted(to for to, _, _ in sent)
    assert len(set(told)) == 3
    assert len(told) == 3 * rows[0]["count"]
    assert await letters.step() == 0


async def test_admin_reads_and_does_not_judge(as_role: AsRole, packet: str) -> None:
    """Judging and signing are the officer's."""
    admin = await as_role("admin")
    assert (await admin.get(packet)).status_code == 200
    for path in (packet, f"{packet}/sign", LIST):
        assert (await admin.post(path)).status_code == 403


async def test_packet_that_is_none_is_not_found(officer: Signed) -> None:
    """Whatever one wants of it."""
    own = f"{LIST}/{uuid.uuid4()}"
    assert (await officer.get(own)).status_code == 404
    assert (await officer.get(f"{own}/content")).status_code == 404
    assert (await officer.post(f"{own}/sign")).status_code == 404


async def test_last_week_is_made_on_demand(officer: Signed) -> None:
    """By hand it is the same packet; a second time says that there is one."""
    page = await officer.follow(LIST)
    assert "Review each line, then sign." in page.text
    assert "This week already has a packet." in (await officer.follow(LIST)).text
