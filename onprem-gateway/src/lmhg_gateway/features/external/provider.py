"""External mode as the identity process is assembled with it."""

import uuid
from collections.abc import Sequence

from lmhg_contracts.roles import ROLES
from lmhg_gateway.features.external.pages import EXTERNAL
from lmhg_gateway.features.external.rules import parse_roles
from lmhg_gateway.features.external.service import BROKER, Broker
from lmhg_kit.errors import SettingMissing
from lmhg_kit.feature import Feature
from lmhg_kit.http.openid import Client, Issuer
from lmhg_kit.http.origins import origin_of

NAME = "external"


class ExternalProvider:
    """Another issuer holds the accounts; we broker, and stay the issuer for portal and workspace."""

    def __init__(
        self,
        client: Client,
        *,
        issuing: Sequence[Feature],
        own_url: str,
        claim: str,
        roles: str,
    ) -> None:
        """Ready to serve. Raises: SettingMissing for roles that we do not have."""
        try:
            names = parse_roles(roles, known=ROLES)
        except ValueError:
            raise SettingMissing(
                "LMHG_EXTERNAL_ROLES", "therapist=clinician,desk=front_desk"
            ) from None
        self._issuer = Issuer(client)
        self.name = NAME
        self.accounts_elsewhere = True
        self.features: Sequence[Feature] = (*issuing, EXTERNAL)
        self.form_origins: Sequence[str] = (origin_of(client.issuer),)
        self.keeps = (BROKER.put(Broker(self._issuer, own_url, claim, names)),)

    async def forget(self, user_id: uuid.UUID) -> None:
        """Nothing to end: an inactive account is refused here whatever the issuer says."""
        del user_id

    async def close(self) -> None:
        """Give connections back."""
        await self._issuer.close()
