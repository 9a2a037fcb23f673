"""A new feature costs two folders and seven files: CONTRIBUTING followed in a copy of the checkout, and thrown away."""

import re
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest

from lmhg_quality import trial
from lmhg_quality.new_feature import names_for, write
from lmhg_quality.new_feature.cost import outside, too_many
from lmhg_quality.trial import Trial
from lmhg_stack.repository import ROOT

GATEWAY = Path("onprem-gateway/src/lmhg_gateway/features/rooms/__init__.py")
PORTAL_LIST = Path("cloud-portal/src/lmhg_portal/feature_list.py")
ARCHITECTURE = "infra/tests/architecture"
POLICY = "shared-contracts/contracts/tests/test_policy.py"
INSTALLED = (".venv/.installed", "node_modules/.installed")
"""What make would install again: a trial has both from the checkout."""
IN_A_SECTION = re.compile(r"## Add a feature\n.*?```sh\n(.*?)```", re.DOTALL)


def touched(made: Trial) -> dict[str, list[str]]:
    """What was changed or made outside of the feature's folders."""
    changed, new = made.changed()
    return dict(outside([*changed, *new], "rooms"))


def ran(made: Trial, *argv: str) -> str:
    """The output of a command that has to succeed."""
    done = made.run(*argv)
    assert done.returncode == 0, f"{argv}\n{done.stdout[-4000:]}\n{done.stderr[-2000:]}"
    return done.stdout


def without(made: Trial, path: Path, pattern: str) -> None:
    """Leave a step out: what the pattern finds in a file is gone."""
    text = (made.root / path).read_text()
    less, count = re.subn(pattern, "", text, flags=re.DOTALL)
    assert count >= 1, pattern
    (made.root / path).write_text(less)


def refused(made: Trial, *argv: str) -> str:
    """What a command says that has to fail; afterwards the feature is whole again."""
    done = made.run(*argv)
    subprocess.run(["git", "checkout", "-q", "."], cwd=made.root, check=True)
    assert done.returncode != 0, argv
    return done.stdout + done.stderr


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Trial]:
    """A copy of the checkout with the new feature in it, as a commit of its own."""
    folder = tmp_path_factory.mktemp("trial")
    copied = trial.copy(folder)
    write(folder, names_for(folder, one="room", many="rooms", title="Rooms"))
    found = touched(copied)
    assert {part: len(each) for part, each in found.items()} == {
        "onprem-gateway": 2, "cloud-portal": 2, "kind": 2, "migration": 1,
    }, found  # fmt: skip
    assert too_many(found) == {}
    who = ("-c", "user.name=trial", "-c", "user.email=trial@lmhg.test")
    subprocess.run(["git", "add", "-A"], cwd=folder, check=True)
    subprocess.run(["git", *who, "commit", "-qm", "rooms"], cwd=folder, check=True)
    yield copied
    shutil.rmtree(folder)


def test_new_feature_touches_seven_files_and_passes_what_is_quick(made: Trial) -> None:
    """Style, import rules, words, rooms, faces; `made` has counted what it touches."""
    ran(made, "ruff", "check", ".")
    ran(made, "ruff", "format", "--check", ".")
    ran(made, "lint-imports")
    ran(made, "djlint", "--lint", GATEWAY.parent.as_posix())
    names = ("rooms", "faces", "words")
    tests = (*(f"{ARCHITECTURE}/test_{name}.py" for name in names), POLICY)
    ran(made, "python", "-m", "pytest", "-q", *tests)


def test_feature_that_touches_more_is_counted() -> None:
    """The negative control: a third file of an application, and a part that is not its own."""
    lists = [f"cloud-portal/{name}.py" for name in ("a", "b", "c")]
    own = ["cloud-portal/features/rooms/a.py", "docs/reference/routes.md"]
    assert too_many(outside([*lists[1:], *own], "rooms")) == {}
    found = outside([*lists, *own, "Makefile"], "rooms")
    assert too_many(found) == {"cloud-portal": lists, "Makefile": ["Makefile"]}


def test_permission_that_is_left_out_stops_the_start(made: Trial) -> None:
    """The application says which route asks for what nobody has."""
    without(made, GATEWAY, r"    permissions=\(.*?\n    \),\n")
    said = refused(made, "python", "-m", "lmhg_stack.docs", "--check")
    assert "unlisted permission" in said


def test_other_steps_that_are_left_out_are_named_by_the_gates(made: Trial) -> None:
    """Help, API and tables on one plane, the line in the list on the other: each has a gate that is red."""
    without(made, GATEWAY, r"    help=[^\n]*\n|    api=[^\n]*\n|    models=[^\n]*\n")
    without(made, PORTAL_LIST, r"    ROOMS,\n")
    names = ("rooms", "faces", "words")
    argv = ("python", "-m", "pytest", "-q", *(f"{ARCHITECTURE}/test_{name}.py" for name in names))
    said = refused(made, *argv)
    for test in (
        "test_every_feature_with_pages_has_its_help",
        "test_feature_has_both_faces_or_says_why_not[gateway]",
        "test_every_table_is_declared_by_its_feature",
        "test_every_folder_has_its_feature_in_the_list",
    ):
        assert re.search(rf"FAILED .*::{re.escape(test)}", said), (test, said[-2000:])


@pytest.mark.trial
def test_steps_of_contributing_lead_to_a_feature_that_passes_every_gate(tmp_path: Path) -> None:
    """The commands are read there and run; a column that the migration forgets is found."""
    section = IN_A_SECTION.search((ROOT / "docs/CONTRIBUTING.md").read_text())
    assert section is not None
    made = trial.copy(tmp_path)
    (tmp_path / INSTALLED[0]).touch()
    steps = section.group(1).splitlines()
    assert len(steps) == 5, steps
    for number, step in enumerate(steps):
        if number == 1:
            assert made.run("python", "-m", "lmhg_stack.docs", "--check").returncode != 0
        ran(made, "git", "add", "-A")
        old = "".join(f" -o {each}" for each in INSTALLED) if step.startswith("make ") else ""
        ran(made, "bash", "-c", step.replace("make ", f"make{old} ", 1))
    assert too_many(touched(made)) == {}
    (migration,) = tmp_path.glob("onprem-gateway/migrations/versions/0*_rooms.py")
    without(made, migration.relative_to(tmp_path), r"    retired boolean[^\n]*\n")
    done = made.run("python", "-m", "pytest", "-q", f"{ARCHITECTURE}/test_database_classes.py")
    assert done.returncode != 0
    shutil.rmtree(tmp_path)
