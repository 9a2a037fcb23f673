"""Deciding a password: the same answer and the same work for every way to be wrong."""

from dataclasses import dataclass
from typing import Annotated, NamedTuple

import msgspec

from lmhg_gateway.features.identity.passwords import MAX_LENGTH, PasswordCheck, is_outdated
from lmhg_gateway.features.identity.repository import (
    Account,
    AccountStore,
    Subject,
    account_subject,
    address_subject,
    factor_subject,
)
from lmhg_gateway.features.identity.rules import PWD
from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.errors import NotSignedIn, TooMany
from lmhg_kit.persistence import Actor


class SignInForm(msgspec.Struct, frozen=True):
    """E-mail address and password."""

    email: Annotated[str, msgspec.Meta(min_length=3, max_length=200)]
    password: Annotated[str, msgspec.Meta(min_length=1, max_length=MAX_LENGTH)]


class Place(NamedTuple):
    """Where a step of sign-in comes from."""

    address: str
    device: str = ""
    request_id: str = ""


@dataclass(frozen=True)
class SignIn:
    """Checks passwords, and counts attempts per account, per factor and per network."""

    accounts: AccountStore
    passwords: PasswordCheck
    clock: Clock = utc_now

    async def check(self, form: SignInForm, *, place: Place) -> Account:
        """The account that these credentials open. Raises: NotSignedIn, TooMany."""
        email = form.email.strip().lower()
        await self.admit(account_subject(email), place=place)
        account = await self.accounts.by_email(email)
        stored = account.password_hash if account and account.active else None
        if not await self.passwords.matches(stored, form.password) or account is None:
            await self._note(email, "sign_in.refused", place=place, account=None)
            raise NotSignedIn("credentials_wrong")
        if account.password_hash and is_outdated(account.password_hash):
            fresh = await self.passwords.hash(form.password)
            await self.accounts.rehash(account.id, fresh)
        if not account.enrolled:
            await self.succeed(account, method=PWD, place=place)
        return account

    async def admit(self, subject: Subject, *, place: Place) -> None:
        """Count an attempt of this subject and of the network. Raises: TooMany."""
        at = self.clock()
        for counted in (subject, address_subject(place.address)):
            until = await self.accounts.admit(counted, at=at)
            if until is not None:
                wait_s = int((until - at).total_seconds()) + 1
                raise TooMany("sign_in_wait", retry_after_s=wait_s)

    async def succeed(
        self, account: Account, *, method: str, place: Place, act: str = "sign_in"
    ) -> None:
        """Everything was right: counts start afresh, and the person's history has it."""
        subjects = (account_subject(account.email), factor_subject(account.id))
        await self.accounts.forget(*subjects, address=address_subject(place.address))
        await self._note(account.email, act, place=place, account=account, method=method)

    async def refuse(self, account: Account, *, method: str, place: Place) -> None:
        """The second factor was wrong: the person's history has it. Raises: NotSignedIn."""
        await self._note(account.email, "factor.refused", place=place, account=None, method=method)
        raise NotSignedIn("factor_wrong")

    async def _note(
        self, email: str, act: str, *, place: Place, account: Account | None, method: str = PWD
    ) -> None:
        known = {} if account is None else {"actor": Actor(str(account.id))}
        await self.accounts.note(
            act,
            email=email,
            method=method,
            outcome="done" if account else "refused",
            device=place.device,
            address=place.address,
            request_id=place.request_id,
            **known,
        )
