"""Tickets: filed, answered, moved, seen by the right people, redacted on order."""

import re
import uuid
from collections.abc import AsyncIterator

import asyncpg
import msgspec
import pytest
from sqlalchemy.exc import DBAPIError

from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_portal.features.tickets import service
from lmhg_portal.features.tickets.rules import MOVED, MOVES, State
from lmhg_portal.features.tickets.service import run_redactions
from lmhg_stack.testing import PlaneDatabase

TICKET = {"subject": "Printer", "body": "It is on fire", "category": "computer", "urgency": "high"}


@pytest.fixture
async def worker_db(cloud: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the portal worker reaches it."""
    db = Database(cloud.url("po_worker"), pool_size=2)
    yield db
    await db.close()


async def file(person: Signed, **changes: str) -> str:
    """File a ticket; its address."""
    answer = await person.post("/tickets/new", **{**TICKET, **changes})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"]


async def outbox(cloud: PlaneDatabase, record_id: str) -> list[dict[str, object]]:
    """What a record released, in order."""
    rows = await cloud.run(
        "select body from relay.outbox where record_id = $1 order by xid, seq", uuid.UUID(record_id)
    )
    return [msgspec.json.decode(row["body"]) for row in rows]


def test_every_state_has_its_moves() -> None:
    """The table is complete, and no state is a trap."""
    assert set(MOVES) == set(State)
    assert all(MOVES.values())


async def test_filed_ticket_is_shown_and_released(as_role: AsRole, cloud: PlaneDatabase) -> None:
    """Its author sees it at once, and it is on its way to the gateway."""
    author = await as_role("staff")
    path = await file(author)
    page = await author.get(path)
    assert "It is on fire" in page.text
    released = await outbox(cloud, path.rsplit("/", 1)[1])
    assert [(found["subject"], found["state"]) for found in released] == [("Printer", "new")]


async def test_home_counts_every_open_ticket_and_leads_to_all(as_role: AsRole) -> None:
    """The figure is the true total, not how many are shown; what is resolved is told, and not counted."""
    author = await as_role("clinician")
    for number in range(7):
        await file(author, subject=f"Lamp {number}")
    done = await file(author, subject="Fixed lamp")
    support = await as_role("it_support")
    assert (await support.post(f"{done}/take")).status_code == 303
    assert (await support.post(f"{done}/state", state="resolved")).status_code == 303
    home = (await author.get("/")).text
    assert "My open tickets" in home
    assert (home.count("Lamp "), "See all 7" in home, "Fixed lamp" in home) == (4, True, True)
    assert (await author.post(f"{done}/state", state="closed")).status_code == 303
    home = (await author.get("/")).text
    assert (home.count("Lamp "), "See all 7" in home, "Fixed lamp" in home) == (5, True, False)
    listed = (await author.get("/tickets?mine=1")).text
    assert listed.count(">Lamp ") == 7


@pytest.mark.parametrize(
    ("field", "value"),
    [("subject", ""), ("body", ""), ("category", "cooking"), ("body", "x" * 4001)],
)
async def test_bad_input_keeps_what_was_typed(as_role: AsRole, field: str, value: str) -> None:
    """422, the field named, the other fields as typed."""
    author = await as_role("staff")
    answer = await author.post("/tickets/new", **{**TICKET, field: value})
    assert answer.status_code == 422
    kept = "It is on fire" if field != "body" else "Printer"
    assert kept in answer.text


@pytest.mark.found(
    "t21", "object-level checks are seen to be what refuses: without them the same request passes"
)
async def test_a_stranger_s_ticket_does_not_exist_for_a_colleague(
    as_role: AsRole, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Only its author and support read or touch a ticket; without the check, every one of them would."""
    path = await file(await as_role("staff"))
    other = await as_role("clinician")

    async def attempts() -> list[int]:
        return [
            (await other.get(path)).status_code,
            (await other.post(f"{path}/messages", body="hello")).status_code,
            (await other.post(f"{path}/state", state="closed")).status_code,
        ]

    assert await attempts() == [404, 404, 404]
    assert (await (await as_role("it_support")).get(path)).status_code == 200
    monkeypatch.setattr(service, "may_read", lambda _actor, _ticket: True)
    assert await attempts() == [200, 303, 303]


async def test_answer_take_and_close(as_role: AsRole) -> None:
    """Support answers and resolves; the author reopens and closes."""
    author, support = await as_role("staff"), await as_role("it_support")
    path = await file(author)
    assert (await support.post(f"{path}/messages", body="On my way")).status_code == 303
    assert (await support.post(f"{path}/take")).status_code == 303
    assert (await support.post(f"{path}/state", state="resolved")).status_code == 303
    page = (await author.get(path)).text
    assert "On my way" in page
    assert "Resolved" in page
    assert (await author.post(f"{path}/state", state="closed")).status_code == 303
    assert (await author.post(f"{path}/state", state="waiting")).status_code == 403


async def test_step_of_a_ticket_is_undone(as_role: AsRole) -> None:
    """Who closes a ticket gets the way back, which leads to the same it was in, once."""
    author, support = await as_role("staff"), await as_role("it_support")
    path = await file(author)
    await support.post(f"{path}/take")
    closed = (await author.follow(f"{path}/state", state="closed")).text
    back = re.search(rf'action="({path}/back/open/\d+)"', closed)
    assert back
    undone = (await author.follow(back[1])).text
    assert "Change undone." in undone
    assert f"{path}/back/" not in undone


async def test_undo_is_offered_only_where_the_way_back_is_allowed(as_role: AsRole) -> None:
    """A new ticket never becomes new again; someone else's ticket and a made-up state are none."""
    author, other = await as_role("staff"), await as_role("trainer")
    path = await file(author)
    assert f"{path}/back/" not in (await author.follow(f"{path}/state", state="closed")).text
    assert (await author.post(f"{path}/back/new/2")).status_code == 403
    assert (await author.post(f"{path}/back/nowhere/2")).status_code == 404
    assert (await other.post(f"{path}/back/open/2")).status_code == 404


async def test_note_for_support_is_hidden_from_its_author(as_role: AsRole) -> None:
    """A note is for support; nobody else writes or reads one."""
    author, support = await as_role("staff"), await as_role("it_support")
    path = await file(author)
    await support.post(f"{path}/messages", body="Looks odd to me", internal="1")
    assert "Looks odd to me" not in (await author.get(path)).text
    assert "Looks odd to me" in (await support.get(path)).text
    assert (await author.post(f"{path}/messages", body="x", internal="1")).status_code == 403


async def test_impossible_move_says_that_nothing_was_changed(as_role: AsRole) -> None:
    """A closed ticket cannot be waiting."""
    support = await as_role("it_support")
    path = await file(support)
    await support.post(f"{path}/state", state="closed")
    answer = await support.post(f"{path}/state", state="waiting")
    assert (answer.status_code, "Nothing was changed" in answer.text) == (409, True)


async def give_order(cloud: PlaneDatabase, ticket_id: str) -> None:
    """An order from the office to take a ticket's text back."""
    order = {
        "kind": "redaction_order",
        "reason": "names_client",
        "target_id": ticket_id,
        "target_kind": "ticket",
        "target_version": 1,
    }
    await cloud.run(
        "insert into replica.record (kind, record_id, version, body)"
        " values ('redaction_order', $1, 1, $2::jsonb)",
        uuid.uuid4(),
        msgspec.json.encode(order).decode(),
    )


STUBBORN = """
create function portal.stubborn() returns trigger language plpgsql as $$
begin
    if new.id = '{id}' then raise exception 'stubborn'; end if;
    return new;
end $$;
create trigger a_stubborn before update on portal.ticket
    for each row execute function portal.stubborn();
"""


@pytest.mark.found(
    "I1", "an order that cannot be carried out keeps no other text from being removed"
)
async def test_order_that_fails_keeps_no_other_from_being_carried_out(
    as_role: AsRole, cloud: PlaneDatabase, worker_db: Database
) -> None:
    """The database refuses one ticket: the other two are redacted, and the step says it failed."""
    author = await as_role("staff")
    ids = [(await file(author)).rsplit("/", 1)[1] for _ in range(3)]
    for ticket_id in ids:
        await give_order(cloud, ticket_id)
    link = await asyncpg.connect(cloud.url("postgres"))
    try:
        await link.execute(STUBBORN.format(id=ids[1]))
        with pytest.raises(DBAPIError):
            await run_redactions(worker_db)
        rows = await cloud.run("select id, redacted from portal.ticket where id = any($1)", ids)
        assert {str(row["id"]) for row in rows if row["redacted"]} == {ids[0], ids[2]}
    finally:
        await link.execute("drop function portal.stubborn cascade")
        await link.close()
    assert await run_redactions(worker_db) == 1


async def test_redaction_order_removes_the_text_and_releases_the_new_version(
    as_role: AsRole, cloud: PlaneDatabase, worker_db: Database
) -> None:
    """The row stays and says where the text went; the text is gone from table and search."""
    author = await as_role("staff")
    path = await file(author, subject="Zqcanary asked", body="Zqcanary cannot sign")
    ticket_id = path.rsplit("/", 1)[1]
    await give_order(cloud, ticket_id)
    assert await run_redactions(worker_db) == 1
    assert await run_redactions(worker_db) == 0
    page = (await author.get(path)).text
    assert MOVED in page
    assert page.count("named a client") == 1
    assert "Zqcanary" not in page
    assert "Zqcanary" not in str(await cloud.run("select * from portal.ticket"))
    assert [found["redacted"] for found in await outbox(cloud, ticket_id)] == [False, True]
    assert "No tickets here" in (await author.get("/tickets?q=Zqcanary")).text


async def test_search_and_filters_stand_in_the_address(as_role: AsRole) -> None:
    """A wildcard is a letter, a filter narrows, an unknown filter is the usual one."""
    author = await as_role("trainer")
    await file(author, subject="100% broken")
    assert "100% broken" in (await author.get("/tickets?q=100%25")).text
    assert "No tickets here" in (await author.get("/tickets?q=%25%25x")).text
    assert "No tickets here" in (await author.get("/tickets?state=closed")).text
    assert "100% broken" in (await author.get("/tickets?state=nonsense")).text


async def bell(person: Signed) -> str:
    """What waits for someone."""
    return (await person.get("/notifications")).text


async def test_asker_hears_of_an_answer_until_they_reply_or_close(as_role: AsRole) -> None:
    """An answer, and a resolved ticket, ring the asker's bell; their own word ends it."""
    author, support = await as_role("compliance"), await as_role("it_support")
    assert "Answers to your tickets" not in await bell(author)
    path = await file(author, subject="Scanner")
    assert "Answers to your tickets" not in await bell(author)
    await support.post(f"{path}/messages", body="A note among us", internal="1")
    assert "Answers to your tickets" not in await bell(author)
    await support.post(f"{path}/messages", body="Have you tried the other tray?")
    assert "Answers to your tickets" in await bell(author)
    await author.post(f"{path}/messages", body="Yes, twice")
    assert "Answers to your tickets" not in await bell(author)
    await support.post(f"{path}/state", state="resolved")
    assert "Answers to your tickets" in await bell(author)
    assert "Scanner" in (await author.get("/")).text
    await author.post(f"{path}/state", state="closed")
    assert "Answers to your tickets" not in await bell(author)


async def test_support_hears_of_a_reply_and_of_a_ticket_opened_again(as_role: AsRole) -> None:
    """Who works on it is told; another colleague of support's is not; an answer ends it."""
    author, support = await as_role("trainer"), await as_role("it_support")
    path = await file(author, subject="Projector")
    await support.post(f"{path}/take")
    await support.post(f"{path}/messages", body="Which room?")
    assert "Replies to answer" not in await bell(support)
    await support.post(f"{path}/state", state="resolved")
    await author.post(f"{path}/state", state="open")
    assert "Replies to answer" in await bell(support)
    assert "Opened again." in (await support.get(path)).text
    assert "Replies to answer" not in await bell(await as_role("admin"))
    await support.post(f"{path}/messages", body="On my way")
    assert "Replies to answer" not in await bell(support)


@pytest.mark.parametrize(
    ("body", "why"),
    [
        ("Her number is 123-45-6789", "Social Security number"),
        ("ssn ends in 6789", "Social Security number"),
        ("Card 4111 1111 1111 1111 was refused", "card number"),
        ("DOB 03/31/1984 is wrong on the screen", "date of birth"),
        ("Call (502) 555-0142", "phone number"),
    ],
)
async def test_mark_of_a_person_is_told_before_filing_and_the_text_is_kept(
    as_role: AsRole, body: str, why: str
) -> None:
    """Nothing is filed; the writer reads why and has their text; an answer is looked at likewise."""
    author = await as_role("front_desk")
    refused = await author.post("/tickets/new", **{**TICKET, "body": body})
    assert (refused.status_code, why in refused.text, body in refused.text) == (422, True, True)
    both = (await author.post("/tickets/new", **{**TICKET, "body": body, "subject": "x"})).text
    assert (why in both, 'href="#subject"' in both) == (True, True)
    assert body not in (await author.get("/tickets?state=all")).text
    path = await file(author)
    answer = await author.post(f"{path}/messages", body=body)
    assert (answer.status_code, why in answer.text, body in answer.text) == (422, True, True)


@pytest.mark.parametrize(
    "body",
    ["Ticket 1042 again", "Order 4111111111111112", "Version 123.45.6789.1", "Room 502, 5550142"],
)
async def test_plain_numbers_are_filed(as_role: AsRole, body: str) -> None:
    """The negative control: numbers that are none of these."""
    await file(await as_role("front_desk"), body=body)


async def test_phone_of_a_shop_is_filed_when_its_writer_says_so(as_role: AsRole) -> None:
    """Only a phone: no tick lets a Social Security number through."""
    author = await as_role("front_desk")
    await file(author, body="The shop is (502) 555-0142", not_a_client="1")
    ssn = await author.post(
        "/tickets/new", **{**TICKET, "body": "123-45-6789", "not_a_client": "1"}
    )
    assert ssn.status_code == 422


async def test_nothing_is_preset(as_role: AsRole) -> None:
    """Category and urgency are what someone chose, or the form comes back."""
    author = await as_role("front_desk")
    page = (await author.get("/tickets/new")).text
    assert page.count(">\n Choose one\n") == 2 or page.count("Choose one") == 2
    bare = {name: text for name, text in TICKET.items() if name != "urgency"}
    assert (await author.post("/tickets/new", **bare)).status_code == 422


async def test_closed_ticket_is_named_where_active_ones_are_searched(as_role: AsRole) -> None:
    """A search that finds nothing active says that something else fits, and leads there."""
    author = await as_role("staff")
    path = await file(author, subject="Quixotic toaster")
    await author.post(f"{path}/state", state="closed")
    page = (await author.get("/tickets?q=quixotic")).text
    assert "1 ticket in another state" in page
    assert "Quixotic toaster" in (await author.get("/tickets?q=quixotic&state=all")).text


async def test_undo_is_refused_when_somebody_changed_the_ticket_since(as_role: AsRole) -> None:
    """The way back names the version that it takes back."""
    author, support = await as_role("staff"), await as_role("it_support")
    path = await file(author)
    await support.post(f"{path}/take")
    moved = (await support.follow(f"{path}/state", state="waiting", seen="open")).text
    back = re.search(rf'action="({path}/back/open/\d+)"', moved)
    assert back
    await author.post(f"{path}/messages", body="Here I am")
    late = await support.post(back[1])
    assert (late.status_code, "Someone else changed this ticket" in late.text) == (409, True)
    stale = await support.post(f"{path}/state", state="resolved", seen="waiting")
    assert stale.status_code == 409


async def test_list_is_taken_along_as_a_file_that_computes_nothing(
    as_role: AsRole, cloud: PlaneDatabase
) -> None:
    """A subject that a spreadsheet would compute is text; taking the file is on record."""
    author = await as_role("clinician")
    await file(author, subject="=HYPERLINK(1)")
    answer = await author.get("/tickets?state=new&as=csv")
    assert answer.headers["content-disposition"].startswith("attachment; filename=tickets-")
    assert "'=HYPERLINK(1)" in answer.text
    assert ",=HYPERLINK" not in answer.text
    acts = await cloud.run(
        "select act from audit.event where act = 'export' and subject_kind = 'ticket'"
    )
    assert acts


async def test_count_of_a_long_list_is_true(as_role: AsRole) -> None:
    """Fifty-two are told as fifty-two, on two pages."""
    author = await as_role("admin")
    for number in range(52):
        await file(author, subject=f"Chair {number}")
    page = (await author.get("/tickets?mine=1&q=chair")).text
    assert "52 tickets" in page
    assert "1\u201350" in page
    assert page.count(">Chair ") == 50
    assert (await author.get("/tickets?mine=1&q=chair&page=2")).text.count(">Chair ") == 2
