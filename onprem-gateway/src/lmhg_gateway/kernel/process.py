"""What a feature finds in the worker when it makes its background loops."""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Protocol

from prometheus_client import CollectorRegistry

from lmhg_gateway.kernel.settings import WorkerSettings
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.persistence import Database


class Send(Protocol):
    """Hands one mail over."""

    async def __call__(self, to: str, *, subject: str, text: str) -> None:
        """Send it. Raises: Unavailable."""
        ...


@dataclass(frozen=True, kw_only=True)
class Worker:
    """The worker process, as its loops see it."""

    settings: WorkerSettings
    features: FeatureSet
    db: Database
    registry: CollectorRegistry
    send: Send | None
    """None where no mail server is set."""
    on_stop: list[Callable[[], Awaitable[None]]] = field(
        default_factory=list[Callable[[], Awaitable[None]]]
    )
    """What a feature opened and the process closes as it ends."""
