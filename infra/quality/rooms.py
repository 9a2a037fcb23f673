# noqa: INP001 - a script that is run by its path
"""Counts the house: lines a feature, files over 300 lines, circles, and what names features outside their folders.

Usage: python infra/quality/rooms.py [folder of a checkout]
"""

import ast
import re
import sys
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from graphlib import CycleError, TopologicalSorter
from pathlib import Path

PLANES = (
    ("gateway", "onprem-gateway/src/lmhg_gateway", "lmhg_gateway"),
    ("portal", "cloud-portal/src/lmhg_portal", "lmhg_portal"),
)
FOLDER_MAX, FILE_MAX = 2000, 300
GENERATED = ("/migrations/",)
LISTS = ("INCIDENTS", "_PLACES", "RECORD_KINDS", "WAYS", "OPEN_IS_RED", "LINES", "MODELS", "GRANTS",
         "API_SCOPES", "_COUNTED_KINDS", "RELEASED_KINDS", "HELD_PLACES", "SCOPES", "_decoders",
         "_loops")  # fmt: skip
"""Lists that named features or kinds a second time, as the issue found them."""


def lines_of(files: Iterable[Path]) -> int:
    """Lines of these files together."""
    return sum(len(each.read_text().splitlines()) for each in files)


def folders(features: Path) -> Mapping[str, int]:
    """Lines of Python of each feature."""
    return {
        each.name: lines_of(each.rglob("*.py"))
        for each in sorted(features.iterdir())
        if (each / "__init__.py").exists()
    }


def imports(features: Path, package: str) -> dict[str, set[str]]:
    """Which feature imports which."""
    found: dict[str, set[str]] = defaultdict(set)
    pattern = re.compile(rf"{re.escape(package)}\.features\.(\w+)")
    for path in features.rglob("*.py"):
        room = path.relative_to(features).parts[0]
        for named in _modules(path):
            hit = pattern.match(named)
            if hit and hit.group(1) != room:
                found[room].add(hit.group(1))
    return found


def _modules(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def circles(edges: Mapping[str, set[str]]) -> int:
    """How many imports have to go before no feature imports itself over others."""
    left, gone = {room: set(others) for room, others in edges.items()}, 0
    while True:
        try:
            TopologicalSorter(left).prepare()
        except CycleError as found:
            imported, importer = found.args[1][:2]
            left[importer].discard(imported)
            gone += 1
        else:
            return gone


def central_lists(source: Path) -> list[str]:
    """Lists of features or kinds that are kept beside their declaration."""
    names = re.compile(rf"^({'|'.join(LISTS)})\b[^=\n]*=\s*[\[\({{]", re.MULTILINE)
    return sorted(
        f"{path.relative_to(source)}:{hit.group(1)}"
        for path in source.rglob("*.py")
        for hit in names.finditer(path.read_text())
        if "/features/oauth_clients/" not in str(path)
    )


def named_outside(source: Path, package: str) -> Mapping[str, int]:
    """By feature: how many files outside its folder import from it, other features apart."""
    counts: dict[str, int] = defaultdict(int)
    pattern = re.compile(rf"{re.escape(package)}\.features\.(\w+)")
    for path in source.rglob("*.py"):
        if "features" not in path.relative_to(source).parts:
            for room in {hit for each in _modules(path) for hit in pattern.findall(each)}:
                counts[room] += 1
    return counts


def report(root: Path) -> Iterator[str]:
    """The figures as a table in Markdown."""
    yield "| | gateway | portal |"
    yield "| --- | --- | --- |"
    rows: dict[str, list[str]] = defaultdict(list)
    for _, where, package in PLANES:
        source = root / where
        sizes = folders(source / "features")
        files = [
            path for path in source.rglob("*.py") if not any(n in str(path) for n in GENERATED)
        ]
        large = [name for name, lines in sizes.items() if lines > FOLDER_MAX]
        outside = named_outside(source, package)
        rows["features"].append(str(len(sizes)))
        rows["lines of features"].append(f"{sum(sizes.values()):,}")
        largest = max(sizes, key=lambda name: sizes[name])
        rows["largest feature"].append(f"{largest}, {sizes[largest]:,}")
        rows[f"features over {FOLDER_MAX:,} lines"].append(_named(large))
        rows[f"files over {FILE_MAX} lines"].append(
            str(sum(lines_of([path]) > FILE_MAX for path in files))
        )
        edges = imports(source / "features", package)
        rows["imports that close a circle"].append(str(circles(edges)))
        rows["central lists"].append(str(len(central_lists(source))))
        rows["features named in one file outside"].append(
            str(sum(count == 1 for count in outside.values()))
        )
        rows["features named in more files outside"].append(
            _named([name for name, count in outside.items() if count > 1])
        )
    for name, values in rows.items():
        yield f"| {name} | {' | '.join(values)} |"


def _named(names: Iterable[str]) -> str:
    found = sorted(names)
    return f"{len(found)}: {', '.join(found)}" if found else "0"


if __name__ == "__main__":
    said = report(Path(sys.argv[1] if len(sys.argv) > 1 else "."))
    sys.stdout.write("\n".join(said) + "\n")
