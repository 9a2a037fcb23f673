"""The gate on licences: what it lets pass, what it refuses, and that it looks at what is pinned."""

from email.message import Message
from importlib import metadata
from pathlib import Path

import pytest

from lmhg_quality.licences import PINS, pinned, refusal, refusals


def described(**fields: str) -> Message:
    """Metadata of an invented package."""
    message = Message()
    message["Name"] = "planted"
    for name, value in fields.items():
        message[name.replace("_", "-")] = value
    return message


@pytest.mark.parametrize(
    "fields",
    [
        {"License_Expression": "GPL-3.0-only"},
        {"License_Expression": "AGPL-3.0-or-later"},
        {"License_Expression": "GPL-2.0-only OR AGPL-3.0-only"},
        {"License_Expression": "MIT AND GPL-3.0-or-later"},
        {"Classifier": "License :: OSI Approved :: GNU General Public License v3 (GPLv3)"},
        {"Classifier": "License :: OSI Approved :: GNU Affero General Public License v3"},
        {"License": "GNU General Public License"},
        {"License": "GPLv3"},
        {},
    ],
)
def test_copyleft_and_silence_are_refused(fields: dict[str, str]):
    """In each of the places where metadata tell a licence."""
    assert refusal(described(**fields)) is not None  # type: ignore[arg-type] - a Message is what it reads


@pytest.mark.parametrize(
    "fields",
    [
        {"License_Expression": "MIT"},
        {"License_Expression": "GPL-2.0-or-later OR MIT"},
        {"License_Expression": "LGPL-3.0-or-later"},
        {"Classifier": "License :: OSI Approved :: GNU Lesser General Public License v3 (LGPLv3)"},
        {"License": "BSD-3-Clause"},
    ],
)
def test_a_permissive_choice_passes(fields: dict[str, str]):
    """A package under two licences is used under the one that fits; the LGPL asks nothing of us."""
    assert refusal(described(**fields)) is None  # type: ignore[arg-type] - a Message is what it reads


@pytest.mark.parametrize(
    ("package", "file", "passes"),
    [("pyrage", "LICENSE", True), ("pyrage", "OTHER", False), ("asyncpg", "LICENSE", False)],
)
def test_licence_that_is_only_a_file_is_read(package: str, file: str, *, passes: bool):
    """The metadata name a file alone: a first line that is known passes; another one, and no file, are refused."""
    only_file = described(License_File=file)
    only_file.replace_header("Name", package)
    assert (refusal(only_file) is None) is passes  # type: ignore[arg-type] - a Message is what it reads


def test_everything_pinned_for_production_passes():
    """And it was looked at: the pins name what the processes need."""
    names = {name for pins in PINS for name in pinned(pins)}
    assert {"litestar", "asyncpg", "cryptography", "nats-py"} <= names
    assert refusals(names) == []


def test_a_package_that_is_not_installed_is_an_error(tmp_path: Path):
    """A pin that the environment lacks is not passed over."""
    pins = tmp_path / "pins.txt"
    pins.write_text(
        "no-such-package==1.0 \\\n    --hash=sha256:00\nwindows-only==1 ; sys_platform == 'win32'\n"
    )
    assert list(pinned(pins)) == ["no-such-package"]
    with pytest.raises(metadata.PackageNotFoundError):
        refusals(pinned(pins))
