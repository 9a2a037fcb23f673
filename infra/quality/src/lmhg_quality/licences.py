"""`python -m lmhg_quality.licences`: nothing that runs in production is under the GPL alone or the AGPL.

Read from the metadata of what is installed, for each package that the pins of a process name. The
LGPL passes: we link to such a library and change nothing in it. A licence that is not told is refused.
"""

import re
import sys
from collections.abc import Iterable, Iterator
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

from lmhg_stack.repository import ROOT

PINS = tuple(ROOT / "requirements" / f"{each}.txt" for each in ("gateway", "portal", "relay"))
COPYLEFT = re.compile(r"\bA?GPL|\bAffero|(?<!Lesser )(?<!Library )General Public", re.IGNORECASE)
ALTERNATIVES = re.compile(r"\s+OR\s+|\s*/\s*", re.IGNORECASE)
CLASSIFIER = "License :: "
TITLES = frozenset({"MIT License", "The MIT License (MIT)"})
"""First lines of licence files that we know; one that begins in another way tells nothing."""
LONGEST_NAME = 100
"""A longer first line is no name but the licence's text."""


def pinned(pins: Path) -> Iterator[str]:
    """The names in a file of pins that are meant for this machine."""
    for line in pins.read_text().splitlines():
        if line[:1].isalnum():
            wanted = Requirement(line.split(" #")[0].rstrip(" \\"))
            if wanted.marker is None or wanted.marker.evaluate():
                yield wanted.name


def told(found: metadata.PackageMetadata) -> tuple[str, ...]:
    """The licences that metadata offer, any of which may be chosen; none when they tell nothing."""
    if "License-Expression" in found:
        return tuple(ALTERNATIVES.split(found["License-Expression"]))
    classifiers = [each for each in found.get_all("Classifier", []) if each.startswith(CLASSIFIER)]
    if names := tuple(each.rsplit(" :: ", 1)[-1] for each in classifiers if each.count("::") > 1):
        return names
    if found["License-File"] and not found["License"]:
        files = found.get_all("License-File", [])
        return tuple(filter(None, (_by_text(found["Name"], each) for each in files)))
    text = str(found["License"] or "")
    name = text.strip().partition("\n")[0]  # some give the whole text
    return tuple(ALTERNATIVES.split(name)) if name and len(name) < LONGEST_NAME else ()


def _by_text(package: str, name: str) -> str:
    """What a licence's own file says on its first line, for a package whose metadata only name the file."""
    files = metadata.files(package) or ()
    text = next((each.read_text() for each in files if str(each).endswith(f"licenses/{name}")), "")
    title = text.strip().partition("\n")[0].strip()
    return title if title in TITLES else ""


def refusal(found: metadata.PackageMetadata) -> str | None:
    """Why a package may not run in production, if it may not."""
    offered = told(found)
    if not offered:
        return f"{found['Name']} tells no licence"
    if all(COPYLEFT.search(each) for each in offered):
        return f"{found['Name']} is under {' or '.join(offered)}"
    return None


def refusals(names: Iterable[str]) -> list[str]:
    """The refusal of each package that has one."""
    reasons = (refusal(metadata.metadata(name)) for name in names)
    return [reason for reason in reasons if reason]


def main() -> int:
    """Print each package that may not run; the exit status."""
    names = sorted({name for pins in PINS for name in pinned(pins)})
    found = refusals(names)
    for reason in found:
        print(reason)
    print(f"{len(names)} packages of {len(PINS)} files of pins looked at")
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
