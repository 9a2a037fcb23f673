"""The operator's commands in Hydra mode: registered in both places or in neither."""

import asyncio
import base64
import json
import os
from pathlib import Path

from lmhg_gateway.adapters.hydra import Hydra
from lmhg_stack.process import base_env, script
from lmhg_stack.testing import PlaneDatabase

from .conftest import Place  # noqa: TID252 - the fixtures of this folder

SECRET = "p" * 43


async def command(onprem: PlaneDatabase, folder: Path, *arguments: str) -> tuple[int, str]:
    """Run one command: its status and what it says."""
    key = base64.b64encode(os.urandom(32)).decode()
    ring = {"current": "k1", "keys": {"k1": key}, "index": key}
    (folder / "keyring.json").write_text(json.dumps(ring))
    (folder / "secret").write_text(SECRET)
    env = {
        **base_env(),
        "LMHG_DATABASE_URL": onprem.url("lmhg_migrator"),
        "LMHG_IDENTITY_KEYRING_FILE": str(folder / "keyring.json"),
    }
    process = await asyncio.create_subprocess_exec(
        script("lmhg-gateway"), *arguments, env=env, stderr=asyncio.subprocess.PIPE
    )
    _, said = await process.communicate()
    return process.returncode or 0, said.decode()


def put(folder: Path, name: str, admin: str) -> tuple[str, ...]:
    """The command that registers a client."""
    return (
        "client", "put", f"--id={name}", "--name=Portal", "--first-party",
        "--redirect-uri=https://portal.test/cb", "--backchannel-uri=https://portal.test/back",
        f"--secret-file={folder / 'secret'}", f"--hydra-admin-url={admin}",
    )  # fmt: skip


async def test_client_is_registered_in_both_places(
    onprem: PlaneDatabase, hydra_place: Place, tmp_path: Path
) -> None:
    """Twice the same: one client here, one there, whose consent is skipped."""
    for _ in range(2):
        status, said = await command(onprem, tmp_path, *put(tmp_path, "portal", hydra_place.admin))
        assert status == 0, said
    hydra = Hydra(hydra_place.admin)
    [found] = await hydra.clients()
    await hydra.close()
    assert (found.client_id, found.skip_consent) == ("portal", True)
    assert found.redirect_uris == ["https://portal.test/cb"]
    rows = await onprem.run("select 1 from identity.oauth_client where client_id = 'portal'")
    assert len(rows) == 1


async def test_nothing_is_kept_when_hydra_does_not_answer(
    onprem: PlaneDatabase, tmp_path: Path
) -> None:
    """The command says so, and our own table is as before."""
    status, said = await command(onprem, tmp_path, *put(tmp_path, "lonely", "http://127.0.0.1:9"))
    assert (status, "hydra_refused" in said) == (1, True)
    assert await onprem.run("select 1 from identity.oauth_client where client_id = 'lonely'") == []


async def test_keys_rotate_in_both_places(
    onprem: PlaneDatabase, hydra_place: Place, tmp_path: Path
) -> None:
    """There first: if Hydra refuses, ours stay too."""
    status, said = await command(
        onprem, tmp_path, "keys", "rotate", f"--hydra-admin-url={hydra_place.admin}"
    )
    assert status == 0, said
    before = await onprem.run("select count(*) from identity.signing_key")
    status, said = await command(
        onprem, tmp_path, "keys", "rotate", "--hydra-admin-url=http://127.0.0.1:9"
    )
    assert (status, "hydra_refused" in said) == (1, True)
    assert await onprem.run("select count(*) from identity.signing_key") == before
