"""Static files: packed where the browser takes it, the same bytes either way."""

import gzip
import json
from pathlib import Path

import httpx
import pytest

from lmhg_kit.http.edge import Edge
from lmhg_kit.http.statics import takes_packed
from lmhg_kit.ui.environment import STATIC

ROOT = Path(__file__).resolve().parents[4]
SCRIPT_LIMIT = 25 * 1024
OURS = ("ui.js", "htmx.js")


@pytest.mark.parametrize(
    ("accepted", "packed"),
    [
        ("gzip, deflate, br", True),
        ("br;q=1.0, gzip;q=0.5", True),
        ("*", True),
        ("", False),
        ("identity", False),
        ("gzip;q=0", False),
        ("gzip; q=0", False),
    ],
)
def test_only_who_takes_gzip_gets_it(accepted: str, packed: bool) -> None:  # noqa: FBT001 - a test's parameter
    """As the header's own grammar says."""
    assert takes_packed(accepted) is packed


async def test_file_is_the_same_packed_and_plain(client: httpx.AsyncClient, edge: Edge) -> None:
    """And caches are told that the answer depends on who asks."""
    url = edge.inner.state["statics"].url("app.css")
    plain = await client.get(url, headers={"accept-encoding": "identity"})
    packed = await client.get(url, headers={"accept-encoding": "gzip"})
    assert plain.content == packed.content == (STATIC / "app.css").read_bytes()
    assert packed.headers["content-encoding"] == "gzip"
    assert "content-encoding" not in plain.headers
    assert plain.headers["vary"] == packed.headers["vary"] == "accept-encoding"
    assert int(packed.headers["content-length"]) * 3 < len(plain.content)


def test_scripts_of_a_page_stay_under_their_limit() -> None:
    """The library and our own, as they travel."""
    assert sum(len(gzip.compress((STATIC / name).read_bytes(), 9)) for name in OURS) < SCRIPT_LIMIT


def test_htmx_is_the_pinned_one_with_its_licence() -> None:
    """The committed file says its version, and the version is the one in package.json."""
    pinned = json.loads((ROOT / "package.json").read_text())["devDependencies"]["htmx.org"]
    head = (STATIC / "htmx.js").read_text().partition("\n")[0]
    assert (
        head == f"/*! htmx {pinned}, BSD Zero Clause License (0BSD), (c) 2020 Big Sky Software */"
    )
