"""Use cases of accounts: put one, invite someone, lift a delay."""

import uuid
from collections.abc import Sequence
from typing import Any

from sqlalchemy import delete, insert, select, update

from lmhg_gateway.features.accounts.attempts import account_subject, factor_subject
from lmhg_gateway.features.accounts.letters import INVITE
from lmhg_gateway.features.accounts.models import Activity, Letter, SignInFailures, UserAccount
from lmhg_kit.clock import new_id
from lmhg_kit.errors import NotFound
from lmhg_kit.persistence import WriteSession


async def put_account(
    tx: WriteSession,
    *,
    user_id: uuid.UUID,
    email: str,
    display_name: str,
    roles: Sequence[str],
) -> None:
    """Create an account without a password, or change name, address and roles of one."""
    values: dict[str, Any] = {
        "email": email.strip().lower(),
        "display_name": display_name,
        "roles": sorted(roles),
    }
    change = update(UserAccount).where(UserAccount.id == user_id).values(values)
    changed = await tx.execute(change.returning(UserAccount.id))
    if changed.scalar_one_or_none() is None:
        row = {"id": user_id, "active": True, **values}
        await tx.execute(insert(UserAccount).values(row))


async def invite(tx: WriteSession, user_id: uuid.UUID) -> None:
    """Have someone mailed a link to choose a password; the identity process sends it."""
    await tx.execute(insert(Letter).values(id=new_id(), user_id=user_id, purpose=INVITE))


async def unlock(tx: WriteSession, *, user_id: uuid.UUID) -> bool:
    """Take the growing delay off an account; the access record has who did. Raises: NotFound."""
    query = select(UserAccount.email).where(UserAccount.id == user_id)
    email = (await tx.execute(query)).scalar_one_or_none()
    if email is None:
        raise NotFound("account_unknown")
    failures = SignInFailures
    digests = [account_subject(email).digest, factor_subject(user_id).digest]
    gone = delete(failures).where(failures.subject_hash.in_(digests))
    found = (await tx.execute(gone.returning(failures.subject_hash))).all()
    await tx.audit("account.unlock", kind="account", ids=[user_id])
    await tx.execute(
        insert(Activity).values(id=new_id(), user_id=user_id, act="unlocked_by_administrator")
    )
    return bool(found)
