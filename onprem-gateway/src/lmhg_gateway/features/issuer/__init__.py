"""The OpenID Connect issuer: authorization, tokens, keys, sign-out at every relying party."""

from lmhg_gateway.features.issuer.pages import ISSUER as FEATURE

__all__ = ["FEATURE"]
