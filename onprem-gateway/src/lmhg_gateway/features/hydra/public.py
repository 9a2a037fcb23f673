"""Hydra mode as the identity process is assembled with it."""

import uuid
from collections.abc import Mapping, Sequence

from lmhg_gateway.adapters.hydra import Hydra
from lmhg_gateway.adapters.kratos import Kratos
from lmhg_gateway.features.hydra.pages import HYDRA
from lmhg_kit.http.feature import Feature

NAME = "hydra"


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
        self.form_origins: Sequence[str] = (public_url.rstrip("/"),)
        self.state: Mapping[str, object] = {
            "hydra": hydra,
            "kratos": kratos,
            "public_url": own_url,
        }

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
