"""Verdicts on what waits to leave, and what happens to a text that should not have arrived."""

import uuid
from collections.abc import AsyncIterator
from datetime import UTC, datetime

import msgspec
import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.features.announcements.models import Announcement
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.holds.rules import REASONS
from lmhg_gateway.features.holds.upkeep import LateVerdicts
from lmhg_gateway.features.oversight.upkeep import Upkeep
from lmhg_gateway.features.screening import allowances
from lmhg_gateway.features.screening.forms import AllowForm
from lmhg_gateway.features.screening.matching.reading import Reading
from lmhg_gateway.features.screening.rules import ClientIndex
from lmhg_gateway.features.screening.service import UNREADABLE, Screener
from lmhg_gateway.features.staff.public import put_profile
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_quality.factories import ANA, BEN, released_announcement
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase


@pytest.fixture
async def db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    made = Database(onprem.url("gw_worker"), pool_size=3)
    await prove(onprem, ANA.id, BEN.id, roles="compliance")
    yield made
    await made.close()


async def verdict(
    onprem: PlaneDatabase, record: Announcement
) -> tuple[str, str | None, str | None]:
    """Outcome, rule and place."""
    rows = await onprem.run(
        "select outcome, rule, place from relay.verdict where record_id = $1", record.id
    )
    return (rows[0]["outcome"], rows[0]["rule"], rows[0]["place"])


async def test_clear_text_is_cleared_and_a_named_client_is_held(
    db: Database, onprem: PlaneDatabase
) -> None:
    """A client added a moment ago is known to the next verdict."""
    screener = Screener(db)
    harmless = await released_announcement(db, title="Parking")
    await screener.screen_waiting()
    async with db.uow(ANA, "new client") as tx:
        tx.add(Client(legal_name="Quincy Featherstone"))
    naming = await released_announcement(db, title="Call Quincy Featherstone")
    await screener.screen_waiting()
    assert await verdict(onprem, harmless) == ("clear", None, None)
    assert await verdict(onprem, naming) == ("hold", "client_name", "title")
    held = await onprem.run("select rule, place, outcome from compliance.held_record")
    assert [tuple(row) for row in held] == [("client_name", "title", "waiting")]
    assert await screener.screen_waiting() == 0


async def test_arrived_text_that_names_a_client_is_kept_redacted_and_reported(
    db: Database, onprem: PlaneDatabase
) -> None:
    """The original stays here, an incident opens, and an order to redact is released."""
    async with db.uow(ANA, "new client") as tx:
        tx.add(Client(legal_name="Rowan Applewhite"))
    bodies = {
        uuid.uuid4(): "Rowan Applewhite cannot open the form",
        uuid.uuid4(): "The printer is broken",
    }
    for record_id, said in bodies.items():
        body = msgspec.json.encode(
            {"kind": "ticket", "assignee_id": None, "body": said, "category": "computer",
             "filed_at": "2026-01-02T03:04:05Z", "filed_by": str(uuid.uuid4()), "redacted": False,
             "state": "new", "subject": "Help", "urgency": "low"}
        ).decode()  # fmt: skip
        await onprem.run(
            "insert into replica.record (kind, record_id, version, body) values ('ticket', $1, 1, $2::jsonb)",
            record_id,
            body,
        )
    screener = Screener(db)
    assert await screener.screen_arrived() == 2
    assert await screener.screen_arrived() == 0
    naming = next(iter(bodies))
    orders = await onprem.run("select body, op from relay.outbox where kind = 'redaction_order'")
    assert len(orders) == 1
    assert msgspec.json.decode(orders[0]["body"]) == {
        "kind": "redaction_order", "reason": "names_client", "target_id": str(naming),
        "target_kind": "ticket", "target_version": 1,
    }  # fmt: skip
    kept = await onprem.run("select source_id, storage_policy, body_sealed from practice.kept_text")
    assert [(row["source_id"], row["storage_policy"]) for row in kept] == [(naming, "local_only")]
    assert b"Applewhite" not in kept[0]["body_sealed"]
    incident = await onprem.run("select code, subject_id from compliance.incident")
    assert [tuple(row) for row in incident] == [("client_named_in_cloud", naming)]


