"""The operator's commands, as an operator runs them: on the migrator's login, in a shell."""

import subprocess
import uuid
from pathlib import Path

import asyncpg
import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger import verify_cli
from lmhg_contracts.ledger.checkpoint import NoteSigner, origin
from lmhg_contracts.roles import ROLES
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.sequencer import Sequencer
from lmhg_stack.process import base_env, script
from lmhg_stack.testing import PlaneDatabase

ANA = "11111111-1111-4111-8111-111111111111"
BEN = "22222222-2222-4222-8222-222222222222"
CEM = "44444444-4444-4444-8444-444444444444"
SIGNER = NoteSigner("lmhg-s1-onprem", Ed25519PrivateKey.from_private_bytes(b"4" * 32))


def command(onprem: PlaneDatabase, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run one command."""
    env = {**base_env(), "LMHG_DATABASE_URL": onprem.url("lmhg_migrator")}
    argv = [script("lmhg-gateway"), *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


def account(
    onprem: PlaneDatabase, person: str, name: str, file: Path, *, roles: str = "compliance"
) -> subprocess.CompletedProcess[str]:
    """Create an account, or change it."""
    arguments = ("--id", person, "--email", f"{name}@lmhg.test", "--name", name)
    more = ("--roles", roles, "--password-file", str(file))
    return command(onprem, "account", *arguments, *more)


def first_people(
    onprem: PlaneDatabase, file: Path, **changes: str
) -> subprocess.CompletedProcess[str]:
    """The first two people."""
    facts = {
        "first-id": ANA, "first-email": "ana@lmhg.test", "first-name": "ana",
        "first-roles": "compliance", "second-id": BEN, "second-email": "ben@lmhg.test",
        "second-name": "ben", "second-roles": "admin,compliance",
        "first-password-file": str(file), "second-password-file": str(file),
    }  # fmt: skip
    given = {**facts, **{name.replace("_", "-"): value for name, value in changes.items()}}
    return command(onprem, "first-people", *(f"--{name}={value}" for name, value in given.items()))


@pytest.fixture(scope="module")
def password_file(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A file with a password."""
    file = tmp_path_factory.mktemp("secrets") / "password"
    file.write_text("a long enough password\n")
    return file


@pytest.fixture(scope="module")
def people(onprem: PlaneDatabase, password_file: Path) -> None:
    """The first two people; the first one changed once more."""
    assert first_people(onprem, password_file).returncode == 0
    assert account(onprem, ANA, "ana", password_file).returncode == 0


def test_first_people_need_the_roles_and_a_day(onprem: PlaneDatabase, password_file: Path) -> None:
    """Each holds admin or compliance and one is admin; nothing was made by a wrong call."""
    for wrong in ({"first_roles": "staff"}, {"second_roles": "compliance"}):
        done = first_people(onprem, password_file, **wrong)
        assert (done.returncode, "one of them admin" in done.stderr) == (1, True)
    late = first_people(onprem, password_file, two_step_by="soon")
    assert (late.returncode, "Traceback" in late.stderr) == (2, False)


@pytest.mark.usefixtures("people")
async def test_account_is_made_once_with_its_profile(onprem: PlaneDatabase) -> None:
    """The same person twice is one account, and the password is hashed."""
    rows = await onprem.run("select email, password_hash from identity.user_account order by email")
    assert [row["email"] for row in rows] == ["ana@lmhg.test", "ben@lmhg.test"]
    assert all(row["password_hash"].startswith("$argon2id$") for row in rows)
    assert len(await onprem.run("select 1 from practice.staff_profile")) == 2


@pytest.mark.found(
    "W2",
    "the first two people are made by a command that works only while nobody administers, and is told and on record",
)
@pytest.mark.found(
    "A8",
    "two-step sign-in is needed for admin and compliance from the first start, and for everybody from a day",
)
@pytest.mark.usefixtures("people")
async def test_first_people_come_once_and_bring_the_rule(
    onprem: PlaneDatabase, password_file: Path
) -> None:
    """A second try changes nothing; both are in the access record and in the officers' notices."""
    again = first_people(onprem, password_file, first_id=CEM, first_email="cem@lmhg.test")
    assert (again.returncode, "on the pages People and Decisions" in again.stderr) == (1, True)
    assert len(await onprem.run("select 1 from identity.user_account")) == 2
    rows = await onprem.run("select role, required_from <= now() as now from identity.mfa_rule")
    assert {row["role"]: row["now"] for row in rows} == {
        role: role in ("admin", "compliance") for role in ROLES
    }
    acts = await onprem.run("select subject_ids from audit.event where act = 'first_people'")
    assert [sorted(map(str, row["subject_ids"])) for row in acts] == [[ANA, BEN]]
    codes = await onprem.run("select code from compliance.officer_notice")
    assert "first_people" in {row["code"] for row in codes}


@pytest.mark.found("W2", "an operator alone gives nobody the role admin or compliance")
@pytest.mark.usefixtures("people")
async def test_operator_alone_gives_no_power(onprem: PlaneDatabase, password_file: Path) -> None:
    """Neither to a new account nor to an old one; another role is given."""
    for person, name in ((CEM, "cem"), (ANA, "ana")):
        done = account(onprem, person, name, password_file, roles="admin,compliance")
        assert (done.returncode, "given by two people" in done.stderr) == (1, True)
    assert account(onprem, CEM, "cem", password_file, roles="trainer").returncode == 0
    rows = await onprem.run("select roles from identity.user_account where id = $1", uuid.UUID(CEM))
    assert rows[0]["roles"] == ["trainer"]


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
    """Quiet when the wall is whole; a name when it is not."""
    assert command(onprem, "drift").returncode == 0
    import asyncio

    asyncio.run(onprem.run("drop trigger wall_actor on practice.client"))
    found = command(onprem, "drift")
    assert (found.returncode, "practice.client.wall_actor" in found.stderr) == (1, True)
    assert command(onprem, "migrate").returncode == 0
    assert command(onprem, "drift").returncode == 0


async def test_held_messages_are_tried_again_by_a_command(onprem: PlaneDatabase) -> None:
    """Two are held, for two reasons: one is tried again, the other is set aside; both are ledgered."""
    acts = {"app.actor": "t", "app.purpose": "t"}
    link = await asyncpg.connect(onprem.url("postgres"), server_settings=acts)
    for code in ("not_json", "client_missing"):
        await link.execute(
            "insert into ingress.delivery (id, source, peer, outcome, size, result, result_code,"
            " finished_at) values (gen_random_uuid(), 'intakeq', '192.0.2.7', 'stored', 1, 'held',"
            " $1, now())",
            code,
        )
    await link.close()
    retried = command(onprem, "intake", "retry", "--code", "client_missing")
    assert (retried.returncode, "1 will be tried again" in retried.stderr) == (0, True)
    aside = command(onprem, "intake", "set-aside")
    assert (aside.returncode, "1 set aside" in aside.stderr) == (0, True)
    rows = await onprem.run("select result, result_code from ingress.delivery")
    assert {tuple(row) for row in rows} == {(None, None), ("set_aside", "not_json")}
    told = await onprem.run(
        "select purpose from audit.event where actor = 'operator' and subject_kind = 'delivery'"
    )
    assert {row["purpose"] for row in told} == {
        "held deliveries: retry",
        "held deliveries: set-aside",
    }
