"""Accounts, sessions and sign-in."""

from lmhg_gateway.features.identity.factor_models import (
    Challenge,
    DeviceReset,
    MfaRule,
    Passkey,
    RecoveryCode,
    Totp,
)
from lmhg_gateway.features.identity.models import (
    Activity,
    Handoff,
    KnownBrowser,
    Letter,
    SignInFailures,
    SignInSession,
    UserAccount,
)
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="identity",
    models=(
        Totp,
        Passkey,
        Challenge,
        RecoveryCode,
        MfaRule,
        DeviceReset,
        UserAccount,
        SignInFailures,
        KnownBrowser,
        SignInSession,
        Handoff,
        Activity,
        Letter,
    ),
)