def ticket(ticket_id: uuid.UUID, body: str) -> dict[str, object]:
    """A ticket as it arrives."""
    return {
        "kind": "ticket", "assignee_id": None, "body": body, "category": "computer",
        "filed_at": "2026-01-02T03:04:05Z", "filed_by": str(ticket_id), "redacted": False,
        "state": "new", "subject": "Help", "urgency": "low",
    }  # fmt: skip


def answer(ticket_id: uuid.UUID, body: str, *, second: int) -> dict[str, object]:
    """An answer to it."""
    return {
        "kind": "ticket_message", "author_id": str(ticket_id), "body": body, "internal": False,
        "redacted": False, "sent_at": f"2026-01-02T03:04:{second}Z", "ticket_id": str(ticket_id),
    }  # fmt: skip


@pytest.mark.found(
    "a28", "a name cut between two messages of one ticket is held, and between two tickets not"
)
@pytest.mark.parametrize("is_same", [True, False])
async def test_name_that_is_cut_between_two_messages_is_kept(
    db: Database,
    onprem: PlaneDatabase,
    is_same: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """Each message is read with the end of what was written before it in the same ticket."""
    async with db.uow(ANA, "new client") as tx:
        tx.add(Client(legal_name="Ann-Marie Fields"))
    ids = [uuid.uuid4() for _ in range(4)]
    other = ids[0] if is_same else ids[1]
    for record_id, body in (
        (ids[0], ticket(ids[0], "The form of Ann-Marie")),
        (ids[1], ticket(ids[1], "The printer is broken")),
        (ids[2], answer(ids[0], "I mean the portal form of Ann-Marie", second=10)),
        (ids[3], answer(other, "Fields, it is locked", second=11)),
    ):
        await onprem.run(
            "insert into replica.record (kind, record_id, version, body) values ($1, $2, 1, $3::jsonb)",
            str(body["kind"]), record_id, msgspec.json.encode(body).decode(),
        )  # fmt: skip
    assert await Screener(db).screen_arrived() == 4
    kept = await onprem.run(
        "select source_id from practice.kept_text where source_id = any($1)", ids
    )
    assert [row["source_id"] for row in kept] == ([ids[3]] if is_same else [])


OFFICERS = (uuid.uuid4(), uuid.uuid4())


async def officers(onprem: PlaneDatabase) -> None:
    """Two officers, because allowing a word takes two."""
    for number, officer in enumerate(OFFICERS):
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true); insert into identity.user_account"
            " (id, email, display_name, roles, password_hash) values"
            f" ('{officer}', 'o{number}@lmhg.test', 'O', '{{compliance}}', 'x'); end $$"
        )
    await prove(onprem, *OFFICERS)


async def test_an_allowed_phrase_counts_from_the_next_look_until_it_is_removed(
    db: Database, onprem: PlaneDatabase
) -> None:
    """Asked for it does nothing; approved by a second officer it does; removed it holds again."""
    await officers(onprem)
    first, second = (str(officer) for officer in OFFICERS)
    screener = Screener(db)
    body = {
        "kind": "announcement", "title": "Zumwalt Cartage comes today", "body": "At noon.",
        "author_id": str(uuid.uuid4()), "published_at": "2026-01-02T03:04:05Z",
    }  # fmt: skip

    async def held() -> bool:
        async with db.uow(ANA, "look") as tx:
            await screener.refresh(tx)
        return bool(screener.judge("announcement", msgspec.json.encode(body)))

    async with db.uow(ANA, "new client") as tx:
        tx.add(Client(legal_name="Ottilie Zumwalt"))
    assert await held()
    form = AllowForm(term="Zumwalt Cartage", reason="The firm that brings our paper.")
    async with db.uow(person_of(first), "ask") as tx:
        asked = (await allowances.ask(tx, form, by=first)).id
    assert await held()
    async with db.uow(person_of(second), "approve") as tx:
        await allowances.approve(tx, asked, by=second, at=datetime.now(UTC))
    assert not await held()
    body["title"] = "Ottilie Zumwalt Cartage"
    assert await held()
    body["title"] = "Zumwalt Cartage comes today"
    async with db.uow(person_of(first), "remove") as tx:
        await allowances.remove(tx, asked, by=first, at=datetime.now(UTC))
    assert await held()
    (row,) = await onprem.run(
        "select term_sealed, reason_sealed from compliance.screening_allowance"
    )
    assert b"Zumwalt" not in row["term_sealed"] + row["reason_sealed"]


