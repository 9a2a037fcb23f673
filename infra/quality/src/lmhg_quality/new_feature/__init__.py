"""Writes a new feature from the template beside this file: both planes, kind, migration and tests.

What it writes works, and passes every gate. It is a place to start from: rename, add, delete.
"""

import re
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

TEMPLATE = Path(__file__).parent / "template"
SUFFIX = ".txt"
MIGRATIONS = "onprem-gateway/migrations/versions"
LISTS = (
    "onprem-gateway/src/lmhg_gateway/feature_list.py",
    "cloud-portal/src/lmhg_portal/feature_list.py",
)
"""The one file of each application that a new feature touches."""
_NAME = re.compile(r"[a-z][a-z0-9]*(_[a-z0-9]+)*")
_ENTRIES_END = '\n)\n"""In the order'


class NewFeatureRefused(ValueError):
    """A name that cannot be used, or a checkout that has it already."""


@dataclass(frozen=True, kw_only=True)
class Names:
    """What the new feature is called, in each of the ways in which code and people say it."""

    one: str
    many: str
    title: str
    number: str
    before: str

    @property
    def placeholders(self) -> dict[str, str]:
        """What each placeholder of the template is replaced by."""
        return {
            "{name}": self.one,
            "{names}": self.many,
            "{Name}": _camel(self.one),
            "{Names}": _camel(self.many),
            "{NAMES}": self.many.upper(),
            "{noun}": self.one.replace("_", " "),
            "{nouns}": self.many.replace("_", " "),
            "{path}": self.many.replace("_", "-"),
            "{Title}": self.title,
            "{number}": self.number,
            "{before}": self.before,
        }

    def fill(self, text: str) -> str:
        """A text of the template with the names in it."""
        for placeholder, value in self.placeholders.items():
            text = text.replace(placeholder, value)
        return text


def _camel(name: str) -> str:
    return "".join(part.capitalize() for part in name.split("_"))


def names_for(root: Path, *, one: str, many: str, title: str) -> Names:
    """The names of a new feature in this checkout. Raises: NewFeatureRefused."""
    for name in (one, many):
        if not _NAME.fullmatch(name):
            message = f"{name}: write a name in small letters, such as room or meeting_room"
            raise NewFeatureRefused(message)
    if one == many or not re.fullmatch(r"[A-Z][\w ,-]*", title):
        message = "one and many differ, and a title begins with a capital: room, rooms, Rooms"
        raise NewFeatureRefused(message)
    numbers = sorted(path.name[:4] for path in (root / MIGRATIONS).glob("[0-9]*.py"))
    before = numbers[-1]
    return Names(one=one, many=many, title=title, number=f"{int(before) + 1:04}", before=before)


def files(names: Names) -> Iterator[tuple[Path, str]]:
    """Each file that the template makes, by its path in a checkout, with its text."""
    for source in sorted(TEMPLATE.rglob(f"*{SUFFIX}")):
        path = names.fill(str(source.relative_to(TEMPLATE))).removesuffix(SUFFIX)
        yield Path(path), names.fill(source.read_text())


def listed(text: str, package: str, names: Names) -> str:
    """An application's list of features with the new one at its end: an import and an entry."""
    constant = names.many.upper()
    first = f"from {package}.features."
    entry = text.index(_ENTRIES_END)
    text = f"{text[:entry]}\n    {constant},{text[entry:]}"
    line = f"{first}{names.many} import FEATURE as {constant}\n"
    place = text.index(first)
    return text[:place] + line + text[place:]


def write(root: Path, names: Names) -> list[Path]:
    """Write the feature into a checkout; every path that was made or changed. Raises: NewFeatureRefused."""
    made = dict(files(names))
    there = sorted(str(path) for path in made if (root / path).exists())
    if there:
        message = f"already here: {', '.join(there)}"
        raise NewFeatureRefused(message)
    for path in map(Path, LISTS):
        made[path] = listed((root / path).read_text(), path.parts[2], names)
    for path, text in made.items():
        (root / path).parent.mkdir(parents=True, exist_ok=True)
        (root / path).write_text(text)
    _settle(root, [path for path in made if path.suffix == ".py"])
    return sorted(made)


def _settle(root: Path, paths: list[Path]) -> None:
    """Lines break and imports stand as the names' lengths and letters ask for."""
    ruff = str(Path(sys.executable).with_name("ruff"))
    for step in (("check", "--quiet", "--select", "I", "--fix"), ("format", "--quiet")):
        subprocess.run([ruff, *step, *map(str, paths)], cwd=root, check=True)
