"""Packed pages: only for visitors whom no foreign site sent, and no two answers alike."""

import gzip
import re

import httpx
import pytest

from lmhg_kit.http.csrf import csrf_token, is_token_valid
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.packing import LEAST_BYTES, PADDING_BYTES, may_pack, pack
from lmhg_kit.http.testing import sign_in

GZIP = {"accept-encoding": "gzip"}
TOKEN = re.compile(r'name="csrf_token" value="([0-9a-f]+)"')


@pytest.mark.parametrize(
    ("said", "packed"),
    [
        ({"sec-fetch-site": "same-origin"}, True),
        ({"sec-fetch-site": "none"}, True),
        ({"sec-fetch-site": "same-site"}, False),
        ({"sec-fetch-site": "cross-site"}, False),
        ({}, False),
    ],
)
async def test_page_is_packed_for_our_own_visitors_only(
    client: httpx.AsyncClient,
    edge: Edge,
    said: dict[str, str],
    packed: bool,  # noqa: FBT001 - a test's parameter
) -> None:
    """A foreign site that chooses a text in an address learns nothing from the answer's length."""
    await sign_in(client, edge, "admin")
    answer = await client.get("/", headers={**GZIP, **said})
    assert answer.status_code == 200
    assert (answer.headers.get("content-encoding") == "gzip") is packed
    assert answer.text.endswith("</html>")


def test_who_takes_no_gzip_gets_none() -> None:
    """Anyone who it is that asks."""
    assert may_pack({"sec-fetch-site": "none", **GZIP})
    assert not may_pack({"sec-fetch-site": "none", "accept-encoding": "identity"})
    assert not may_pack({"sec-fetch-site": "none"})


async def test_short_answers_stay_plain(client: httpx.AsyncClient) -> None:
    """What fits one packet gains nothing."""
    answer = await client.get("/open", headers={**GZIP, "sec-fetch-site": "none"})
    assert len(answer.content) < LEAST_BYTES
    assert "content-encoding" not in answer.headers


def test_same_page_has_many_lengths() -> None:
    """The random part is bounded, and opens as the page all the same."""
    page = b"<p>The same.</p>" * 200
    packed = [pack(page) for _ in range(200)]
    lengths = {len(each) for each in packed}
    assert len(lengths) > PADDING_BYTES // 2
    assert max(lengths) - min(lengths) <= PADDING_BYTES
    assert {gzip.decompress(each) for each in packed} == {page}


async def test_each_answer_has_a_token_of_its_own_and_each_is_good(
    client: httpx.AsyncClient, edge: Edge
) -> None:
    """Within a page there is one, in the next another; what was learnt of one says nothing of it."""
    await sign_in(client, edge, "admin")
    pages = [TOKEN.findall((await client.get("/")).text) for _ in range(3)]
    assert [len(set(tokens)) for tokens in pages] == [1, 1, 1]
    assert len({tokens[0] for tokens in pages}) == 3
    for tokens in pages:
        answer = await client.post("/notes", data={"csrf_token": tokens[0]})
        assert answer.status_code == 303


SALT, PROOF = csrf_token("secret")[:32], csrf_token("another secret")[32:]


@pytest.mark.parametrize(
    "other",
    [SALT + PROOF, SALT, PROOF, SALT + "é" * 64, csrf_token("another secret")],
    ids=["mixed", "salt", "proof", "odd", "another's"],
)
def test_token_with_another_salt_or_proof_is_no_token(other: str) -> None:
    """The salt is part of what is proven."""
    good = csrf_token("secret")
    assert is_token_valid("secret", good)
    assert not is_token_valid("secret", good + "0")
    assert not is_token_valid("secret", good[:32] + PROOF)
    assert not is_token_valid("secret", SALT + good[32:])
    assert not is_token_valid("secret", other)
