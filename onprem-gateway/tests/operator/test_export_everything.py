"""The day on which the practice leaves: all of it is in the folder, its hashes hold, and no table is forgotten."""

import base64
import csv
import json
import os
import stat
import subprocess
import uuid
from collections.abc import Iterator
from datetime import UTC, date, datetime
from pathlib import Path

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger import verify_cli
from lmhg_contracts.ledger.checkpoint import NoteSigner, origin
from lmhg_gateway.database import MODELS
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.leaving import service
from lmhg_gateway.features.leaving.forms import AskForm
from lmhg_gateway.features.leaving.rules import LEFT_OUT, OF_OTHERS
from lmhg_gateway.features.referrals.models import Referral
from lmhg_kit.persistence import Actor, Database, Keyring, sealing
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_stack.process import base_env, script
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

ADMIN, OFFICER = uuid.UUID(int=0xE1), uuid.UUID(int=0xE2)
SIGNER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"4" * 32))
NAME = "=Brindlewyn Ostrameer"
NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


@pytest.fixture(scope="module")
def keyring_file(tmp_path_factory: pytest.TempPathFactory, keyring: Keyring) -> Iterator[Path]:
    """A keyring of this module's, in the process and in a file."""
    data, index = os.urandom(32), os.urandom(32)
    file = tmp_path_factory.mktemp("keys") / "keyring.json"
    said = {"t9": base64.b64encode(data).decode()}
    file.write_text(
        json.dumps({"current": "t9", "keys": said, "index": base64.b64encode(index).decode()})
    )
    sealing.install(Keyring.from_file(file))
    yield file
    sealing.install(keyring)


@pytest.fixture(scope="module")
async def filled(onprem: PlaneDatabase, keyring_file: Path) -> PlaneDatabase:
    """A few clients with referrals, and a ledger with a checkpoint."""
    del keyring_file
    await prove(onprem, ADMIN, roles="admin")
    await prove(onprem, OFFICER, roles="compliance")
    worker = Database(onprem.url("gw_worker"), pool_size=2)
    try:
        async with worker.uow(Actor("process: worker"), "test") as tx:
            for at in range(450):
                client = Client()
                client.legal_name = f"{NAME} {at}"
                client.birth_date = "1990-02-03"
                tx.add(client)
                await tx.flush()
                if at < 3:
                    tx.add(_referral(client.id))
        await Sequencer(worker, origin("s1", "onprem", "access"), SIGNER).step()
    finally:
        await worker.close()
    return onprem


def _referral(client_id: uuid.UUID) -> Referral:
    return Referral(
        client_id=client_id,
        source_category="self",
        received_on=date(2020, 1, 1),
        channel="phone",
        concern_code="unknown",
        state="closed",
    )


def export(
    onprem: PlaneDatabase, keyring_file: Path, folder: Path, *more: str
) -> subprocess.CompletedProcess[str]:
    """Run the command."""
    env = {
        **base_env(),
        "LMHG_DATABASE_URL": onprem.url("lmhg_migrator"),
        "LMHG_KEYRING_FILE": str(keyring_file),
    }
    argv = [script("lmhg-gateway"), "export-everything", "--to", str(folder), *more]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


async def approve(onprem: PlaneDatabase) -> None:
    """Two people agree."""
    desk = Database(onprem.url("gw_workspace"), pool_size=1)
    form = AskForm(recipient="Our new system", why="The practice moves to another system.")
    try:
        async with desk.uow(person_of(ADMIN), "leaving.ask") as tx:
            asked = await service.ask(tx, form, by=str(ADMIN))
        async with desk.uow(person_of(OFFICER), "leaving.decide") as tx:
            at = datetime.now(UTC)
            await service.decide(tx, asked.id, "approved", by=str(OFFICER), at=at)
    finally:
        await desk.close()


