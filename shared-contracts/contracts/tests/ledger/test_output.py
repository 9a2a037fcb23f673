"""How the commands write: UTF-8 in any locale, no line that a value can break, no traceback at a full disk."""

import base64
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from lmhg_contracts.ledger.checkpoint import Checkpoint, NoteSigner, origin, sign
from lmhg_contracts.ledger.entries import AccessEntry, encode_entry
from lmhg_contracts.ledger.export import write_export
from lmhg_contracts.ledger.output import plain
from lmhg_contracts.ledger.tree import Frontier, leaf_hash

SITE = "praxis-größe"
SIGNER = NoteSigner(f"lmhg-{SITE}-onprem", Ed25519PrivateKey.from_private_bytes(b"5" * 32))
OCTOBER = Path(__file__).parents[1] / "falsified/statement/october.json"
POOR = [
    {"LANG": "C", "LC_ALL": "C", "PYTHONCOERCECLOCALE": "0", "PYTHONUTF8": "0"},
    {"PYTHONIOENCODING": "ascii"},
    {"PYTHONIOENCODING": "ascii:strict", "LC_ALL": "POSIX"},
    {"PYTHONIOENCODING": "utf-16"},
]
"""Environments in which Python would write otherwise."""


def run(
    arguments: list[str], environment: dict[str, str], *, out: int = subprocess.PIPE
) -> subprocess.CompletedProcess[bytes]:
    """The command in a process of its own."""
    code = "import sys; from lmhg_contracts.ledger.verify_cli import main; sys.exit(main())"
    return subprocess.run(
        [sys.executable, "-c", code, *arguments],
        env={"PATH": os.environ["PATH"], **environment},
        check=False,
        stdout=out,
        stderr=subprocess.PIPE,
    )


@pytest.fixture
def ledger(tmp_path: Path) -> list[str]:
    """A sound ledger of a site whose name is not ASCII, and its key."""
    entry = encode_entry(
        AccessEntry(
            act="read", actor="person-a", at="2026-01-02T03:04:05.000006Z", columns=(), n=0,
            outcome="done", purpose="test", request_id="", subject_ids=(), subject_kind="client",
            zone="inside",
        )
    )  # fmt: skip
    frontier = Frontier()
    frontier.append_many([leaf_hash(entry)])
    point = Checkpoint(origin(SITE, "onprem", "access"), 1, frontier.root())
    with (tmp_path / "ledger").open("wb") as out:
        write_export(out, sign(point, SIGNER), [entry])
    (tmp_path / "keys").write_text(f"{SIGNER.vkey}\n", encoding="utf-8")
    return [str(tmp_path / "ledger"), "--keys", str(tmp_path / "keys")]


@pytest.mark.found("P4", "the commands write UTF-8 whatever the locale is")
@pytest.mark.parametrize("environment", POOR, ids=lambda each: "-".join(each.values()))
def test_text_is_utf8_in_any_locale(ledger: list[str], environment: dict[str, str]) -> None:
    """Sound, refused, and unreadable: never a traceback, always the same bytes."""
    done = run(ledger, environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert f"log        lmhg/{SITE}/onprem/access\n".encode() in done.stdout
    refused = run([*ledger, "--log", "lmhg/größer/onprem/access"], environment)
    assert (refused.returncode, refused.stdout) == (1, b"")
    assert b"wrong_log" in refused.stderr
    assert f"lmhg/{SITE}/onprem/access".encode() in refused.stderr
    unreadable = run([f"{ledger[0]}-nö", *ledger[1:]], environment)
    assert unreadable.returncode == 1
    for each in (refused, unreadable):
        assert b"Traceback" not in each.stderr
        assert each.stderr.startswith(b"NOT SOUND")


@pytest.mark.parametrize("environment", POOR, ids=lambda each: "-".join(each.values()))
def test_statement_is_the_same_bytes_in_any_locale(
    tmp_path: Path, environment: dict[str, str]
) -> None:
    """A kind that is not ASCII in a ledger, and a month long ago that both ledgers go on after."""
    given = json.loads(OCTOBER.read_text(encoding="utf-8"))
    case = next(each for each in given["cases"] if each["id"] == "whole")
    (tmp_path / "keys").write_text(given["keys"])
    arguments = ["statement", "--month", "2020-01", "--timezone", "America/New_York"]
    arguments += ["--keys", str(tmp_path / "keys")]
    for name in ("relay", "access"):
        (tmp_path / name).write_bytes(base64.b64decode(case[name]))
        arguments += [f"--{name}", str(tmp_path / name)]
    for number, note in enumerate(case["seen"]):
        (tmp_path / f"{number}").write_bytes(base64.b64decode(note))
        arguments += ["--seen", str(tmp_path / f"{number}")]
    done = run(arguments, environment)
    assert (done.returncode, done.stderr) == (0, b"")
    assert done.stdout.startswith(b"LMHG statement for 2020-01, site s1\n-----")
    wrong = run([*arguments, "--site", "größe"], environment)
    assert (wrong.returncode, wrong.stdout) == (1, b"")
    assert wrong.stderr.startswith(b"NO STATEMENT site")


def test_output_that_cannot_be_written_is_one_sentence(ledger: list[str]) -> None:
    """A full disk: not sound by status, and no traceback."""
    with Path("/dev/full").open("wb") as full:
        done = run(ledger, {}, out=full.fileno())
    assert done.returncode == 1
    assert done.stderr == b"cannot write the output: No space left on device\n"


def test_input_that_is_no_file_is_one_sentence(ledger: list[str]) -> None:
    """A pipe, which cannot be read twice, and a folder."""
    reading, writing = os.pipe()
    os.close(writing)
    try:
        done = run([f"/proc/{os.getpid()}/fd/{reading}", *ledger[1:]], {})
    finally:
        os.close(reading)
    assert done.returncode == 1
    assert b"a pipe is read once only" in done.stderr
    folder = run([str(Path(ledger[0]).parent), *ledger[1:]], {})
    assert folder.returncode == 1
    assert folder.stderr.endswith(b": Is a directory\n")
    assert len(folder.stderr.splitlines()) == len(done.stderr.splitlines()) == 1


def test_line_cannot_be_ended_or_painted_by_a_value() -> None:
    """Line ends, terminal codes, text that runs the other way, and halves of a pair."""
    assert plain("a\nb\x9b2J\u2028\u202e\ud800 ö") == "a\\u000ab\\u009b2J\\u2028\\u202e\\ud800 ö"
