"""Compliance: the ledger listed and verified, holds decided, exemptions withdrawn."""

import uuid
from datetime import UTC, datetime
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, origin, sign
from lmhg_contracts.ledger.entries import RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

KIND, COUNT = "announcement", 60


def entry(n: int) -> RelayEntry:
    """A decision: every tenth refuses at the content gate."""
    refused = n % 10 == 0
    return RelayEntry(
        actor="relay",
        at=timestamp(datetime(2026, 11, 22, 14, 0, n % 60, tzinfo=UTC)),
        batch=None if refused else 1,
        bytes=120,
        decision="refuse" if refused else "ship",
        digest="ab" * 32,
        exemption_id=None,
        fields=("body", "title"),
        gate="content" if refused else None,
        kind=KIND,
        n=n,
        op="put",
        policy="0" * 16,
        reason="held" if refused else None,
        record_id=str(uuid.UUID(int=n)),
        version=1,
    )


@pytest.fixture(scope="module")
async def ledger(onprem: PlaneDatabase, ledger_keys: Path) -> None:
    """A signed ledger, written as the relay writes it."""
    signer = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.generate())
    ledger_keys.write_text(signer.vkey + "\n")
    raw = [encode_entry(entry(n)) for n in range(COUNT)]
    frontier = Frontier()
    frontier.append_many([leaf_hash(each) for each in raw])
    note = sign(Checkpoint(origin("s1", "onprem", "relay"), COUNT, frontier.root()), signer)
    for n, each in enumerate(raw):
        await onprem.run("insert into relay.ledger (n, entry) values ($1, $2)", n, each)
    await onprem.run(
        "insert into relay.ledger_head (ledger, size, frontier, checkpoint)"
        " values ('relay', $1, $2, $3) on conflict (ledger) do update set size = excluded.size,"
        " frontier = excluded.frontier, checkpoint = excluded.checkpoint",
        COUNT, frontier.to_bytes(), note,
    )  # fmt: skip


@pytest.fixture
async def officer(as_role: AsRole, ledger: None):
    """The compliance officer, with a ledger to read."""
    return await as_role("compliance")


async def test_ledger_lists_newest_first_a_page_at_a_time(officer: Signed) -> None:
    """The first page ends where the second begins."""
    first = await officer.get("/compliance/ledger")
    assert "/compliance/ledger/59/proof" in first.text
    assert "/compliance/ledger/9/proof" not in first.text
    second = await officer.get("/compliance/ledger", before="10")
    assert "/compliance/ledger/9/proof" in second.text
    assert "/compliance/ledger/10/proof" not in second.text


@pytest.mark.parametrize(
    ("query", "shown"),
    [
        ({"decision": "refuse"}, 6),
        ({"gate": "content"}, 6),
        ({"kind": "ticket"}, 0),
        ({"record_id": str(uuid.UUID(int=7))}, 1),
        ({"decision": "refuse", "before": "25"}, 3),
        ({"before": "'; drop table relay.ledger --"}, 50),
    ],
)
async def test_ledger_filters_stand_in_the_address(
    officer: Signed, query: dict[str, str], shown: int
) -> None:
    """Each filter narrows the list; nonsense filters nothing."""
    text = (await officer.get("/compliance/ledger", **query)).text
    assert text.count("/proof") == shown


async def test_verification_on_the_page_says_sound(officer: Signed) -> None:
    """The page judges the ledger as an outsider would."""
    answer = await officer.post("/compliance/ledger/verify")
    assert answer.status_code == 200
    assert "Sound: 60 entries checked" in answer.text
    assert "lmhg-s1-onprem" in answer.text


async def test_edited_ledger_is_not_sound(officer: Signed, onprem: PlaneDatabase) -> None:
    """The negative control: one changed byte, and the page says so; then it is put back."""
    change = (
        "do $$ begin alter table relay.ledger disable trigger all;"
        " update relay.ledger set entry = convert_to(replace(convert_from(entry, 'utf8'), '{}', '{}'),"
        " 'utf8') where n = 3; alter table relay.ledger enable trigger all; end $$"
    )
    await onprem.run(change.format('"ship"', '"shop"'))
    answer = await officer.post("/compliance/ledger/verify")
    await onprem.run(change.format('"shop"', '"ship"'))
    assert "Not sound" in answer.text


