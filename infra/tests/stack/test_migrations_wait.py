"""A migration that cannot get a lock gives up with a sentence, soon, and has changed nothing."""

import subprocess
import time
from dataclasses import dataclass

import asyncpg
import pytest

from lmhg_stack.process import base_env, script
from lmhg_stack.testing import PlaneDatabase

GIVES_UP_WITHIN_S = 20
"""Two seconds for the lock; the rest is the start of a program on a busy machine."""
BUSY = "begin; lock table {table} in row exclusive mode"
"""What any open transaction holds that has written to the table."""


@dataclass(frozen=True)
class Program:
    """A program that migrates: its command, a table late in its wall, and an early part of it, changed."""

    command: tuple[str, ...]
    table: str
    changed: str
    drifted: str


GATEWAY = Program(
    ("lmhg-gateway",),
    "practice.referral",
    "alter function audit.process_of(text) volatile",
    "audit.process_of",
)
PORTAL = Program(("lmhg-portal",), "portal.ticket", GATEWAY.changed, GATEWAY.drifted)
RELAY = Program(
    ("lmhg-relay",),
    "relay.ledger",
    "alter function relay.refuse_change() security definer",
    "relay.refuse_change",
)


@pytest.fixture(params=["gateway", "portal", "relay-onprem", "relay-cloud"])
def program(request: pytest.FixtureRequest) -> tuple[Program, PlaneDatabase]:
    """Each program that migrates, with a database of its plane."""
    name = request.param
    plane = "cloud" if name in ("portal", "relay-cloud") else "onprem"
    found = {"gateway": GATEWAY, "portal": PORTAL}.get(name, RELAY)
    return found, request.getfixturevalue(plane)


def run(program: Program, plane: PlaneDatabase, act: str) -> subprocess.CompletedProcess[str]:
    """One command of it, as the migrator."""
    env = {
        **base_env(),
        "LMHG_DATABASE_URL": plane.url("lmhg_migrator"),
        "LMHG_PLANE": plane.server.plane,
    }
    argv = [script(program.command[0]), act]
    return subprocess.run(argv, env=env, capture_output=True, text=True, check=False)


async def test_migration_without_its_lock_gives_up_and_changes_nothing(
    program: tuple[Program, PlaneDatabase],
) -> None:
    """What differs before differs afterwards; once the other session ends, the same command mends it."""
    it, plane = program
    await plane.run(it.changed)
    busy = await asyncpg.connect(plane.url("postgres"))
    await busy.execute(BUSY.format(table=it.table))
    began = time.monotonic()
    done = run(it, plane, "migrate")
    assert time.monotonic() - began < GIVES_UP_WITHIN_S
    assert done.returncode == 1
    assert "gave up, because another session held a lock" in done.stderr
    assert "Traceback" not in done.stderr
    await busy.close()
    found = run(it, plane, "drift")
    assert it.drifted in found.stdout + found.stderr
    assert run(it, plane, "migrate").returncode == 0
    assert run(it, plane, "drift").returncode == 0
