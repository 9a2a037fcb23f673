"""Proof after the day: the planes are compared, and both ledgers verified as an outsider would."""

import asyncio
import subprocess
import tempfile
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import asyncpg
import httpx

from lmhg_stack.process import base_env, script

MATCH_LIMIT_S = 30.0
POLL_S = 0.25
WHO = "demo"
TAKES_TIME = ("Confirmed", "WaitingConfirmation")
"""IntakeQ's own words for an appointment that takes time, surely or perhaps."""
PROGRAMS = {"onprem": ("lmhg-gateway", "gw_worker"), "cloud": ("lmhg-portal", "po_worker")}


@dataclass(frozen=True)
class Check:
    """One check and what it said."""

    name: str
    is_good: bool
    said: str


async def match(facts: Mapping[str, Any], plane: str) -> Check:
    """Ask a relay half for the three-way match and wait for its answer."""
    name = f"three-way match, asked on {plane}"
    connection = await asyncpg.connect(facts["databases"][plane]["superuser"])
    try:
        asked = await connection.fetchval("SELECT clock_timestamp()")
        await connection.execute("INSERT INTO relay.match_request (requested_by) VALUES ($1)", WHO)
        end = time.monotonic() + MATCH_LIMIT_S
        while time.monotonic() < end:
            row = await connection.fetchrow(
                "SELECT clean, compared, differences::text AS differences FROM relay.match_result"
                " WHERE finished_at >= $1 ORDER BY finished_at DESC LIMIT 1",
                asked,
            )
            if row is not None:
                said = f"{row['compared']} records compared"
                return Check(name, row["clean"], said if row["clean"] else row["differences"][:500])
            await asyncio.sleep(POLL_S)
    finally:
        await connection.close()
    return Check(name, is_good=False, said=f"no answer within {MATCH_LIMIT_S:.0f} s")


async def calendar_agrees(facts: Mapping[str, Any]) -> Check:
    """Whether each appointment of IntakeQ that takes time is one block in the cloud, no more."""
    async with httpx.AsyncClient(timeout=10) as client:
        answer = await client.get(f"{facts['addresses']['intakeq']}/_sim/objects/appointment")
    booked = sorted(made["StartDate"] for made in answer.json() if made["Status"] in TAKES_TIME)
    connection = await asyncpg.connect(facts["databases"]["cloud"]["superuser"])
    try:
        rows = await connection.fetch(
            "SELECT extract(epoch FROM (body->>'starts_at')::timestamptz) * 1000 AS start"
            " FROM replica.record WHERE kind = 'calendar_block' AND NOT purged"
        )
    finally:
        await connection.close()
    blocks = sorted(int(row["start"]) for row in rows)
    said = f"{len(booked)} appointments that take time, {len(blocks)} blocks"
    return Check("the portal's calendar agrees with IntakeQ", booked == blocks, said)


def verify(facts: Mapping[str, Any], plane: str, ledger: str) -> Check:
    """Export a ledger and give it to lmhg-verify, with the published keys alone."""
    name = f"ledger {plane}/{ledger}"
    program, role = PROGRAMS[plane]
    owner = {
        "LMHG_SITE": facts["site"],
        "LMHG_DATABASE_URL": facts["databases"][plane][role],
    }
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "export"
        export = [script(program), "ledger", "export", f"--ledger={ledger}", f"--output={file}"]
        done = _run(export, owner)
        if done.returncode:
            return Check(name, is_good=False, said=f"no export: {_last(done)}")
        judge = [script("lmhg-verify"), f"--keys={facts['keys']['ledger_vkeys']}", str(file)]
        done = _run(judge, {})
    return Check(name, done.returncode == 0, _last(done))


def _run(argv: list[str], env: Mapping[str, str]) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        argv, env={**base_env(), **env}, capture_output=True, text=True, check=False
    )


def _last(done: subprocess.CompletedProcess[str]) -> str:
    lines = (done.stdout + done.stderr).strip().splitlines()
    return lines[-1] if lines else f"exit status {done.returncode}"
