"""The library: a file is added, checked, approved by its bytes, placed for the relay, and taken back."""

import re
import uuid
from dataclasses import replace
from typing import NamedTuple

import httpx
import pytest

from lmhg_gateway.adapters.file_text import read_text
from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.library.filing import Placing, Shelving
from lmhg_gateway.features.look_back.service import LookBack
from lmhg_gateway.features.screening.service import Screener
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.proof import acting, prove, refused
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .test_documents import send  # noqa: TID252 - beside this file

WORDS = b"Welcome to the front desk. We open at eight.\n"
REASON = {"reason": "Everyone needs it at home."}


@pytest.fixture
async def officer(as_role: AsRole) -> Signed:
    """Someone who approves."""
    return await as_role("compliance")


class Work(NamedTuple):
    """What the worker does with files of the library."""

    shelving: Shelving
    screener: Screener
    placing: Placing

    async def check(self) -> None:
        """Store, read and look at every file that came."""
        while await self.shelving.check():
            pass
        await self.screener.screen_files()

    def placed(self) -> list[str]:
        """What the relay could read now."""
        return self.placing.shared.names(most=9)


@pytest.fixture
def work(worker_db: Database, spool: Spool, store: ObjectStore) -> Work:
    """The worker's loops."""
    return Work(
        Shelving(worker_db, spool, store),
        Screener(worker_db),
        Placing(worker_db, store, replace(store, bucket="shared")),
    )


async def added(signed: Signed, data: bytes, *, called: str = "handbook.txt") -> str:
    """The address of a document that was added."""
    facts = {"title": "Front desk handbook", "category": "handbook"}
    answer = await send(signed, "/library", data, called=called, **facts)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0]


def hidden(page: str, name: str) -> str:
    """The value of a hidden field."""
    found = re.search(rf'name="{name}" value="([^"]*)"', page)
    assert found, name
    return found[1]


async def decide(officer: Signed, path: str, act: str = "approve", **more: str) -> httpx.Response:
    """Approve what the page shows."""
    page = (await officer.get(path)).text
    seen = {name: hidden(page, name) for name in ("version", "sha256")}
    return await officer.post(f"{path}/{act}", **{**seen, **more})


async def outbox(onprem: PlaneDatabase, path: str) -> list[str]:
    """What the record released, in order."""
    rows = await onprem.run(
        "select op from relay.outbox where record_id = $1::uuid order by xid, seq",
        path.rsplit("/", 1)[1],
    )
    return [row["op"] for row in rows]


async def test_file_is_approved_by_its_bytes_and_placed_for_the_relay_alone(
    desk: Signed,
    officer: Signed,
    onprem: PlaneDatabase,
    work: Work,
) -> None:
    """Nothing is in the clear anywhere until a second person approved it and its text was cleared."""
    path = await added(desk, WORDS)
    assert "Being checked" in (await desk.get(path)).text
    assert (await desk.post(f"{path}/propose", **REASON)).status_code == 409
    await work.check()
    page = (await desk.get(path)).text
    assert "found no client information" in page
    assert (await desk.get(f"{path}/file")).content == WORDS
    await desk.follow(f"{path}/propose", **REASON)
    await work.placing.place()
    assert work.placed() == []
    assert await outbox(onprem, path) == []
    assert "We open at eight" in (await officer.get(path)).text
    assert (await decide(officer, path)).status_code == 303
    assert await outbox(onprem, path) == ["put"]
    await work.placing.place()
    assert work.placed() == []
    await work.screener.screen_waiting()
    await work.placing.place()
    (name,) = work.placed()
    assert work.placing.shared.client.get_object("shared", name).read() == WORDS
    row = (await onprem.run("select body from relay.outbox where kind = 'document_ref'"))[0]
    assert name in row["body"]
    assert "data_key" not in row["body"]
    await officer.follow(f"{path}/withdraw")
    assert await outbox(onprem, path) == ["put", "recall"]
    await work.placing.place()
    assert work.placed() == []
    assert "Being taken back" in (await officer.get(path)).text


async def test_newer_version_takes_the_older_one_back_only_once_it_is_approved(
    desk: Signed,
    officer: Signed,
    onprem: PlaneDatabase,
    work: Work,
) -> None:
    """Each file is approved by itself; until then the portal keeps what it has."""
    first = await added(desk, WORDS)
    await work.check()
    await desk.follow(f"{first}/propose", **REASON)
    await decide(officer, first)
    answer = await send(
        desk, f"{first}/versions", WORDS + b"And close at six.\n", called="next.txt"
    )
    second = answer.headers["location"].partition("?")[0]
    assert second != first
    await work.check()
    assert "Only in the office" in (await desk.get(second)).text
    assert await outbox(onprem, first) == ["put"]
    await desk.follow(f"{second}/propose", **REASON)
    await decide(officer, second)
    assert await outbox(onprem, first) == ["put", "recall"]
    assert await outbox(onprem, second) == ["put"]
    assert "This is an older version" in (await desk.get(first)).text
    listed = (await desk.get("/library")).text
    assert second in listed
    assert first not in listed


