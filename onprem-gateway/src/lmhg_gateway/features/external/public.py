"""External mode as the identity process is assembled with it."""

from lmhg_gateway.features.external.provider import ExternalProvider

__all__ = [
    "ExternalProvider",
]
