"""CONTRIBUTING's table "Where it is decided" leads to files that are there."""

import re
from pathlib import Path

ROOT = Path(__file__).resolve().parents[3]
GATEWAY = ROOT / "onprem-gateway/src/lmhg_gateway"
STARTS = (
    ROOT,
    GATEWAY,
    GATEWAY / "features/oversight",
    GATEWAY / "features/screening",
    ROOT / "shared-contracts/kit/src",
    ROOT / "sync-relay/src",
)
"""Where a path of the table may begin: a row's later files are in the folder of its first."""
TABLE = re.compile(r"\*\*Where it is decided\.\*\*.*?\n\n(\|.*?)\n\n", re.DOTALL)
NAMED = re.compile(r"`([\w/.-]+(?:\.py|\.md|\.sql|/))`")


def missing(page: str) -> list[str]:
    """Files that the table names and nobody finds: by path, or as a file of some feature."""
    found = TABLE.search(page)
    assert found, "the table is gone"
    return [name for name in NAMED.findall(found.group(1)) if not _is_there(name)]


def _is_there(name: str) -> bool:
    if any((start / name).exists() for start in STARTS):
        return True
    return "/" not in name and any(GATEWAY.glob(f"features/*/{name}"))


def test_each_named_file_is_there() -> None:
    """And a name of a file that was moved is found."""
    page = (ROOT / "docs/CONTRIBUTING.md").read_text()
    assert missing(page) == []
    assert missing(page.replace("red_lines.py", "alarms.py")) == ["features/oversight/alarms.py"]
