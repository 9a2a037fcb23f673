"""A running stack: what it writes down, what it refuses to do twice, what it heals."""

import json
from pathlib import Path

import jsonschema
import pytest

from lmhg_stack.alive import Lease
from lmhg_stack.docs.stackschema import SCHEMA
from lmhg_stack.process import Command, spawn, stop, wait_until
from lmhg_stack.stack import Stack
from lmhg_stack.wishes import NONE, Wish, Wishes


def test_the_stack_file_follows_its_schema(stack: Stack):
    """Scripts may rely on it."""
    jsonschema.validate(stack.facts, SCHEMA)


def test_secrets_are_for_their_owner_alone(stack: Stack):
    """Key files and the stack file cannot be read by others."""
    files = [*stack.layout.keys.folder.rglob("*"), stack.layout.stack_file]
    loose = [file for file in files if file.is_file() and file.stat().st_mode & 0o077]
    assert loose == []


def test_a_second_up_restarts_nothing(stack: Stack):
    """The same processes live on."""
    before = stack.facts["processes"]
    stack.up()
    assert stack.facts["processes"] == before


def test_a_killed_process_comes_back(stack: Stack):
    """The mail sink is one for all; the faults suite kills the rest."""
    old = stack.kill("mail")
    wait_until(lambda: stack.pid("mail") not in (None, old), "the mail sink's new life")
    stack.wait_ready("mail")


def test_a_lock_tells_the_living_from_the_dead(tmp_path: Path):
    """It is held exactly as long as the process that inherited it."""
    lease = Lease(tmp_path / "lock")
    assert not lease.is_held()
    command = Command(name="cat", argv=("/bin/sleep", "60"))
    with lease.taken() as descriptor:
        process = spawn(command, tmp_path / "log", inherit=(descriptor,))
    lease.write(process.pid)
    assert lease.pid() == process.pid
    with pytest.raises(BlockingIOError), lease.taken():
        pass
    stop(process)
    assert not lease.is_held()
    assert lease.pid() is None


def test_wishes_are_kept_until_taken_back(tmp_path: Path):
    """A torn file is no wish."""
    wishes = Wishes(tmp_path / "wishes.json")
    wishes.put("nats", Wish(stopped=True))
    wishes.put("worker", Wish(env={"A": "1"}))
    assert wishes.read() == {"nats": Wish(stopped=True), "worker": Wish(env={"A": "1"})}
    wishes.put("nats", NONE)
    assert set(wishes.read()) == {"worker"}
    wishes.file.write_text(json.dumps(wishes.file.read_text())[:9])
    assert wishes.read() == {}
