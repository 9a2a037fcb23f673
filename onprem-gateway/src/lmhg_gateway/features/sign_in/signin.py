"""Deciding a password: the same answer and the same work for every way to be wrong."""

from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, NamedTuple

import msgspec

from lmhg_gateway.features.accounts.public import (
    MAX_LENGTH,
    PWD,
    Account,
    Attempt,
    Attempts,
    Browsers,
    PasswordCheck,
    Subject,
    account_subject,
    address_subject,
    browser_subject,
    factor_subject,
    is_outdated,
    reset_address_subject,
    reset_subject,
    session_subject,
)
from lmhg_gateway.features.factors.public import AccountStore
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
    browser: str = ""
    """The cookie by which the browser is known, if it has one."""
    session: str = ""
    """The live session, whole, in which someone proves again who they are."""


@dataclass(frozen=True)
class SignIn:
    """Checks passwords, and counts wrong attempts: of strangers, of known browsers, of sessions."""

    accounts: AccountStore
    attempts: Attempts
    passwords: PasswordCheck
    browsers: Browsers
    clock: Clock = utc_now

    async def check(self, form: SignInForm, *, place: Place) -> Account:
        """The account that these credentials open. Raises: NotSignedIn, TooMany."""
        email = form.email.strip().lower()
        attempt = await self.admit(account_subject(email), email=email, place=place)
        account = await self.accounts.by_email(email)
        stored = account.password_hash if account and account.active else None
        if not await self.passwords.matches(stored, form.password) or account is None:
            await self.attempts.fail(attempt, at=self.clock())
            await self._record(email, "sign_in.refused", place=place, account=None)
            raise NotSignedIn("credentials_wrong")
        await self.attempts.right(attempt, at=self.clock())
        if account.password_hash and is_outdated(account.password_hash):
            fresh = await self.passwords.hash(form.password)
            await self.accounts.rehash(account.id, fresh)
        if not account.enrolled:
            await self.succeed(account, method=PWD, place=place)
        return account

    async def admit(self, stranger: Subject, *, email: str, place: Place) -> Attempt:
        """Let an attempt in that counts until it turns out right. Raises: TooMany.

        `stranger` counts those who come from nowhere known; a session or a known browser of this
        person's has its own count, and no stranger slows it down.
        """
        at = self.clock()
        own = await self._own(email=email, place=place, kind="attempt")
        if own is not None:
            until = await self.attempts.admit(own, at=at)
            if until is not None and place.browser:
                await self.browsers.forget_step(place.browser, email)
            self._check(until)
            return Attempt(own, None)
        address = address_subject(place.address)
        self._check(await self.attempts.waits(address, at=at))
        self._check(await self.attempts.admit(stranger, at=at))
        return Attempt(stranger, address)

    async def admit_reset(self, email: str, *, place: Place) -> None:
        """Count a request for a new password by mail; each one counts. Raises: TooMany."""
        own = await self._own(email=email, place=place, kind="reset")
        counted = (own,) if own else (reset_subject(email), reset_address_subject(place.address))
        for subject in counted:
            await self.admit_plain(subject)

    async def admit_plain(self, subject: Subject) -> None:
        """Count what is neither right nor wrong. Raises: TooMany."""
        self._check(await self.attempts.admit(subject, at=self.clock()))

    async def _own(self, *, email: str, place: Place, kind: str) -> Subject | None:
        """What counts this person's own session or browser; None for a stranger's."""
        if place.session:
            return session_subject(place.session)
        known = await self.attempts.known_as(place.browser, email=email, at=self.clock())
        return browser_subject(known, kind=kind) if known else None

    def _check(self, until: datetime | None) -> None:
        if until is not None:
            wait_s = int((until - self.clock()).total_seconds()) + 1
            raise TooMany("sign_in_wait", retry_after_s=wait_s)

    async def succeed(
        self, account: Account, *, method: str, place: Place, act: str = "sign_in"
    ) -> None:
        """Everything was right: the counts of this road start afresh, and the history has it."""
        own = await self._own(email=account.email, place=place, kind="attempt")
        if own is not None:
            await self.attempts.forget(own, address=None)
        else:
            strangers = (account_subject(account.email), factor_subject(account.id))
            await self.attempts.forget(*strangers, address=address_subject(place.address))
        await self._record(account.email, act, place=place, account=account, method=method)

    async def refuse(
        self, account: Account, attempt: Attempt, *, method: str, place: Place
    ) -> None:
        """What was proved again was wrong: it counts, and the history has it. Raises: NotSignedIn."""
        await self.attempts.fail(attempt, at=self.clock())
        await self._record(
            account.email, "factor.refused", place=place, account=None, method=method
        )
        raise NotSignedIn("factor_wrong")

    async def _record(
        self, email: str, act: str, *, place: Place, account: Account | None, method: str = PWD
    ) -> None:
        known = {} if account is None else {"actor": Actor(str(account.id))}
        await self.accounts.record(
            act,
            email=email,
            method=method,
            outcome="done" if account else "refused",
            device=place.device,
            address=place.address,
            request_id=place.request_id,
            **known,
        )
