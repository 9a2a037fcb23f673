"""Who keeps accounts and issues tokens: ourselves, Ory Hydra (with or without Kratos), or another issuer.

The pages of sign-in, the workspace and the portal are the same under each. A provider says which
routes the identity process has beside them, where its forms may lead, and how someone who left
is forgotten over there.
"""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from lmhg_kit.feature import Feature
from lmhg_kit.http.state import Kept


class IdentityProvider(Protocol):
    """One of the three."""

    @property
    def name(self) -> str:
        """As the setting names it."""
        ...

    @property
    def features(self) -> Sequence[Feature]:
        """Routes that it adds to the identity process."""
        ...

    @property
    def form_origins(self) -> Sequence[str]:
        """Origins to which a form of ours may lead a browser."""
        ...

    @property
    def keeps(self) -> tuple[Kept, ...]:
        """What its routes find by its key."""
        ...

    @property
    def accounts_elsewhere(self) -> bool:
        """Whether passwords and second factors are someone else's, so that we have no pages for them."""
        ...

    async def forget(self, user_id: uuid.UUID) -> None:
        """End what this person has over there; safe to repeat. Raises: Unavailable."""
        ...

    async def close(self) -> None:
        """Give connections back."""
        ...


@dataclass(frozen=True)
class Embedded:
    """Our own accounts and our own issuer; what ends, ends in one transaction of our database."""

    features: Sequence[Feature]
    name: str = "embedded"
    form_origins: Sequence[str] = ()
    accounts_elsewhere: bool = False
    keeps: tuple[Kept, ...] = ()

    async def forget(self, user_id: uuid.UUID) -> None:
        """Nothing is elsewhere."""
        del user_id

    async def close(self) -> None:
        """Nothing is open."""
