"""Who keeps accounts and issues tokens: ourselves, Ory Hydra (with or without Kratos), or another issuer.

The pages of sign-in, the workspace and the portal are the same under each. A provider says which
routes the identity process has beside them, where its forms may lead, and how somebody who left
is forgotten over there.
"""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

from lmhg_kit.http.feature import Feature


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
    def state(self) -> Mapping[str, object]:
        """What its routes find on `request.app.state`."""
        ...

    @property
    def accounts_elsewhere(self) -> bool:
        """Whether passwords and second factors are somebody else's, so that we have no pages for them."""
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
    state: Mapping[str, object] = field(default_factory=dict[str, object])

    async def forget(self, user_id: uuid.UUID) -> None:
        """Nothing is elsewhere."""
        del user_id

    async def close(self) -> None:
        """Nothing is open."""
