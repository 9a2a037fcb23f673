"""Accounts: who works here, their passwords, attempts and letters."""

from pathlib import Path

from lmhg_gateway.features.accounts.models import (
    Activity,
    KnownBrowser,
    Letter,
    SignInFailures,
    UserAccount,
)
from lmhg_kit.feature import Feature

FEATURE = Feature(
    name="accounts",
    models=(UserAccount, SignInFailures, KnownBrowser, Activity, Letter),
    wall=Path(__file__).parent / "wall.sql",
)
