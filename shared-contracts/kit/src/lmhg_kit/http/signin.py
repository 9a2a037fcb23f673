"""Deciding a sign-in: the same answer and the same time for every way to be wrong."""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotSignedIn, TooMany
from lmhg_kit.http.accounts import (
    Account,
    AccountStore,
    Subject,
    account_subject,
    address_subject,
)
from lmhg_kit.http.passwords import MAX_LENGTH, PasswordCheck, hash_password, is_outdated


class SignInForm(msgspec.Struct, frozen=True):
    """E-mail address and password."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_LENGTH)]


@dataclass(frozen=True)
class SignIn:
    """Checks credentials against one plane's accounts."""

    store: AccountStore
    passwords: PasswordCheck
    clock: Clock = utc_now

    async def check(self, form: SignInForm, *, address: str, request_id: str) -> Account:
        """The account that these credentials open. Raises: NotSignedIn, TooMany."""
        email = form.email.strip().lower()
        who, where = account_subject(email), address_subject(address)
        await self._admit(who)
        await self._admit(where)
        account = await self.store.find_account(email)
        stored = account.password_hash if account and account.active else None
        if not await self.passwords.matches(stored, form.password) or account is None:
            await self._note(None, outcome="refused", request_id=request_id)
            raise NotSignedIn("credentials_wrong")
        await self.store.forget(who, address=where)
        if is_outdated(account.password_hash):
            await self.store.rehash(account.id, hash_password(form.password))
        await self._note(account.id, outcome="done", request_id=request_id)
        return account

    async def _admit(self, subject: Subject) -> None:
        at = self.clock()
        until = await self.store.admit(subject, at=at)
        if until is not None:
            raise TooMany("sign_in_wait", retry_after_s=int((until - at).total_seconds()) + 1)

    async def _note(self, account_id: str | None, *, outcome: str, request_id: str) -> None:
        await self.store.note(
            "sign_in", account_id=account_id, outcome=outcome, request_id=request_id
        )
