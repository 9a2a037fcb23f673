"""Sessions that end by their limit: their clients hear of it, once, and nobody else's does."""

import asyncio
from typing import NamedTuple

import pytest

from lmhg_gateway.features.issuer.notices import Notices
from lmhg_gateway.features.issuer.service import Issuer
from lmhg_gateway.features.sessions.endings import Endings
from lmhg_gateway.features.tokens.ended import queue_unheard, revoke_of_user
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits
from lmhg_kit.http.testing import Hands, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from .conftest import ANA, BACKCHANNEL, Party, code_for  # noqa: TID252 - beside this file
from .test_logout import Listener  # noqa: TID252 - the relying parties' end

LIMITS = SessionLimits(by_role=LIMITS_BY_ROLE)
IDLE = "update identity.session set last_used_at = now() - interval '{} minutes'"
PASSED = {
    "idle": IDLE.format(31),
    "absolute": "update identity.session set started_at = now() - interval '12 hours 1 second'",
    "its own end": "update identity.session set ends_at = now()",
    "ended by a late request": "delete from identity.session",
}


@pytest.fixture
def endings(identity_db: Database) -> Endings:
    """The step of the loop."""
    return Endings(identity_db, LIMITS)


class Given(NamedTuple):
    """The portal, and what it was given when Ana signed in there."""

    portal: Party
    tokens: dict[str, str]


@pytest.fixture
async def given(ana: Signed, portal: Party) -> Given:
    """Ana has signed in at the portal."""
    return Given(portal, dict(await portal.redeem(await code_for(portal, ana))))


@pytest.mark.parametrize("limit", PASSED)
async def test_client_hears_of_a_session_that_passed_its_limit(
    endings: Endings,
    given: Given,
    issuer: Issuer,
    onprem: PlaneDatabase,
    limit: str,
) -> None:
    """One notice with the session's id, its tokens end, and nothing is left for another step."""
    [session] = await onprem.run("select id from identity.session")
    assert await endings.step() == 0, "nothing has passed yet"
    await onprem.run(PASSED[limit])
    assert await endings.step() >= 1
    assert await endings.step() == 0, "a loop goes on while there is something"
    assert await onprem.run("select 1 from identity.session") == []
    [notice] = await onprem.run("select sid, user_id from identity.logout_notice")
    assert (notice["sid"], notice["user_id"]) == (session["id"], ANA)
    listener = Listener()
    assert await Notices(endings.db, issuer, listener.channel.post).step() == 1
    assert [address for address, _ in listener.heard] == [BACKCHANNEL]
    renewal = await given.portal.post(
        "/oauth/token", grant_type="refresh_token", refresh_token=given.tokens["refresh_token"]
    )
    assert renewal.json()["error"] == "invalid_grant"


async def test_session_in_use_goes_on(
    endings: Endings, given: Given, onprem: PlaneDatabase
) -> None:
    """A minute before the limit nothing ends; a stricter role's limit counts sooner."""
    assert given
    await onprem.run(IDLE.format(29))
    assert await endings.step() == 0
    assert len(await onprem.run("select 1 from identity.session")) == 1
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        f" update identity.user_account set roles = '{{staff,admin}}' where id = '{ANA}'; end $$"
    )
    try:
        assert await endings.step() == 2
    finally:
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true);"
            f" update identity.user_account set roles = '{{staff}}' where id = '{ANA}'; end $$"
        )


async def test_two_processes_queue_one_notice(
    endings: Endings, given: Given, identity_db: Database, onprem: PlaneDatabase
) -> None:
    """The second waits until the first has committed, and finds nothing."""
    assert given
    await onprem.run("delete from identity.session")
    async with identity_db.uow(Actor("process: test"), "end") as tx:
        assert await queue_unheard(tx) == 1
        second = asyncio.create_task(endings.step())
        await asyncio.wait({second}, timeout=0.3)
        assert not second.done()
    assert await second == 0
    assert len(await onprem.run("select 1 from identity.logout_notice")) == 1


async def test_who_was_told_otherwise_is_not_told_again(
    endings: Endings, given: Given, identity_db: Database, onprem: PlaneDatabase
) -> None:
    """Offboarding told every client about the person; a client without an address is not told."""
    assert given
    await onprem.run("update identity.session_client set at = now() - interval '1 minute'")
    async with identity_db.uow(Actor("process: test"), "offboard") as tx:
        told = await revoke_of_user(tx, ANA)
    await onprem.run("delete from identity.session")
    assert await endings.step() == 0
    assert len(await onprem.run("select 1 from identity.logout_notice")) == told
    await onprem.run("delete from identity.logout_notice")
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " update identity.oauth_client set backchannel_uri = null; end $$"
    )
    assert await endings.step() == 0


async def test_notices_are_queued_in_bounded_batches(
    identity_db: Database, issuer: Issuer, onprem: PlaneDatabase, clock: Hands
) -> None:
    """After a long stop there is much to tell; each step takes a part, until none is left."""
    assert issuer
    await onprem.run(
        "insert into identity.session_client (session_id, client, user_id, at)"
        " select gen_random_uuid(), c.id, $1, $2 from identity.oauth_client c,"
        " generate_series(1, 60) where c.client_id = 'portal'",
        ANA,
        clock(),
    )
    found: list[int] = []
    for _ in range(3):
        async with identity_db.uow(Actor("process: test"), "end") as tx:
            found.append(await queue_unheard(tx))
    assert found == [50, 10, 0]
