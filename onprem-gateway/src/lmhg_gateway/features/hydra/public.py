"""Hydra mode as the identity process is assembled with it."""

from lmhg_gateway.features.hydra.provider import NAME, HydraProvider, hydra_tokens

__all__ = [
    "NAME",
    "HydraProvider",
    "hydra_tokens",
]
