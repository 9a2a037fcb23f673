"""The monthly statement on the page: the same bytes as offline, and none without its evidence."""

import asyncio
import html
import io
import subprocess
import zipfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, cosign, origin, sign
from lmhg_contracts.ledger.entries import RelayEntry, encode_entry, timestamp
from lmhg_contracts.ledger.tree import Frontier, leaf_hash
from lmhg_gateway.features.compliance.upkeep import Upkeep
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_stack.process import base_env, script
from lmhg_stack.testing import PlaneDatabase

OWN = "/compliance/statement"
ONPREM = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"1" * 32))
CLOUD = NoteSigner("lmhg-s1-cloud", Ed25519PrivateKey.from_private_bytes(b"2" * 32))


def last_month() -> str:
    """The month before this one, by the practice's clock."""
    return f"{datetime.now(UTC).astimezone().replace(day=1) - timedelta(days=2):%Y-%m}"


def entry(n: int, *, days_ago: int) -> bytes:
    """A shipped record."""
    at = timestamp(datetime.now(UTC) - timedelta(days=days_ago))
    facts: dict[str, Any] = dict.fromkeys(("exemption_id", "gate", "reason", "digest", "batch"))
    return encode_entry(
        RelayEntry(
            **facts, actor="relay", at=at, bytes=1, decision="ship", fields=(),
            kind="announcement", n=n, op="put", policy="0" * 16, record_id=str(n), version=1,
        )
    )  # fmt: skip


@pytest.fixture(scope="module")
async def worker_db(onprem: PlaneDatabase):
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    yield db
    await db.close()


@pytest.fixture(scope="module")
async def relay_ledger(onprem: PlaneDatabase, ledger_keys: Path) -> str:
    """A relay ledger that is quiet since last month, cosigned by the other plane; its note."""
    ledger_keys.write_text(f"{ONPREM.vkey}\n{CLOUD.vkey}\n")
    raw = [entry(n, days_ago=70 - n) for n in range(20)]
    frontier = Frontier()
    frontier.append_many([leaf_hash(each) for each in raw])
    point = Checkpoint(origin("s1", "onprem", "relay"), frontier.size, frontier.root())
    for n, each in enumerate(raw):
        await onprem.run("insert into relay.ledger (n, entry) values ($1, $2)", n, each)
    note = sign(point, ONPREM)
    await onprem.run(
        "insert into relay.ledger_head (ledger, size, frontier, checkpoint)"
        " values ('relay', $1, $2, $3)",
        frontier.size, frontier.to_bytes(), note,
    )  # fmt: skip
    await onprem.run(
        "insert into relay.cosignature (origin, size, root, note) values ($1, $2, $3, $4)",
        point.origin, point.size, point.root, cosign(note, CLOUD),
    )  # fmt: skip
    return note


async def sequence(worker_db: Database) -> None:
    """Put every waiting access event into the access ledger."""
    sequencer = Sequencer(worker_db, origin("s1", "onprem", "access"), ONPREM)
    while await sequencer.step():
        pass


async def witness_access(onprem: PlaneDatabase) -> None:
    """The other plane cosigns the access ledger as it stands."""
    rows = await onprem.run("select checkpoint from audit.ledger_head where ledger = 'access'")
    note = rows[0]["checkpoint"]
    size = int(note.split("\n")[1])
    await onprem.run(
        "insert into relay.cosignature (origin, size, root, note) values ($1, $2, $3, $4)"
        " on conflict do nothing",
        origin("s1", "onprem", "access"), size, b"\0" * 32, cosign(note, CLOUD),
    )  # fmt: skip


@pytest.fixture
async def officer(as_role: AsRole, relay_ledger: str, worker_db: Database) -> Signed:
    """The compliance officer, with something in the access ledger."""
    signed = await as_role("compliance")
    await signed.get("/compliance/incidents")
    await sequence(worker_db)
    return signed


async def test_month_without_evidence_says_all_that_is_missing(officer: Signed) -> None:
    """No witness for the access ledger, and nothing that shows where the quiet relay ledger ends."""
    page = await officer.post(OWN, month=last_month())
    assert page.status_code == 200
    said = html.unescape(page.text)
    assert "its evidence is not whole" in said
    assert "no later access entry names its size" in said
    assert "LMHG statement for" not in said


def offline(argv: list[str], folder: Path) -> subprocess.CompletedProcess[bytes]:
    """Run the bundle's command where it was unpacked."""
    return subprocess.run(argv, cwd=folder, env=base_env(), capture_output=True, check=False)


async def test_page_and_command_make_the_same_bytes(
    officer: Signed, worker_db: Database, onprem: PlaneDatabase, tmp_path: Path
) -> None:
    """The worker's marker and the witness make it whole; the bundle's own command prints the page's text."""
    assert await Upkeep(worker_db).note_head() == 0
    await sequence(worker_db)
    await witness_access(onprem)
    month = last_month()
    page = html.unescape((await officer.post(OWN, month=month)).text)
    assert f"LMHG statement for {month}, site s1" in page
    answer = await officer.post(f"{OWN}/bundle", month=month)
    assert "attachment" in answer.headers["content-disposition"]
    with zipfile.ZipFile(io.BytesIO(answer.content)) as archive:
        archive.extractall(tmp_path)
    command = (tmp_path / "README.txt").read_text().split()
    assert command[0] == "lmhg-verify"
    argv = [script("lmhg-verify"), *command[1:]]
    done = await asyncio.to_thread(offline, argv, tmp_path)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.decode() in page
    assert done.stdout == (tmp_path / f"statement-{month}.txt").read_bytes()
    cut = (tmp_path / "relay.lmhg-ledger").read_bytes().splitlines(keepends=True)[:-1]
    (tmp_path / "relay.lmhg-ledger").write_bytes(b"".join(cut))
    again = await asyncio.to_thread(offline, argv, tmp_path)
    assert (again.returncode, again.stdout) == (1, b"")
    assert b"NO STATEMENT relay_truncated" in again.stderr


async def test_this_month_is_not_over_and_has_no_statement(officer: Signed) -> None:
    """Nothing can be later than its end."""
    page = await officer.post(OWN, month=f"{datetime.now(UTC):%Y-%m}")
    assert "its evidence is not whole" in page.text


async def test_month_that_is_none_is_refused(officer: Signed) -> None:
    """A word, a day, nothing."""
    for month in ("october", "2026-10-01", "", "2026-13"):
        assert (await officer.post(OWN, month=month)).status_code == 404


async def test_admin_chooses_nothing_and_export_asks_again_who_one_is(
    as_role: AsRole, officer: Signed, onprem: PlaneDatabase
) -> None:
    """Statements are the officer's, and the evidence leaves with a second proof alone."""
    admin = await as_role("admin")
    assert (await admin.get(OWN)).status_code == 200
    assert (await admin.post(OWN, month=last_month())).status_code == 403
    await onprem.run("update identity.session set authenticated_at = now() - interval '1 hour'")
    assert (await officer.post(f"{OWN}/bundle", month=last_month())).status_code == 403
