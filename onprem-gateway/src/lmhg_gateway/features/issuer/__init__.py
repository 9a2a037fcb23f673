"""The OpenID Connect issuer: authorization, tokens, keys, sign-out at every relying party."""

from lmhg_gateway.features.issuer.models import (
    AccessToken,
    AuthorizationCode,
    Consent,
    LogoutNotice,
    RefreshToken,
    RevokedToken,
    SessionClient,
    SigningKey,
    Trust,
)
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="issuer",
    models=(
        AccessToken,
        Trust,
        SigningKey,
        AuthorizationCode,
        RefreshToken,
        RevokedToken,
        Consent,
        SessionClient,
        LogoutNotice,
    ),
)
