"""Second factors: codes, keys, recovery codes, and the rule that demands them."""

from pathlib import Path

from lmhg_gateway.features.factors.models import (
    Challenge,
    DeviceReset,
    MfaRule,
    Passkey,
    RecoveryCode,
    Totp,
)
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="factors",
    models=(Totp, Passkey, Challenge, RecoveryCode, MfaRule, DeviceReset),
    wall=Path(__file__).parent / "wall.sql",
)
