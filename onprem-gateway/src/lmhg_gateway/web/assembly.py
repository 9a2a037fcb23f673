"""What the gateway's web processes have in common at their edge."""

from lmhg_kit.http.edge import EdgePolicy
from lmhg_kit.http.zones import Network, Zones
from lmhg_kit.settings import Environment

PROMISE = "Client info allowed"


def edge_policy(
    *,
    environment: Environment,
    public_url: str,
    approved: tuple[Network, ...] | None,
    trusted: tuple[Network, ...],
    form_origins: tuple[str, ...] = (),
) -> EdgePolicy:
    """The edge of one process."""
    return EdgePolicy(
        zones=Zones(approved=approved, trusted=trusted),
        public_url=public_url,
        production=environment is Environment.PRODUCTION,
        form_origins=form_origins,
    )
