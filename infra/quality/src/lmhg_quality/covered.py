"""`make coverage`, last step: lines and branches of each package, and the files that lack most."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

WORST = 20
PACKAGES = ("lmhg_contracts", "lmhg_kit", "lmhg_relay", "lmhg_gateway", "lmhg_portal")


@dataclass(frozen=True)
class Share:
    """What was run of what there is."""

    lines: int = 0
    lines_run: int = 0
    branches: int = 0
    branches_run: int = 0

    def __add__(self, other: "Share") -> "Share":
        return Share(
            self.lines + other.lines,
            self.lines_run + other.lines_run,
            self.branches + other.branches,
            self.branches_run + other.branches_run,
        )

    @property
    def missing(self) -> int:
        """Lines and branches that nothing ran."""
        return self.lines - self.lines_run + self.branches - self.branches_run

    def __str__(self) -> str:
        lines = f"{_percent(self.lines_run, self.lines)} of {self.lines}"
        return f"{lines} | {_percent(self.branches_run, self.branches)} of {self.branches}"


def read(report: Mapping[str, Any]) -> dict[str, Share]:
    """Each file's share, from what `coverage json` wrote."""
    return {
        name: Share(
            summary["num_statements"],
            summary["covered_lines"],
            summary["num_branches"],
            summary["covered_branches"],
        )
        for name, summary in ((name, file["summary"]) for name, file in report["files"].items())
    }


def table(shares: Mapping[str, Share]) -> Iterator[str]:
    """A Markdown row a package, then one for each of the files that lack most."""
    yield "| package or file | lines | branches |"
    yield "| --- | --- | --- |"
    for package in PACKAGES:
        own = (share for name, share in shares.items() if f"/{package}/" in name)
        yield f"| `{package}` | {sum(own, Share())} |"
    yield f"| all | {sum(shares.values(), Share())} |"
    for name in sorted(shares, key=lambda each: -shares[each].missing)[:WORST]:
        yield f"| `{name}` | {shares[name]} |"


def _percent(run: int, there_is: int) -> str:
    return f"{100 * run / there_is:.1f} %" if there_is else "-"


def main(argv: list[str]) -> int:
    """Print the table of one report."""
    print("\n".join(table(read(json.loads(Path(argv[0]).read_text())))))
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
