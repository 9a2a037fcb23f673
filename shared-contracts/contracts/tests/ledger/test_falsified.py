"""`lmhg-verify` against every known way to falsify a ledger; the files say what must be answered."""

import base64
import json
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from lmhg_contracts.ledger import verify_cli

FOLDER = Path(__file__).parents[1] / "falsified"
FILES = sorted(FOLDER.glob("*.json"))


def cases() -> Iterator[Any]:
    """Each case of each file, named for both."""
    for file in FILES:
        for case in json.loads(file.read_text())["cases"]:
            yield pytest.param(case, id=f"{file.stem}-{case['id']}")


@pytest.mark.found(
    "P1", "a checkpoint that was kept and is larger than what is shown is a cut ledger"
)
@pytest.mark.found(
    "P2", "a ledger counts under its own plane's key only, and the log can be demanded"
)
@pytest.mark.found("t25", "the other plane's key alone makes no ledger count, on all four of them")
@pytest.mark.found("P3", "a date that runs backwards is named")
@pytest.mark.found("P4", "every refusal is one sentence, and no input gives a traceback")
@pytest.mark.found("g1", "103 entries shown, 105 kept: not sound, cut")
@pytest.mark.found("g3", "BOM, comments and CRLF are read in a key file, and named in an export")
@pytest.mark.parametrize("case", list(cases()))
def test_command_answers_as_the_file_says(
    case: dict[str, Any], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit status, findings and remarks, through the command as an auditor runs it."""
    arguments = written(case, tmp_path)
    verdict = case["verdict"]
    assert verify_cli.main(arguments) == (0 if verdict["sound"] else 1)
    said = capsys.readouterr()
    assert said_codes(said.err) == verdict["findings"]
    assert re.findall(r"^NOTE +(\w+):", said.out + said.err, re.MULTILINE) == verdict["notes"]
    assert said.out.startswith("SOUND ") == verdict["sound"]


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_each_ledger_has_forty_ways_and_each_has_a_sound_twin(path: Path) -> None:
    """The controls: sound files are among them, by every kind of question."""
    found = json.loads(path.read_text())["cases"]
    assert len({case["id"] for case in found}) == len(found)
    assert sum(not case["verdict"]["sound"] for case in found) >= 40
    sound = [case for case in found if case["verdict"]["sound"]]
    assert any(case["question"]["seen"] for case in sound)
    assert any(case["question"]["signers"] for case in sound)
    assert {case["by"] for case in found} >= {
        "nobody", "outsider", "superuser", "own key", "other key", "both keys",
    }  # fmt: skip


def written(case: dict[str, Any], folder: Path) -> list[str]:
    """A case's files, and the command's arguments."""
    question = case["question"]
    (folder / "file").write_bytes(base64.b64decode(case["file"]))
    (folder / "keys").write_bytes(base64.b64decode(question["keys"]))
    arguments = [str(folder / "file"), "--keys", str(folder / "keys")]
    for number, note in enumerate(question["seen"]):
        (folder / f"seen-{number}").write_bytes(base64.b64decode(note))
        arguments += ["--seen", str(folder / f"seen-{number}")]
    if question["log"]:
        arguments += ["--log", question["log"]]
    for name in question["signers"]:
        arguments += ["--signer", name]
    return arguments


def said_codes(text: str) -> list[str]:
    """The codes of what the command complained about; each in one line of its own."""
    lines = [line for line in text.splitlines() if line.startswith("NOT SOUND")]
    return [
        "input" if "cannot read the input" in line else line.split()[2].rstrip(":")
        for line in lines
    ]
