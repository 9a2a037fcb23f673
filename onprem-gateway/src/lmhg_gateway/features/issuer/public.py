"""What others may ask of the issuer: end what was given, judge a token, run its loops."""

from lmhg_gateway.features.issuer.assembly import (
    api_audience,
    api_tokens,
    issuer_loops,
    key_lines,
    rotate_keys,
)
from lmhg_gateway.features.issuer.reading import ApiClient, verify_access_token
from lmhg_gateway.features.issuer.service import ISSUER_HERE, Issuer
from lmhg_gateway.features.tokens.public import queue_logout, queue_unheard, revoke_of_user

__all__ = [
    "ISSUER_HERE",
    "ApiClient",
    "Issuer",
    "api_audience",
    "api_tokens",
    "issuer_loops",
    "key_lines",
    "queue_logout",
    "queue_unheard",
    "revoke_of_user",
    "rotate_keys",
    "verify_access_token",
]