async def test_file_that_names_a_client_is_refused(
    desk: Signed, onprem: PlaneDatabase, work: Work
) -> None:
    """By the index that holds records too; asking is refused, and the page says which rule and where."""
    path = await added(desk, b"Ask the client; her SSN is 219-09-9999.\n")
    await work.check()
    page = (await desk.get(path)).text
    assert "May name a client" in page
    assert "Social Security number" in page
    assert "219-09" not in page
    answer = await desk.post(f"{path}/propose", **REASON)
    assert (answer.status_code, await outbox(onprem, path)) == (409, [])


async def test_picture_takes_the_statement_that_every_page_was_read(
    desk: Signed,
    officer: Signed,
    onprem: PlaneDatabase,
    work: Work,
) -> None:
    """The statement is the approver's own, in the approval and in the access ledger; without it nothing leaves."""
    path = await added(desk, papers.picture("PNG"), called="form.png")
    await work.check()
    await desk.follow(f"{path}/propose", **REASON)
    page = (await officer.get(path)).text
    assert "must read every page" in page
    assert (await decide(officer, path)).status_code == 409
    assert (await decide(officer, path, "vouch")).status_code == 422
    assert (await decide(officer, path, "vouch", every_page="1")).status_code == 303
    assert "said that they read every page" in (await officer.get(path)).text
    rows = await onprem.run("select basis from compliance.document_approval")
    assert "every_page_read" in {row["basis"] for row in rows}
    said = await onprem.run("select 1 from audit.event where purpose = 'library.vouch'")
    assert said
    await work.screener.screen_waiting()
    verdict = await onprem.run(
        "select outcome from relay.verdict where record_id = $1::uuid", path.rsplit("/", 1)[1]
    )
    assert [row["outcome"] for row in verdict] == ["clear"]


async def test_nobody_approves_what_they_added_or_asked_for(
    as_role: AsRole, client: uuid.UUID, work: Work, onprem: PlaneDatabase
) -> None:
    """An administrator may add and approve, but not the same file."""
    admin, officer = await as_role("admin"), await as_role("compliance")
    path = await added(admin, WORDS)
    await work.check()
    await admin.follow(f"{path}/propose", **REASON)
    page = (await officer.get(path)).text
    seen = {name: hidden(page, name) for name in ("version", "sha256")}
    assert (await admin.post(f"{path}/approve", **seen)).status_code == 403
    stale = {**seen, "sha256": "0" * 64}
    assert (await officer.post(f"{path}/approve", **stale)).status_code == 409
    assert await outbox(onprem, path) == []


async def test_the_wall_keeps_an_approval_for_its_bytes(
    desk: Signed,
    officer: Signed,
    onprem: PlaneDatabase,
    work: Work,
) -> None:
    """With the bare logins: no exemption without an approval of the hash; another file turns it off."""
    path = await added(desk, WORDS)
    record = path.rsplit("/", 1)[1]
    await work.check()
    await desk.follow(f"{path}/propose", **REASON)
    boss = uuid.uuid4()
    people = (
        "insert into identity.user_account (id, email, display_name, roles, password_hash) values"
        f" ('{boss}', '{boss}@lmhg.test', 'B', '{{compliance}}', 'x')"
    )
    assert await refused(onprem, "postgres", f"select {acting(boss)}", people) == "accepted"
    await prove(onprem, boss)
    approval = (
        "insert into relay.exemption (id, kind, record_id, requested_by, approved_by)"
        f" select '{{id}}', 'document_ref', '{record}', requested_by, '{boss}'"
        f" from compliance.exemption_request where record_id = '{record}'"
    )
    first, share = (
        uuid.uuid4(),
        f"update practice.document_ref set hipaa_exempt = true where id = '{record}'",
    )
    act = f"select {acting(boss)}"
    assert await refused(onprem, "gw_workspace", act, approval.format(id=first)) == "accepted"
    named = f"update practice.document_ref set exemption_id = '{first}', hipaa_exempt = true where id = '{record}'"
    assert await refused(onprem, "gw_workspace", act, named) == "LM086"
    bytes_of = (
        "insert into compliance.document_approval (id, record_id, exemption_id, sha256, basis, approved_by)"
        f" values (gen_random_uuid(), '{record}', '{first}', {{sha}}, 'text_checked', '{boss}')"
    )
    own = f"(select sha256 from practice.document_ref where id = '{record}')"
    other = f"'{'0' * 64}'"
    assert await refused(onprem, "gw_workspace", act, bytes_of.format(sha=other)) == "LM086"
    worker = "select set_config('app.actor', 'process: worker', true), set_config('app.purpose', 'test', true)"
    assert await refused(onprem, "gw_worker", worker, bytes_of.format(sha=own)) == "42501"
    assert await refused(onprem, "gw_workspace", act, bytes_of.format(sha=own)) == "accepted"
    assert await refused(onprem, "gw_workspace", act, named) == "accepted"
    assert await outbox(onprem, path) == ["put"]
    changed = f"update practice.document_ref set sha256 = '{'1' * 64}' where id = '{record}'"
    assert await refused(onprem, "gw_worker", worker, changed) == "accepted"
    assert await outbox(onprem, path) == ["put", "recall"]
    assert await refused(onprem, "gw_workspace", act, share) == "LM086"
    taken = f"delete from compliance.document_approval where record_id = '{record}'"
    assert await refused(onprem, "postgres", act, taken) != "accepted"


