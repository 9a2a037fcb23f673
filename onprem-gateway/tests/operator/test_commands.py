"""The operator's commands, as an operator runs them: on the migrator's login, in a shell."""

import subprocess
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger import verify_cli
from lmhg_contracts.ledger.checkpoint import NoteSigner, origin
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_stack.process import base_env, script
from lmhg_stack.testing import PlaneDatabase

ANA = "11111111-1111-4111-8111-111111111111"
BEN = "22222222-2222-4222-8222-222222222222"
SIGNER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"4" * 32))


def command(onprem: PlaneDatabase, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command."""
    env = {**base_env(), "LMHG_DATABASE_URL": onprem.url("lmhg_migrator")}
    argv = [script("lmhg-gateway"), *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


def account(onprem: PlaneDatabase, person: str, name: str, file: Path) -> int:
    """Create an account."""
    arguments = ("--id", person, "--email", f"{name}@lmhg.test", "--name", name)
    more = ("--roles", "compliance", "--password-file", str(file))
    return command(onprem, "account", *arguments, *more).returncode


@pytest.fixture(scope="module")
def people(onprem: PlaneDatabase, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Two accounts; the second one twice, which changes it."""
    file = tmp_path_factory.mktemp("secrets") / "password"
    file.write_text("a long enough password\n")
    done = [account(onprem, *who, file) for who in ((ANA, "ana"), (BEN, "ben"), (BEN, "ben"))]
    assert done == [0, 0, 0]


@pytest.mark.usefixtures("people")
async def test_account_is_made_once_with_its_profile(onprem: PlaneDatabase) -> None:
    """The same person twice is one account, and the password is hashed."""
    rows = await onprem.run("select email, password_hash from identity.user_account order by email")
    assert [row["email"] for row in rows] == ["ana@lmhg.test", "ben@lmhg.test"]
    assert all(row["password_hash"].startswith("$argon2id$") for row in rows)
    assert len(await onprem.run("select 1 from practice.staff_profile")) == 2


@pytest.mark.usefixtures("people")
async def test_standing_approval_takes_two_known_people(onprem: PlaneDatabase) -> None:
    """One person twice, or a stranger, changes nothing."""
    ask = ("standing", "--kind", "calendar_block", "--requested-by")
    alone = command(onprem, *ask, ANA, "--approved-by", ANA)
    assert (alone.returncode, "nothing was changed" in alone.stderr) == (1, True)
    assert "Traceback" not in alone.stderr
    stranger = command(onprem, *ask, ANA, "--approved-by", "33333333-3333-4333-8333-333333333333")
    assert (stranger.returncode, "nothing was changed" in stranger.stderr) == (1, True)
    assert command(onprem, *ask, ANA, "--approved-by", BEN).returncode == 0
    rows = await onprem.run(
        "select requested_by, approved_by from relay.exemption where kind = 'calendar_block'"
    )
    assert [tuple(row) for row in rows] == [(ANA, BEN)]


@pytest.mark.usefixtures("people")
async def test_export_is_verified_offline(onprem: PlaneDatabase, tmp_path: Path) -> None:
    """What an auditor gets, and what an auditor runs."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    await Sequencer(db, origin("s1", "onprem", "access"), SIGNER).step()
    await db.close()
    file, keys = tmp_path / "export", tmp_path / "keys"
    keys.write_text(SIGNER.vkey)
    assert (
        command(onprem, "ledger", "export", "--ledger", "access", "--output", str(file)).returncode
        == 0
    )
    assert verify_cli.main([str(file), "--keys", str(keys)]) == 0
    file.write_bytes(file.read_bytes().replace(b"operator", b"0perator", 1))
    assert verify_cli.main([str(file), "--keys", str(keys)]) == 1


@pytest.mark.found("P5", "a ledger without a checkpoint gives a sentence, and no file")
def test_export_without_a_checkpoint_writes_no_file(onprem: PlaneDatabase, tmp_path: Path) -> None:
    """Nor does one that cannot be written where it was asked for."""
    file = tmp_path / "export"
    asked = ("ledger", "export", "--ledger", "relay", "--output")
    done = command(onprem, *asked, str(file))
    assert done.returncode == 1
    assert "no file was written: the ledger has no signed checkpoint yet" in done.stderr
    nowhere = command(onprem, *asked, str(tmp_path / "none" / "export"))
    assert nowhere.returncode == 1
    assert "Traceback" not in nowhere.stderr
    assert list(tmp_path.iterdir()) == []


def test_missing_setting_is_named(onprem: PlaneDatabase) -> None:
    """The boot stops with the name and an example."""
    done = subprocess.run(
        [script("lmhg-gateway"), "worker"],
        env=base_env(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 1
    assert "set LMHG_" in done.stderr


def test_drift_command_says_what_differs(onprem: PlaneDatabase) -> None:
    """Quiet when the wall stands; a name when it does not."""
    assert command(onprem, "drift").returncode == 0
    import asyncio

    asyncio.run(onprem.run("drop trigger wall_actor on practice.client"))
    found = command(onprem, "drift")
    assert (found.returncode, "practice.client.wall_actor" in found.stderr) == (1, True)
    assert command(onprem, "migrate").returncode == 0
    assert command(onprem, "drift").returncode == 0
