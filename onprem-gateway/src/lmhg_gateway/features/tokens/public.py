"""What other features may ask of tokens: what was given, and that it ends."""

from lmhg_gateway.features.tokens import keys, replay, repository, tokens
from lmhg_gateway.features.tokens.ended import queue_logout, queue_unheard, revoke_of_user
from lmhg_gateway.features.tokens.models import (
    AuthorizationCode,
    Consent,
    LogoutNotice,
    RefreshToken,
    RevokedToken,
    SessionClient,
    SigningKey,
)
from lmhg_gateway.features.tokens.repository import trust_hydra
from lmhg_gateway.features.tokens.rules import SKEW, TOKEN_LIFE
from lmhg_gateway.features.tokens.tokens import ALG

__all__ = [
    "ALG",
    "SKEW",
    "TOKEN_LIFE",
    "AuthorizationCode",
    "Consent",
    "LogoutNotice",
    "RefreshToken",
    "RevokedToken",
    "SessionClient",
    "SigningKey",
    "keys",
    "queue_logout",
    "queue_unheard",
    "replay",
    "repository",
    "revoke_of_user",
    "tokens",
    "trust_hydra",
]
