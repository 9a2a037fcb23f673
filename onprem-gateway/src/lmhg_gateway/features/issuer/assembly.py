"""The issuer as processes use it: what judges its tokens, its loops, its keys."""

from collections.abc import Callable
from datetime import datetime

from lmhg_gateway.features.issuer.notices import BELL, Notices, Post, Upkeep
from lmhg_gateway.features.issuer.reading import ACTOR, verify_access_token
from lmhg_gateway.features.issuer.service import Issuer
from lmhg_gateway.features.oauth_clients.public import active_redirect_uris, form_sources
from lmhg_gateway.features.tokens.public import keys
from lmhg_kit.clock import utc_now
from lmhg_kit.http.access import BearerCheck
from lmhg_kit.http.visit import Bearer
from lmhg_kit.loops import Loop
from lmhg_kit.persistence import Database, ReadSession, WriteSession

CLIENT_BELL = "identity_client"


def api_audience(workspace_url: str) -> str:
    """The audience of access tokens for the workspace's JSON API."""
    return f"{workspace_url.rstrip('/')}/api/v1"


def api_tokens(db: Database, *, issuer: str, workspace_url: str) -> BearerCheck:
    """What judges access tokens for the workspace's JSON API; the client is the actor."""
    audience = api_audience(workspace_url)

    async def check(token: str) -> Bearer:
        async with db.read(ACTOR, "api.token") as tx:
            found = await verify_access_token(
                tx, token, issuer=issuer, audience=audience, at=utc_now()
            )
        return Bearer(f"client: {found.client_id}", found.scopes)

    return check


def issuer_loops(
    db: Database, issuer: Issuer, *, post: Post, allow_forms: Callable[[tuple[str, ...]], None]
) -> list[Loop]:
    """What the identity process does beside answering: notices, keys, and where forms may lead."""

    async def origins() -> int:
        async with db.read(ACTOR, "oauth.origins") as tx:
            allow_forms(form_sources(await active_redirect_uris(tx)))
        return 0

    return [
        Loop("logout_notices", Notices(db, issuer, post).step, 5.0, (BELL,)),
        Loop("issuer_upkeep", Upkeep(db, issuer).step, 60.0),
        Loop("client_origins", origins, 30.0, (CLIENT_BELL,), everywhere=True),
    ]


async def rotate_keys(tx: WriteSession, *, at: datetime, leaked: bool = False) -> None:
    """Publish a new signing key; the others run out, or with `leaked` end at once."""
    await keys.rotate(tx, at=at, leaked=leaked)
    await tx.audit("keys_rotated", kind="signing_key", columns=["leaked"] if leaked else [])


async def key_lines(tx: ReadSession, *, at: datetime) -> list[str]:
    """A line for each signing key that is not over: its name, and what it does until when."""
    return [
        f"{key.kid}  {keys.state_of(key, at=at)}"
        for key in await keys.listed(tx)
        if key.retired_at is None or key.retired_at > at
    ]
