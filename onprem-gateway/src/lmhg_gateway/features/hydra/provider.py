"""Hydra mode as the identity process is assembled with it."""

import uuid
from collections.abc import Sequence

from lmhg_gateway.adapters.hydra import Hydra
from lmhg_gateway.adapters.kratos import Kratos
from lmhg_gateway.features.hydra.pages import HYDRA, HYDRA_HERE, KRATOS_HERE, OWN_URL
from lmhg_gateway.features.hydra.rules import check_token
from lmhg_gateway.features.oauth_clients.public import api_client
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotSignedIn
from lmhg_kit.feature import Feature
from lmhg_kit.http.access import BearerCheck
from lmhg_kit.http.origins import origin_of
from lmhg_kit.http.visit import Bearer
from lmhg_kit.persistence import Actor, Database

NAME = "hydra"
ACTOR = Actor("process: hydra")
TOKEN_MAX = 4096


def hydra_tokens(
    db: Database, hydra: Hydra, *, audience: str, clock: Clock = utc_now
) -> BearerCheck:
    """What judges Hydra's access tokens for the workspace's JSON API; the client is the actor.

    Hydra is asked each time and nothing is kept, so a token that ended is over at once. Whether
    the client is active, and which scopes it has by now, our own registration says. A Hydra that
    does not answer is an error of ours (503), never a pass.
    """

    async def check(token: str) -> Bearer:
        if len(token) > TOKEN_MAX:
            raise NotSignedIn("token_refused")
        found = await hydra.introspect(token)
        check_token(found, audience=audience, at=clock())
        async with db.read(ACTOR, "api.token") as tx:
            known = await api_client(tx, found.client_id)
        if known is None:
            raise NotSignedIn("token_client")
        _, scopes = known
        granted = scopes & frozenset(found.scope.split())
        return Bearer(f"client: {found.client_id}", granted)

    return check


class HydraProvider:
    """Hydra issues the tokens; accounts are ours, or Kratos' when there is one."""

    def __init__(
        self, hydra: Hydra, *, kratos: Kratos | None, public_url: str, own_url: str
    ) -> None:
        self._hydra = hydra
        self._kratos = kratos
        self.name = NAME
        self.accounts_elsewhere = False
        self.features: Sequence[Feature] = (HYDRA,)
        self.form_origins: Sequence[str] = (origin_of(public_url),)
        self.keeps = (HYDRA_HERE.put(hydra), KRATOS_HERE.put(kratos), OWN_URL.put(own_url))

    async def forget(self, user_id: uuid.UUID) -> None:
        """End sign-ins and tokens at Hydra, and close the account at Kratos. Raises: Unavailable."""
        await self._hydra.end_sessions(str(user_id))
        if self._kratos is not None:
            await self._kratos.disable(str(user_id))

    async def close(self) -> None:
        """Give connections back."""
        await self._hydra.close()
        if self._kratos is not None:
            await self._kratos.close()
