"""`lmhg-verify statement` against falsified evidence of a month; the file says what must come of it."""

import base64
import json
import re
from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import Any

import pytest

from lmhg_contracts.ledger import verify_cli

FILE = Path(__file__).parents[1] / "falsified/statement/october.json"
MONTHS = json.loads(FILE.read_text(encoding="utf-8"))


def cases() -> Iterator[Any]:
    """Each case by its name."""
    for case in MONTHS["cases"]:
        yield pytest.param(case, id=case["id"])


def written(case: dict[str, Any], folder: Path) -> list[str]:
    """A case's files, and the command's arguments."""
    (folder / "keys").write_text(MONTHS["keys"])
    arguments = ["statement", "--month", case["month"], f"--timezone={case['timezone']}"]
    arguments += ["--keys", str(folder / "keys")]
    for option, name in (("relay", "relay"), ("access", "access"), ("portal-relay", "portal")):
        if case[name] is not None:
            (folder / name).write_bytes(base64.b64decode(case[name]))
            arguments += [f"--{option}", str(folder / name)]
    for number, note in enumerate(case["seen"]):
        (folder / f"seen-{number}").write_bytes(base64.b64decode(note))
        arguments += ["--seen", str(folder / f"seen-{number}")]
    return arguments


@pytest.mark.found(
    "P1", "a statement counts each entry of both ledgers, and names what was never sent"
)
@pytest.mark.found(
    "P3", "a month that is not over has no statement; one whose end may move says so"
)
@pytest.mark.found("P4", "a time zone that depends on the machine is refused in one sentence")
@pytest.mark.parametrize("case", list(cases()))
def test_command_answers_as_the_file_says(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status, findings, and what the statement says and does not."""
    verdict = case["verdict"]
    now = datetime.fromisoformat(case["now"])
    assert verify_cli.main(written(case, tmp_path), clock=lambda: now) == verdict["status"]
    said = capsys.readouterr()
    assert found_in(said.err) == verdict["findings"]
    assert said.out.startswith("LMHG statement for 2026-10") == (not verdict["findings"])
    assert bool(said.out) == (not verdict["findings"])
    for line in verdict["says"]:
        assert line in said.out
    for line in verdict["never"]:
        assert line not in said.out


def found_in(text: str) -> list[str]:
    """The codes that the command complained about; each in one line of its own."""
    found = re.findall(r"^NO STATEMENT (cannot read|\w+)", text, re.MULTILINE)
    return ["input" if code == "cannot read" else code for code in found]


def test_there_are_many_and_sound_ones_among_them() -> None:
    """The controls: whole months, with and without the portal's ledger."""
    assert len({case["id"] for case in MONTHS["cases"]}) == len(MONTHS["cases"]) >= 50
    fine = [case for case in MONTHS["cases"] if not case["verdict"]["status"]]
    assert {case["portal"] is None for case in fine} == {True, False}
