"""Accounts and sessions of the portal."""

from lmhg_kit.http.accounts import AccountStore, tables_of
from lmhg_kit.persistence import Database
from lmhg_portal.features.identity.models import Account, SignInFailures, SignInSession


def account_store(db: Database) -> AccountStore:
    """Accounts and sessions of this plane."""
    return AccountStore(
        db, tables_of(account=Account, session=SignInSession, failures=SignInFailures)
    )
