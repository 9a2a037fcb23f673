"""All SQL of second factors. What may happen once happens in one statement."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import delete, func, insert, or_, select, update

from lmhg_gateway.features.accounts.public import UserAccount
from lmhg_gateway.features.factors.models import Challenge, Passkey, RecoveryCode, Totp
from lmhg_kit.errors import Conflict, NotFound, NotSignedIn
from lmhg_kit.persistence import Database, WriteSession

FACTORS_MAX = 10
"""Apps and keys of one person."""
UNCONFIRMED_LIFE = timedelta(hours=1)


@dataclass(frozen=True)
class App:
    """An authenticator app as it is stored."""

    id: uuid.UUID
    name: str
    secret_sealed: bytes
    confirmed_at: datetime | None
    created_at: datetime


@dataclass(frozen=True)
class Key:
    """A security key as it is stored."""

    id: uuid.UUID
    name: str
    credential_id: bytes
    public_key: bytes
    sign_count: int
    transports: tuple[str, ...]
    created_at: datetime
    last_used_at: datetime | None


class FactorStore:
    """The second factors of everybody, one person at a time."""

    def __init__(self, db: Database) -> None:
        self._db = db

    async def apps(self, user_id: uuid.UUID, *, confirmed: bool = True) -> list[App]:
        """Someone's authenticator apps, oldest first."""
        query = select(Totp).where(Totp.user_id == user_id).order_by(Totp.created_at)
        if confirmed:
            query = query.where(Totp.confirmed_at.is_not(None))
        rows = await self._rows(query.limit(FACTORS_MAX * 2))
        return [App(r.id, r.name, r.secret_sealed, r.confirmed_at, r.created_at) for r in rows]

    async def app(self, user_id: uuid.UUID, app_id: uuid.UUID) -> App:
        """One app of this person that waits for its first code. Raises: NotFound."""
        for app in await self.apps(user_id, confirmed=False):
            if app.id == app_id and app.confirmed_at is None:
                return app
        raise NotFound("factor_unknown")

    async def add_app(
        self,
        user_id: uuid.UUID,
        app_id: uuid.UUID,
        *,
        name: str,
        secret_sealed: bytes,
        at: datetime,
        alone: bool,
    ) -> None:
        """Keep an app's secret until its first code confirms it. Raises: Conflict, NotSignedIn."""
        stale = delete(Totp).where(
            Totp.user_id == user_id,
            Totp.confirmed_at.is_(None),
            or_(Totp.created_at < at - UNCONFIRMED_LIFE, Totp.name == name),
        )
        row = {
            "id": app_id,
            "user_id": user_id,
            "name": name,
            "secret_sealed": secret_sealed,
            "created_at": at,
        }
        async with self._db.engine.begin() as link:
            await link.execute(stale)
            await self._check_room(link, user_id, alone=alone)
            await link.execute(insert(Totp).values(row))

    async def take_step(self, app_id: uuid.UUID, step: int) -> bool:
        """Use up a time step of an app: True once, anyone who asks at the same time."""
        change = (
            update(Totp)
            .where(Totp.id == app_id, Totp.last_step < step, Totp.confirmed_at.is_not(None))
            .values(last_step=step)
            .returning(Totp.id)
        )
        return await self._happened(change)

    async def confirm_app(
        self,
        tx: WriteSession,
        user_id: uuid.UUID,
        app_id: uuid.UUID,
        *,
        step: int,
        at: datetime,
        alone: bool,
    ) -> bool:
        """Make an app count by the step of its first code: True once. Raises: Conflict, NotSignedIn.

        `alone` is for someone who proved a password and nothing else: theirs has to be the first.
        """
        await self._check_room(tx, user_id, alone=alone)
        change = (
            update(Totp)
            .where(Totp.id == app_id, Totp.last_step < step, Totp.confirmed_at.is_(None))
            .values(last_step=step, confirmed_at=at)
            .returning(Totp.id)
        )
        return (await tx.execute(change)).first() is not None

    async def keys(self, user_id: uuid.UUID) -> list[Key]:
        """Someone's security keys, oldest first."""
        query = select(Passkey).where(Passkey.user_id == user_id).order_by(Passkey.created_at)
        return [
            Key(
                id=row.id,
                name=row.name,
                credential_id=row.credential_id,
                public_key=row.public_key,
                sign_count=row.sign_count,
                transports=tuple(row.transports),
                created_at=row.created_at,
                last_used_at=row.last_used_at,
            )
            for row in await self._rows(query.limit(FACTORS_MAX))
        ]

    async def add_key(self, tx: WriteSession, user_id: uuid.UUID, key: Key, *, alone: bool) -> None:
        """Keep a security key; `alone` as for an app. Raises: Conflict, NotSignedIn."""
        row = {
            "id": key.id,
            "user_id": user_id,
            "name": key.name,
            "credential_id": key.credential_id,
            "public_key": key.public_key,
            "sign_count": key.sign_count,
            "transports": list(key.transports),
            "created_at": key.created_at,
        }
        taken = select(Passkey.id).where(Passkey.credential_id == key.credential_id)
        await self._check_room(tx, user_id, alone=alone)
        if (await tx.execute(taken)).first() is not None:
            raise Conflict("key_known")
        await tx.execute(insert(Passkey).values(row))

    async def raise_count(self, key_id: uuid.UUID, count: int, *, at: datetime) -> bool:
        """Note a key's use: False when its count did not grow, as a copied key's would not.

        Keys without a counter say zero for ever.
        """
        grew = or_(Passkey.sign_count < count, (Passkey.sign_count == 0) & (count == 0))
        change = (
            update(Passkey)
            .where(Passkey.id == key_id, grew)
            .values(sign_count=count, last_used_at=at)
            .returning(Passkey.id)
        )
        return await self._happened(change)

    async def put_challenge(self, row: dict[str, Any], *, at: datetime) -> None:
        """Keep a challenge, and forget those that are over."""
        async with self._db.engine.begin() as link:
            await link.execute(delete(Challenge).where(Challenge.ends_at < at))
            await link.execute(insert(Challenge).values(row))

    async def take_challenge(
        self,
        challenge_hash: bytes,
        *,
        user_id: uuid.UUID,
        session_hash: bytes,
        purpose: str,
        at: datetime,
    ) -> bool:
        """Use up a challenge: True once, in time, for whom and what it was made."""
        taken = (
            delete(Challenge)
            .where(
                Challenge.challenge_hash == challenge_hash,
                Challenge.user_id == user_id,
                Challenge.session_hash == session_hash,
                Challenge.purpose == purpose,
                Challenge.ends_at > at,
            )
            .returning(Challenge.user_id)
        )
        return await self._happened(taken)

    async def put_codes(self, user_id: uuid.UUID, hashes: Sequence[bytes]) -> None:
        """New recovery codes; the old ones open nothing any more."""
        rows = [{"user_id": user_id, "code_hash": code_hash} for code_hash in hashes]
        async with self._db.engine.begin() as link:
            await link.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))
            await link.execute(insert(RecoveryCode), rows)

    async def take_code(self, user_id: uuid.UUID, code_hash: bytes, *, at: datetime) -> bool:
        """Use up a recovery code: True once, anyone who asks at the same time."""
        code = RecoveryCode
        change = (
            update(code)
            .where(code.user_id == user_id, code.code_hash == code_hash, code.used_at.is_(None))
            .values(used_at=at)
            .returning(code.id)
        )
        return await self._happened(change)

    async def codes_left(self, user_id: uuid.UUID) -> int:
        """How many recovery codes still open."""
        code = RecoveryCode
        query = select(func.count()).where(code.user_id == user_id, code.used_at.is_(None))
        async with self._db.engine.connect() as link:
            return int((await link.execute(query)).scalar_one())

    async def remove(self, user_id: uuid.UUID, factor_id: uuid.UUID, *, keep_one: bool) -> None:
        """Forget an app or a key. Raises: NotFound, Conflict for a last one that is needed."""
        async with self._db.engine.begin() as link:
            await link.execute(_holder(user_id))
            gone = 0
            for table in (Totp, Passkey):
                mine = delete(table).where(table.user_id == user_id, table.id == factor_id)
                gone += (await link.execute(mine)).rowcount
            if not gone:
                raise NotFound("factor_unknown")
            left = await self._count(link, user_id)
            if not left and keep_one:
                raise Conflict("last_factor")
            if not left:
                await link.execute(delete(RecoveryCode).where(RecoveryCode.user_id == user_id))

    async def _check_room(self, link: Any, user_id: uuid.UUID, *, alone: bool) -> None:  # noqa: ANN401 - AsyncConnection or WriteSession
        """Whether one more may be added, with the person held until the transaction ends."""
        await link.execute(_holder(user_id))
        has = await self._count(link, user_id)
        if alone and has:
            raise NotSignedIn("factor_first")
        if has >= FACTORS_MAX:
            raise Conflict("factors_full")

    async def _count(self, link: Any, user_id: uuid.UUID) -> int:  # noqa: ANN401 - AsyncConnection
        apps = select(func.count()).where(Totp.user_id == user_id, Totp.confirmed_at.is_not(None))
        keys = select(func.count()).where(Passkey.user_id == user_id)
        both = select(apps.scalar_subquery() + keys.scalar_subquery())
        return int((await link.execute(both)).scalar_one())

    async def _rows(self, query: Any) -> Sequence[Any]:  # noqa: ANN401 - rows of any model
        async with self._db.engine.connect() as link:
            return (await link.execute(query)).all()

    async def _happened(self, statement: Any) -> bool:  # noqa: ANN401 - any statement of SQLAlchemy's
        async with self._db.engine.begin() as link:
            return (await link.execute(statement)).first() is not None


def _holder(user_id: uuid.UUID) -> Any:  # noqa: ANN401 - SQLAlchemy's select
    return select(UserAccount.id).where(UserAccount.id == user_id).with_for_update()
