"""Rotation: the next key is published before it signs, the old one stays until its tokens are over."""

from typing import Any

import httpx
import pytest
from joserfc import jwt
from joserfc.jwk import KeySet

from lmhg_gateway.features.issuer.service import Issuer
from lmhg_gateway.features.tokens import keys
from lmhg_gateway.features.tokens.rules import SKEW, TOKEN_LIFE
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.testing import Hands, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import Party, code_for  # noqa: TID252 - the clients of this folder

ACTOR = Actor("process: test")


async def kids(browser: httpx.AsyncClient) -> list[str]:
    """The names of the published keys."""
    return [key["kid"] for key in (await browser.get("/oauth/jwks")).json()["keys"]]


async def new_token(portal: Party, ana: Signed) -> str:
    """A fresh ID token."""
    return str((await portal.redeem(await code_for(portal, ana)))["id_token"])


def kid_of(token: str) -> str:
    """The key that a token names."""
    import base64
    import json

    head: dict[str, Any] = json.loads(
        base64.urlsafe_b64decode(token.split(".", maxsplit=1)[0] + "==")
    )
    return str(head["kid"])


async def test_keys_overlap(
    ana: Signed, portal: Party, identity_db: Database, clock: Hands, onprem: PlaneDatabase
) -> None:
    """At every moment each token that counts has its key in the set, also in a copy of it."""
    [old] = await kids(ana.browser)
    before = (await ana.browser.get("/oauth/jwks")).json()
    first = await new_token(portal, ana)
    async with identity_db.uow(ACTOR, "rotate") as tx:
        new = (await keys.rotate(tx, at=clock())).kid
    assert await kids(ana.browser) == [new, old]
    assert kid_of(await new_token(portal, ana)) == old
    clock.turn(seconds=keys.LEAD.total_seconds() - 1)
    last = await new_token(portal, ana)
    assert jwt.decode(last, KeySet.import_key_set(before), algorithms=["RS256"])
    clock.turn(seconds=1)
    cached = (await ana.browser.get("/oauth/jwks")).json()
    assert kid_of(await new_token(portal, ana)) == new
    assert old in [key["kid"] for key in cached["keys"]]
    for token in (first, last):
        assert jwt.decode(token, KeySet.import_key_set(cached), algorithms=["RS256"])
    clock.turn(seconds=(TOKEN_LIFE + SKEW).total_seconds())
    assert await kids(ana.browser) == [new]
    async with identity_db.uow(ACTOR, "upkeep") as tx:
        assert await keys.destroy(tx, at=clock()) == 1
    rows = await onprem.run("select kid from identity.signing_key where private_sealed is null")
    assert [row["kid"] for row in rows] == [old]


async def test_leaked_key_is_believed_no_longer(
    ana: Signed, portal: Party, identity_db: Database, clock: Hands
) -> None:
    """At once: nothing under it counts, and the next token is under the new one."""
    token = dict(await portal.redeem(await code_for(portal, ana)))
    async with identity_db.uow(ACTOR, "rotate") as tx:
        new = (await keys.rotate(tx, at=clock(), leaked=True)).kid
    assert await kids(ana.browser) == [new]
    headers = {"authorization": f"Bearer {token['access_token']}"}
    assert (await ana.browser.get("/oauth/userinfo", headers=headers)).status_code == 401
    assert kid_of(await new_token(portal, ana)) == new


async def test_first_key_is_made_once(
    identity_db: Database, issuer: Issuer, clock: Hands, onprem: PlaneDatabase
) -> None:
    """Two processes that start together make one; without any, nothing is signed."""
    import asyncio

    await onprem.run("truncate identity.signing_key")

    async def start() -> bool:
        async with identity_db.uow(ACTOR, "keys") as tx:
            return await keys.ensure(tx, at=clock())

    async with identity_db.read(ACTOR, "keys") as tx:
        with pytest.raises(Unavailable):
            await keys.signer(tx, at=clock())
    assert sorted(await asyncio.gather(start(), start())) == [False, True]


async def test_private_half_is_sealed(onprem: PlaneDatabase, issuer: Issuer) -> None:
    """What lies in the database is no key; nor is it readable to the workspace."""
    import asyncpg

    [row] = await onprem.run("select private_sealed, public_jwk from identity.signing_key")
    assert b"PRIVATE KEY" not in row["private_sealed"]
    assert '"d"' not in row["public_jwk"]
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await onprem.run("select private_sealed from identity.signing_key", role="gw_workspace")