async def test_export_and_proof_are_files_for_the_verifier(officer: Signed) -> None:
    """Both are downloads, and both are noted."""
    export = await officer.get("/compliance/ledger/export")
    assert export.content.startswith(b"lmhg-ledger/1 ")
    assert "attachment" in export.headers["content-disposition"]
    proof = await officer.get("/compliance/ledger/7/proof")
    assert proof.text.startswith("c2sp.org/tlog-proof@v1")


async def test_match_is_asked_for(officer: Signed, onprem: PlaneDatabase) -> None:
    """The button leaves a request for the relay, and the page says that it runs."""
    page = await officer.follow("/compliance/match")
    assert "1 match running" in page.text
    assert len(await onprem.run("select 1 from relay.match_request")) == 1


async def held_announcement(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> tuple[str, str]:
    """An approved announcement that screening held: its path, and the hold's id."""
    page = await officer.follow("/announcements", title="Thanks", body="Thanks to all.")
    path = page.url.path
    await officer.follow(f"{path}/propose", reason="For everybody.")
    await second.follow(f"{path}/approve", version="1")
    held_id = uuid.uuid4()
    await onprem.run(
        "insert into compliance.held_record (id, kind, record_id, version, rule, place)"
        " values ($1, 'announcement', $2::uuid, 2, 'client_name', 'body')",
        held_id, path.rsplit("/", 1)[1],
    )  # fmt: skip
    return path, str(held_id)


async def test_clearing_releases_exactly_the_held_text(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Clearing raises the version by one and puts the same text in the outbox again."""
    path, held_id = await held_announcement(officer, await as_role("second"), onprem)
    assert "Held by screening" in (await officer.get(path)).text
    await officer.follow(f"/compliance/held/{held_id}", outcome="cleared")
    rows = await onprem.run(
        "select version, body from relay.outbox where record_id = $1::uuid order by xid, seq",
        path.rsplit("/", 1)[1],
    )
    assert [row["version"] for row in rows] == [2, 3]
    assert rows[0]["body"] == rows[1]["body"]
    again = await officer.post(f"/compliance/held/{held_id}", outcome="kept")
    assert again.status_code == 409


async def test_text_that_changed_since_is_not_cleared(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The officer clears what was held, not what it became."""
    path, held_id = await held_announcement(officer, await as_role("second"), onprem)
    await officer.follow(f"{path}/withdraw")
    answer = await officer.post(f"/compliance/held/{held_id}", outcome="cleared")
    assert answer.status_code == 409
    assert "changed since it was held" in answer.text
    assert "Announcement" in (await officer.get("/compliance/held")).text


async def test_keeping_releases_nothing(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """Kept is decided, and moves to its own list."""
    path, held_id = await held_announcement(officer, await as_role("second"), onprem)
    await officer.follow(f"/compliance/held/{held_id}", outcome="kept")
    assert path in (await officer.get("/compliance/held", outcome="kept")).text


async def test_incident_is_closed_with_a_note(officer: Signed, onprem: PlaneDatabase) -> None:
    """Without a note it stays open."""
    incident = uuid.uuid4()
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 't', true), set_config('app.purpose', 't', true);"
        " insert into compliance.incident (id, code, subject_kind)"
        f" values ('{incident}', 'client_named_in_cloud', 'ticket'); end $$"
    )
    assert "Client named in cloud" in (await officer.get("/compliance/incidents")).text
    bare = await officer.post(f"/compliance/incidents/{incident}/close")
    assert bare.status_code == 422
    await officer.follow(f"/compliance/incidents/{incident}/close", note="Talked to the author.")
    closed = await officer.get("/compliance/incidents", state="closed")
    assert "Talked to the author." in closed.text


async def test_withdrawing_on_the_exemptions_page_recalls(
    officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The list withdraws too, once."""
    path, _ = await held_announcement(officer, await as_role("second"), onprem)
    rows = await onprem.run(
        "select id from relay.exemption where record_id = $1::uuid", path.rsplit("/", 1)[1]
    )
    own = f"/compliance/exemptions/{rows[0]['id']}/withdraw"
    assert "Withdrawn" in (await officer.follow(own)).text
    assert (await officer.post(own)).status_code == 409


async def test_admin_reads_and_does_not_decide(as_role: AsRole, ledger: None) -> None:
    """Deciding about holds is the officer's."""
    admin = await as_role("admin")
    assert (await admin.get("/compliance/held")).status_code == 200
    answer = await admin.post(f"/compliance/held/{uuid.uuid4()}", outcome="kept")
    assert answer.status_code == 403
