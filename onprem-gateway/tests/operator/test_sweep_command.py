"""`lmhg-gateway sweep`: looks where it is told, records counts, and fails when it finds."""

import asyncio
import json
import subprocess
from pathlib import Path

import pytest

from lmhg_stack.process import base_env, script
from lmhg_stack.testing import PlaneDatabase

TOKEN = "Zqabcdefghij"


def command(onprem: PlaneDatabase, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the sweep with the worker's login; the owner's is not needed."""
    env = {**base_env(), "LMHG_DATABASE_URL": onprem.url("gw_worker")}
    argv = [script("lmhg-gateway"), "sweep", *arguments]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


@pytest.fixture
def tokens(tmp_path: Path) -> str:
    """A file of tokens."""
    (tmp_path / "tokens").write_text(f"{TOKEN}\n\n")
    return f"--tokens-file={tmp_path / 'tokens'}"


async def newest(onprem: PlaneDatabase) -> tuple[int, dict[str, dict[str, object]]]:
    """Findings and places of the newest sweep."""
    rows = await onprem.run(
        "select findings, places from compliance.canary_sweep order by recorded_at desc limit 1"
    )
    return rows[0]["findings"], json.loads(rows[0]["places"])


async def test_clean_sweep_is_on_record_and_a_finding_fails(
    onprem: PlaneDatabase, cloud: PlaneDatabase, tmp_path: Path, tokens: str
) -> None:
    """A database and a folder are looked through; what was found is counted, never named."""
    logs = tmp_path / "logs"
    logs.mkdir()
    (logs / "portal.log").write_text("all is well\n")
    places = (f"--database=cloud={cloud.url('postgres')}", f"--folder=logs={logs}")
    done = await asyncio.to_thread(command, onprem, tokens, *places)
    assert (done.returncode, done.stderr) == (0, "")
    assert [line.split()[0] for line in done.stdout.splitlines()] == ["cloud", "logs"]
    findings, looked = await newest(onprem)
    assert findings == 0
    assert looked["logs"]["items"] == 1
    (logs / "portal.log").write_text(f"client {TOKEN} called\n")
    bad = await asyncio.to_thread(command, onprem, tokens, *places)
    assert bad.returncode == 1
    assert "it found tokens" in bad.stderr
    assert "1 FOUND" in bad.stdout
    assert TOKEN not in bad.stdout + bad.stderr
    findings, looked = await newest(onprem)
    assert (findings, looked["logs"]["where"]) == (1, {"portal.log": 1})
    rows = await onprem.run("select places::text as said from compliance.canary_sweep")
    assert all(TOKEN not in row["said"] for row in rows)


async def test_report_of_another_machine_is_recorded(onprem: PlaneDatabase, tmp_path: Path) -> None:
    """Counts alone; a report with anything else in it is refused."""
    report = {
        "tokens": 3, "started_at": "2026-11-22T05:00:00Z", "finished_at": "2026-11-22T05:00:09Z",
        "places": {"cloud database": {"items": 4, "size": 5}},
    }  # fmt: skip
    (tmp_path / "report").write_text(json.dumps(report))
    given = f"--report={tmp_path / 'report'}"
    assert (await asyncio.to_thread(command, onprem, given)).returncode == 0
    assert "cloud database" in (await newest(onprem))[1]
    (tmp_path / "report").write_text(json.dumps({**report, "found": [TOKEN]}))
    refused = await asyncio.to_thread(command, onprem, given)
    assert (refused.returncode, TOKEN in refused.stderr) == (1, False)


def test_sweep_without_tokens_or_places_is_none(onprem: PlaneDatabase, tokens: str) -> None:
    """It would look at nothing and say that all is well."""
    for arguments in ((), (tokens,), ("--folder=logs=logs",), (tokens, "--folder=logs")):
        done = command(onprem, *arguments)
        assert done.returncode == 1
        assert "nothing was changed" in done.stderr


async def test_place_that_cannot_be_reached_makes_no_sweep(
    onprem: PlaneDatabase, tmp_path: Path, tokens: str
) -> None:
    """A sweep that saw less would look clean; the place is named, its address is not."""
    before = await onprem.run("select count(*) as n from compliance.canary_sweep")
    secret = tmp_path / "secret"
    secret.write_text("not-the-key")
    unreachable = {
        "store": ["--bucket=store=http://sweep@127.0.0.1:1/b", f"--bucket-secret-file={secret}"],
        "cloud": ["--database=cloud=postgresql://sweep@127.0.0.1:1/lmhg"],
        "portal": ["--page=portal=http://127.0.0.1:1/metrics"],
    }
    for name, arguments in unreachable.items():
        done = await asyncio.to_thread(command, onprem, tokens, *arguments)
        assert done.returncode == 1
        assert done.stderr.strip().endswith(f"sweep_place_unreachable ({name})")
        assert "127.0.0.1" not in done.stderr
    (tmp_path / "short").write_text("abc\n")
    short = await asyncio.to_thread(
        command, onprem, f"--tokens-file={tmp_path / 'short'}", *unreachable["cloud"]
    )
    assert short.stderr.strip().endswith("sweep_token_too_short")
    without = await asyncio.to_thread(command, onprem, tokens, unreachable["store"][0])
    assert "sweep_bucket_without_secret" in without.stderr
    assert await onprem.run("select count(*) as n from compliance.canary_sweep") == before
