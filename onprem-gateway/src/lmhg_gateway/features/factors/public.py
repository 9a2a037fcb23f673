"""What other features may ask of second factors."""

from lmhg_gateway.features.factors.account_store import AccountStore
from lmhg_gateway.features.factors.codes import Codes
from lmhg_gateway.features.factors.models import DeviceReset, MfaRule, Passkey, RecoveryCode, Totp
from lmhg_gateway.features.factors.passkeys import CREDENTIAL_MAX, Keys, RelyingParty
from lmhg_gateway.features.factors.repository import FactorStore
from lmhg_gateway.features.factors.service import (
    OWING_FACTOR,
    MfaStatus,
    mfa_rules,
    mfa_status,
    set_mfa_rule,
)

__all__ = [
    "CREDENTIAL_MAX",
    "OWING_FACTOR",
    "AccountStore",
    "Codes",
    "DeviceReset",
    "FactorStore",
    "Keys",
    "MfaRule",
    "MfaStatus",
    "Passkey",
    "RecoveryCode",
    "RelyingParty",
    "Totp",
    "mfa_rules",
    "mfa_status",
    "set_mfa_rule",
]