async def test_a_file_that_names_a_later_client_is_held_or_taken_back(
    desk: Signed, officer: Signed, onprem: PlaneDatabase, work: Work
) -> None:
    """Before it leaves by the verdict, afterwards by looking back: the file's text as a record's own."""
    looking = LookBack(work.shelving.db, "America/New_York")
    await looking.look()
    paths = [await added(desk, b"Ask Wilhelmina Oakhurst.\n") for _ in range(2)]
    await work.check()
    for path in paths:
        await desk.follow(f"{path}/propose", **REASON)
        await decide(officer, path)
        if path == paths[0]:
            await work.screener.screen_waiting()
    await added_client(onprem, "Wilhelmina Oakhurst")
    await work.screener.screen_waiting()
    page = (await desk.get(paths[1])).text
    assert "Held for review" in page
    assert "In the file." in page
    await looking.look()
    assert await outbox(onprem, paths[0]) == ["put", "recall"]
    found = await onprem.run("select place from compliance.look_back_finding")
    assert [row["place"] for row in found] == ["file"]


async def added_client(onprem: PlaneDatabase, name: str) -> None:
    """Someone becomes a client."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    client = Client(legal_name=name)
    async with db.uow(Actor("process: worker"), "new client") as tx:
        tx.add(client)
    await db.close()


def test_text_of_files_is_read_in_a_child_with_limits() -> None:
    """PDF and text by their words; a picture, a broken file and a bomb are unread, and nothing else happens."""
    found = read_text("pdf", papers.pdf("An invented handbook"))
    assert found.is_whole
    assert "An invented handbook" in " ".join(found.pages)
    assert read_text("text", WORDS).pages == [WORDS.decode()]
    for kind, data in (
        ("png", papers.picture("PNG")),
        ("pdf", b"%PDF-1.4 nonsense"),
        ("docx", b"PK\x03\x04"),
    ):
        assert read_text(kind, data).pages == []
        assert not read_text(kind, data).is_whole


async def test_upload_of_one_document_is_no_version_of_another(
    desk: Signed, work: Work, onprem: PlaneDatabase
) -> None:
    """What an upload became it stays: as a version of something else it is refused, not sent elsewhere."""
    one, two = await added(desk, WORDS), await added(desk, b"The second handbook.\n")
    await work.check()
    [row] = await onprem.run(
        "select upload_id from practice.shared_file where id = $1::uuid", one.rsplit("/", 1)[1]
    )
    used = {"upload_id": str(row["upload_id"])}
    assert (await desk.post(f"{two}/versions", **used)).status_code == 409
    assert (await desk.post(f"{one}/versions", **used)).headers["location"].startswith(one)


@pytest.mark.parametrize("claimed", ["looked_at", "is_whole", "stored_at"])
async def test_nobody_says_of_a_new_file_what_the_worker_finds_out(
    desk: Signed, onprem: PlaneDatabase, claimed: str
) -> None:
    """That a file was stored, read and compared with the clients on record is no word of who adds it."""
    person = uuid.uuid4()
    record = uuid.uuid4()
    account = (
        "insert into identity.user_account (id, email, display_name, roles, password_hash) values"
        f" ('{person}', '{person}@lmhg.test', 'C', '{{clinician}}', 'x')"
    )
    assert await refused(onprem, "postgres", f"select {acting(person)}", account) == "accepted"
    await prove(onprem, person)
    document = (
        "insert into practice.document_ref (id, document_id, revision, title, category, file_name, media_type,"
        f" author_id, published_at) values ('{record}', '{record}', 1, 'T', 'handbook', 't.txt', 'text/plain',"
        f" '{person}', now())"
    )
    act = f"select {acting(person)}"
    assert await refused(onprem, "gw_workspace", act, document) == "accepted"
    value = "true" if claimed == "is_whole" else "now()"
    file = (
        f"insert into practice.shared_file (id, upload_id, kind, state, {claimed}, added_by)"
        f" values ('{record}', '{uuid.uuid4()}', 'text', 'checking', {value}, '{person}')"
    )
    assert await refused(onprem, "gw_workspace", act, file) == "LM085"
    plain = file.replace(f" {claimed},", "").replace(f" {value},", "")
    assert await refused(onprem, "gw_workspace", act, plain) == "accepted"