async def test_the_database_lets_nobody_allow_alone_or_change_or_delete(
    db: Database, onprem: PlaneDatabase
) -> None:
    """Anyone who asks does not approve, a stranger does neither, and nothing goes away."""
    first, second = (str(officer) for officer in OFFICERS)
    form = AllowForm(term="Wickersham", reason="A street near the practice.")
    async with db.uow(person_of(first), "ask") as tx:
        asked = (await allowances.ask(tx, form, by=first)).id
    update = "update compliance.screening_allowance set {} where id = :id"
    approve = "approved_by = :by, approved_at = now()"
    for by, change in (
        (first, approve),
        ("process: worker", approve),
        (second, "asked_by = :by"),
        (second, "token = '\\x00'"),
        (second, "removed_by = 'somebody', removed_at = now()"),
    ):
        with pytest.raises(DBAPIError):
            async with db.uow(
                (Actor(by) if by.startswith("process:") else person_of(by)), "forge"
            ) as tx:
                await tx.execute(text(update.format(change)), {"id": asked, "by": by})
    with pytest.raises(DBAPIError):
        async with db.uow(person_of(second), "delete") as tx:
            await tx.execute(text("delete from compliance.screening_allowance"))
    async with db.uow(person_of(second), "approve") as tx:
        await tx.execute(text(update.format(approve)), {"id": asked, "by": second})


async def test_colleagues_are_known_by_name(db: Database, onprem: PlaneDatabase) -> None:
    """A colleague who shares a client's surname is no client; the client still is."""
    async with db.uow(ANA, "people") as tx:
        tx.add(Client(legal_name="Ottoline Brackenridge"))
        await put_profile(
            tx,
            uuid.uuid4(),
            email="r@lmhg.test",
            display_name="Dr Rhea Brackenridge",
            roles=["staff"],
        )
        screener = Screener(db)
        await screener.refresh(tx)
    assert screener.index.find("Rhea Brackenridge is out") is None
    assert screener.index.find("Ottoline Brackenridge is out") == "client_name"
    assert await onprem.run("select 1 from practice.client")


async def test_a_body_that_is_not_its_contract_is_held(db: Database) -> None:
    """What cannot be read cannot be cleared; the same kind, well formed, is."""
    screener = Screener(db)
    good = {
        "kind": "announcement", "title": "Parking", "body": "Closed.",
        "author_id": str(uuid.uuid4()), "published_at": "2026-01-02T03:04:05Z",
    }  # fmt: skip
    assert screener.judge("announcement", msgspec.json.encode(good)) == []
    for kind, body in (
        ("announcement", b"not even JSON"),
        ("announcement", msgspec.json.encode({**good, "client": "Quincy"})),
        ("client", msgspec.json.encode(good)),
    ):
        found = screener.judge(kind, body)
        assert [hit.place for hit in found] == [UNREADABLE]


