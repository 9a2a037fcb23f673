"""Accounts as sign-in finds them, with their second factors, and what is noted about attempts."""

import uuid
from typing import Any

from sqlalchemy import any_, func, insert, literal, or_, select, update

from lmhg_gateway.features.accounts.public import Account, Activity, UserAccount
from lmhg_gateway.features.factors.models import MfaRule, Passkey, Totp
from lmhg_kit.clock import new_id
from lmhg_kit.persistence import Actor, Database

PROCESS = Actor("process:sign_in")


class AccountStore:
    """Accounts and the attempts to open them."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def by_email(self, email: str) -> Account | None:
        """The account of this e-mail address."""
        return await self._find(UserAccount.email == email.strip().lower())

    async def by_id(self, user_id: uuid.UUID) -> Account | None:
        """The account with this id."""
        return await self._find(UserAccount.id == user_id)

    async def _find(self, condition: Any) -> Account | None:  # noqa: ANN401 - an SQL expression
        account = UserAccount
        rule = select(func.min(MfaRule.required_from)).where(MfaRule.role == any_(account.roles))
        enrolled = or_(
            select(Totp.id)
            .where(Totp.user_id == account.id, Totp.confirmed_at.is_not(None))
            .exists(),
            select(Passkey.id).where(Passkey.user_id == account.id).exists(),
        )
        query = select(
            account.id,
            account.email,
            account.display_name,
            account.roles,
            account.password_hash,
            account.active,
            enrolled.label("enrolled"),
            rule.scalar_subquery().label("rule"),
        ).where(condition)
        async with self._db.engine.connect() as connection:
            row = (await connection.execute(query)).one_or_none()
        if row is None:
            return None
        return Account(
            id=row.id,
            email=row.email,
            display_name=row.display_name,
            roles=frozenset(row.roles),
            password_hash=row.password_hash,
            active=row.active,
            enrolled=row.enrolled,
            rule=row.rule,
        )

    async def rehash(self, user_id: uuid.UUID, password_hash: str) -> None:
        """Keep a password's hash under newer parameters."""
        change = update(UserAccount).where(UserAccount.id == user_id)
        async with self._db.uow(Actor(str(user_id)), "password.rehash") as tx:
            await tx.execute(change.values(password_hash=password_hash))

    async def record(
        self,
        act: str,
        *,
        email: str,
        actor: Actor = PROCESS,
        method: str = "",
        outcome: str = "done",
        device: str = "",
        address: str = "",
        request_id: str = "",
    ) -> None:
        """Write what happened into the access record, and into the person's own history.

        The same two statements whether the account exists or not.
        """
        columns = ["id", "user_id", "act", "method", "device", "address"]
        own = select(
            literal(new_id()),
            UserAccount.id,
            literal(act),
            literal(method),
            literal(device),
            literal(address),
        ).where(UserAccount.email == email)
        history = insert(Activity).from_select(columns, own)
        ids = [] if actor is PROCESS else [uuid.UUID(actor.id)]
        async with self._db.uow(actor, "sign_in", request_id=request_id) as tx:
            await tx.execute(history)
            await tx.audit(act, kind="account", ids=ids, outcome=outcome)
