"""Deciding a sign-in: the same answer and the same time for every way to be wrong."""

from dataclasses import dataclass
from typing import Annotated

import msgspec

from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotSignedIn, TooMany
from lmhg_kit.http.accounts import Account, AccountStore, subject_of
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
        subjects = [subject_of("account", email), subject_of("address", address)]
        await self._check_wait(subjects)
        account = await self.store.find_account(email)
        stored = account.password_hash if account and account.active else None
        if not await self.passwords.matches(stored, form.password) or account is None:
            await self.store.failed(subjects, at=self.clock())
            await self.store.note(
                "sign_in", account_id=None, outcome="refused", request_id=request_id
            )
            raise NotSignedIn("credentials_wrong")
        await self.store.succeeded(subjects[:1])
        if is_outdated(account.password_hash):
            await self.store.rehash(account.id, hash_password(form.password))
        await self.store.note(
            "sign_in", account_id=account.id, outcome="done", request_id=request_id
        )
        return account

    async def _check_wait(self, subjects: list[bytes]) -> None:
        until = await self.store.wait_until(subjects)
        left = (until - self.clock()).total_seconds() if until else 0
        if left > 0:
            raise TooMany("sign_in_wait", retry_after_s=int(left) + 1)
