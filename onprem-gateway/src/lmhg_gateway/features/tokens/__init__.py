"""What the issuer gave: keys, codes, tokens, and the clients that hear when it ends."""

from pathlib import Path

from lmhg_gateway.features.tokens.models import (
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
    name="tokens",
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
    wall=Path(__file__).parent / "wall.sql",
)