async def test_everything_is_written_once_two_people_agreed(
    filled: PlaneDatabase, keyring_file: Path, tmp_path: Path
) -> None:
    """Refused without; then each table's rows are there, opened, and every hash holds."""
    folder = tmp_path / "all"
    refused = export(filled, keyring_file, folder)
    assert (refused.returncode, "two people have to approve" in refused.stderr) == (1, True)
    assert not folder.exists()
    await approve(filled)
    unfinished = tmp_path / "all.unfinished"
    (unfinished / "tables").mkdir(parents=True)
    (unfinished / "tables" / "practice.client.jsonl").write_text("of an earlier run\n")
    done = export(filled, keyring_file, folder)
    assert done.returncode == 0, done.stderr
    assert not unfinished.exists()
    await check_rows(filled, folder)
    checked = sums(folder)
    assert checked.returncode == 0, checked.stdout
    assert len(checked.stdout.splitlines()) == sum(p.is_file() for p in folder.rglob("*")) - 1
    assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    assert {stat.S_IMODE(p.stat().st_mode) for p in folder.rglob("*") if p.is_file()} == {0o600}
    keys = tmp_path / "ledgers.vkey"
    keys.write_text(SIGNER.vkey + "\n")
    assert verify_cli.main([str(folder / "ledgers" / "access.ledger"), "--keys", str(keys)]) == 0
    again = export(filled, keyring_file, tmp_path / "more")
    assert (again.returncode, "two people have to approve" in again.stderr) == (1, True)


def sums(folder: Path) -> subprocess.CompletedProcess[str]:
    """What the usual command says of the hashes."""
    argv = ["sha256sum", "-c", "SHA256SUMS"]
    return subprocess.run(argv, cwd=folder, capture_output=True, text=True, check=False)


async def check_rows(onprem: PlaneDatabase, folder: Path) -> None:
    """As many lines as rows in each table, in both forms; names are opened, formulas are guarded."""
    known = json.loads((folder / "manifest.json").read_text())["rows"]
    for table, count in known.items():
        if table.startswith("compliance.leaving"):
            continue
        rows = (folder / "tables" / f"{table}.jsonl").read_text().splitlines()
        with (folder / "tables" / f"{table}.csv").open(newline="") as sheet:
            assert len(list(csv.reader(sheet))) - 1 == len(rows) == count, table
        link = await asyncpg.connect(onprem.url("postgres"))
        try:
            assert await link.fetchval(f"select count(*) from {table}") == count, table
        finally:
            await link.close()
    clients = [
        json.loads(line)
        for line in (folder / "tables" / "practice.client.jsonl").read_text().splitlines()
    ]
    assert {each["legal_name"] for each in clients} == {f"{NAME} {at}" for at in range(450)}
    assert "'=Brindlewyn" in (folder / "tables" / "practice.client.csv").read_text()
    accounts = (folder / "tables" / "identity.user_account.jsonl").read_text()
    assert "password_hash" not in accounts


async def test_no_table_is_forgotten(onprem: PlaneDatabase) -> None:
    """Each table of the plane is exported or left out for a reason, and nothing is left out that is not there."""
    found = await onprem.run(
        "select schemaname || '.' || tablename as name from pg_tables"
        " where schemaname in ('practice', 'compliance', 'identity', 'ingress', 'audit', 'relay', 'replica')"
        " and tablename <> 'alembic_version'"
    )
    there = {row["name"] for row in found}
    exported = {model.__dict__["__table__"].fullname for model in MODELS} | set(OF_OTHERS)
    assert there - (exported - set(LEFT_OUT)) == set(LEFT_OUT)


async def test_no_process_says_that_it_was_written(filled: PlaneDatabase) -> None:
    """The database takes the end from an operator alone, and only with an approval that still counts."""
    await approve(filled)
    act = (
        "update compliance.leaving_export set state = 'done', written_at = now(), manifest = 'x'"
        " where state = 'approved'"
    )
    with pytest.raises(asyncpg.PostgresError, match="two_persons"):
        await _in_one(filled, "gw_worker", "process: worker", act)
    late = "update compliance.leaving_export set decided_at = now() - interval '8 days' where state = 'approved'"
    off, on = (
        f"alter table compliance.leaving_export {word} trigger user"
        for word in ("disable", "enable")
    )
    await _in_one(filled, "postgres", "test", off, late, on)
    with pytest.raises(asyncpg.PostgresError, match="two_persons"):
        await _in_one(filled, "postgres", "test", act)


async def _in_one(onprem: PlaneDatabase, role: str, actor: str, *statements: str) -> None:
    link = await asyncpg.connect(onprem.url(role))
    try:
        async with link.transaction():
            await link.execute(NAMED.replace("'test'", f"'{actor}'", 1))
            for each in statements:
                await link.execute(each)
    finally:
        await link.close()
