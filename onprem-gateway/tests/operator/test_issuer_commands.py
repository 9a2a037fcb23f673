"""The operator's commands about the issuer, as an operator runs them."""

import base64
import json
import os
import subprocess
from pathlib import Path

import asyncpg
import pytest

from lmhg_stack.process import base_env, script
from lmhg_stack.testing import PlaneDatabase

SECRET = "p" * 43
PORTAL = (
    "--id=portal", "--name=Portal", "--redirect-uri=https://portal.test/cb",
    "--post-logout-uri=https://portal.test/bye", "--backchannel-uri=https://portal.test/back",
    "--first-party",
)  # fmt: skip


@pytest.fixture(scope="module")
def files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A keyring and two secrets."""
    folder = tmp_path_factory.mktemp("secrets")
    key = base64.b64encode(os.urandom(32)).decode()
    ring = {"current": "k1", "keys": {"k1": key}, "index": key}
    (folder / "keyring.json").write_text(json.dumps(ring))
    (folder / "secret").write_text(f"{SECRET}\n")
    (folder / "short").write_text("short\n")
    return folder


def command(
    onprem: PlaneDatabase, files: Path, *arguments: str
) -> subprocess.CompletedProcess[str]:
    """Run one command."""
    env = {
        **base_env(),
        "LMHG_DATABASE_URL": onprem.url("lmhg_migrator"),
        "LMHG_IDENTITY_KEYRING_FILE": str(files / "keyring.json"),
    }
    argv = [script("lmhg-gateway"), *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


async def test_client_is_put_once(onprem: PlaneDatabase, files: Path) -> None:
    """The same command twice leaves one client with one secret and one history."""
    put = ("client", "put", *PORTAL, f"--secret-file={files / 'secret'}")
    for _ in range(2):
        assert command(onprem, files, *put).returncode == 0
    [row] = await onprem.run("select first_party, scopes, redirect_uris from identity.oauth_client")
    assert row["first_party"]
    assert row["redirect_uris"] == ["https://portal.test/cb"]
    steps = await onprem.run("select what, by from identity.client_change order by at, what")
    assert {(each["what"], each["by"]) for each in steps} == {
        ("registered", "operator"),
        ("secret", "operator"),
    }
    assert len(steps) == 2
    moved = command(onprem, files, *put, "--redirect-uri=https://portal.test/other")
    assert moved.returncode == 0
    [diff] = await onprem.run("select diff from identity.client_change where what = 'changed'")
    assert "https://portal.test/other" in diff["diff"]


@pytest.mark.parametrize(
    "wrong",
    [
        ("--id=short", "--name=Short", "--redirect-uri=https://s.test/cb", "--secret-file=SHORT"),
        ("--id=plain", "--name=Plain", "--redirect-uri=http://s.test/cb"),
        ("--id=none", "--name=None"),
    ],
)
async def test_wrong_client_is_refused_whole(
    onprem: PlaneDatabase, files: Path, wrong: tuple[str, ...]
) -> None:
    """A short secret or an insecure address: nothing of it is kept."""
    arguments = [each.replace("SHORT", str(files / "short")) for each in wrong]
    done = command(onprem, files, "client", "put", *arguments)
    assert (done.returncode, "nothing was changed" in done.stderr) == (1, True)
    assert "Traceback" not in done.stderr
    name = wrong[0].partition("=")[2]
    assert not await onprem.run("select 1 from identity.oauth_client where client_id = $1", name)


async def test_keys_are_rotated_and_listed(onprem: PlaneDatabase, files: Path) -> None:
    """Each line is a key with what it does; with --leaked the others are gone from the list."""
    first = command(onprem, files, "keys", "rotate", "--leaked")
    assert first.returncode == 0, first.stderr
    assert first.stdout.count("signs since") == 1
    second = command(onprem, files, "keys", "rotate")
    assert second.stdout.count("\n") == 2
    assert "published, signs from" in second.stdout
    listed = command(onprem, files, "keys", "list")
    assert listed.stdout == second.stdout
    leaked = command(onprem, files, "keys", "rotate", "--leaked")
    assert leaked.stdout.count("\n") == 1
    [audit] = await onprem.run(
        "select count(*) as n from audit.event where act = 'keys_rotated' and actor = 'operator'"
    )
    assert audit["n"] == 3


async def test_database_believes_hydra_about_programs_when_an_operator_says_so(
    onprem: PlaneDatabase, files: Path
) -> None:
    """Twice is once; taken back, a program's bare name is refused again; people are never believed."""
    named = "select audit.actor() from (select set_config('app.actor', $1, false)) named"

    async def said_to(who: str) -> str:
        try:
            await onprem.run(named, who, role="gw_workspace")
        except asyncpg.PostgresError as refused:
            return str(refused)
        return "believed"

    assert await said_to("client: reports") == "actor_unproved"
    for _ in range(2):
        assert command(onprem, files, "client", "hydra").returncode == 0
    assert await said_to("client: reports") == "believed"
    assert await said_to("018f0000-0000-7000-8000-000000000001") == "actor_unproved"
    assert command(onprem, files, "client", "hydra", "--end").returncode == 0
    assert await said_to("client: reports") == "actor_unproved"
    acts = await onprem.run("select act from audit.event where subject_kind = 'trust' order by seq")
    assert [each["act"] for each in acts] == ["insert", "insert", "delete"]