BACKDATE = """
do $$ declare wall record; begin
    alter table practice.announcement disable trigger user;
    update practice.announcement set updated_at = now() - interval '3 minutes' where id = '{id}';
    for wall in select tgname from pg_trigger
                where tgrelid = 'practice.announcement'::regclass and not tgisinternal loop
        execute format('alter table practice.announcement enable always trigger %I', wall.tgname);
    end loop;
end $$
"""
"""The wall is always on, and says when a row changed: a superuser opens it to turn the clock back."""


async def test_what_was_refused_for_a_late_verdict_is_released_again(
    db: Database, onprem: PlaneDatabase
) -> None:
    """Once it is old enough, and once: while it waits in the outbox nothing is added."""
    upkeep = LateVerdicts(db)
    record = await released_announcement(db, title="Parking again")
    await onprem.run("delete from relay.outbox where record_id = $1", record.id)
    assert await upkeep.release_unscreened() == 0
    await onprem.run(BACKDATE.format(id=record.id))
    assert await upkeep.release_unscreened() == 1
    assert await upkeep.release_unscreened() == 0
    waiting = "select op, body from relay.outbox where record_id = $1"
    (row,) = await onprem.run(waiting, record.id)
    assert (row["op"], "Parking again" in row["body"]) == ("put", True)


@pytest.mark.found("P6", "an event that was set aside opens one incident")
async def test_an_event_set_aside_opens_one_incident(db: Database, onprem: PlaneDatabase) -> None:
    """The officer reads what it means, once."""
    upkeep = Upkeep(db, Practice("America/Kentucky/Louisville"))
    assert await upkeep.open_set_aside_incidents() == 0
    await onprem.run(
        "insert into audit.set_aside (n, at, actor, act, subject_kind, subjects, reason, digest)"
        " values (1, now(), 'a', 'read', 'client', 2000, 'entry_too_long', sha256('x'))"
    )
    assert [await upkeep.open_set_aside_incidents() for _ in range(2)] == [1, 0]
    made = await onprem.run("select 1 from compliance.incident where code = 'event_set_aside'")
    assert len(made) == 1


async def test_a_match_that_differs_opens_one_incident(db: Database, onprem: PlaneDatabase) -> None:
    """A clean one opens none; the request for it is the worker's, by name."""
    upkeep = Upkeep(db, Practice("America/Kentucky/Louisville"))
    assert [await upkeep.request_nightly_match() for _ in range(2)] == [1, 0]
    (asked,) = await onprem.run("select id, requested_by from relay.match_request")
    assert asked["requested_by"] == "process: worker"
    result = (
        "insert into relay.match_result (id, clean, compared, differences)"
        " values ($1, $2 = 'clean', 1, '[]'::jsonb)"
    )
    await onprem.run(result, uuid.uuid4(), "clean")
    assert await upkeep.open_match_incidents() == 0
    await onprem.run(result, asked["id"], "differs")
    assert [await upkeep.open_match_incidents() for _ in range(2)] == [1, 0]
    incident = await onprem.run(
        "select subject_id from compliance.incident where code = 'match_differs'"
    )
    assert [row["subject_id"] for row in incident] == [asked["id"]]


class Failing(ClientIndex):
    """An index on which one text fails."""

    def read(self, text: str) -> Reading:
        """Fail on that text."""
        raise RecursionError(len(text))


@pytest.mark.found(
    "I1", "a text on which screening fails is held, and the others get their verdicts"
)
async def test_text_on_which_a_rule_fails_is_held(db: Database) -> None:
    """Not passed, not in the way: held for an officer under a rule with words."""
    body = msgspec.json.encode(
        {"kind": "announcement", "title": "Kitchen", "body": "Closed.", "author_id": str(uuid.uuid4()),
         "published_at": "2026-11-28T12:00:00.000000Z"}
    )  # fmt: skip
    (hit,) = Screener(db, index=Failing()).judge("announcement", body)
    assert (hit.rule, hit.place in {"title", "body"}) == ("screening_failed", True)
    assert hit.rule in REASONS
    assert Screener(db).judge("announcement", body) == []
