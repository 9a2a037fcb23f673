"""Who has which second factor, and from when a role needs one."""

import uuid
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Select, any_, func, select
from sqlalchemy.dialects.postgresql import insert as upsert

from lmhg_gateway.features.accounts.public import (
    INVITE,
    Activity,
    Letter,
    SignInFailures,
    UserAccount,
    account_subject,
    factor_subject,
)
from lmhg_gateway.features.factors.models import MfaRule, Passkey, RecoveryCode, Totp
from lmhg_kit.persistence import ReadSession, WriteSession

PEOPLE_MAX = 500


@dataclass(frozen=True)
class MfaStatus:
    """Someone's second factors, by kind; none of their names."""

    apps: int = 0
    keys: int = 0
    recovery_codes: int = 0
    required_from: datetime | None = None
    last_sign_in: datetime | None = None
    invited_at: datetime | None = None
    delayed_until: datetime | None = None
    """When the next attempt is taken after too many wrong ones."""

    @property
    def is_enrolled(self) -> bool:
        """Whether there is a second factor at all."""
        return self.apps + self.keys > 0


def _owing_factor() -> Select[int]:
    account = UserAccount
    asks = select(MfaRule.role).where(MfaRule.role == any_(account.roles)).exists()
    app = select(Totp.id).where(Totp.user_id == account.id, Totp.confirmed_at.is_not(None)).exists()
    key = select(Passkey.id).where(Passkey.user_id == account.id).exists()
    return select(func.count(account.id)).where(account.active, asks, ~app, ~key)


OWING_FACTOR = _owing_factor()
"""How many active people have a role that asks for a second factor, and have none."""


async def mfa_status(
    tx: ReadSession, user_ids: Sequence[uuid.UUID]
) -> Mapping[uuid.UUID, MfaStatus]:
    """Who has which second factors, and from when their roles need one."""
    people = list(user_ids)[:PEOPLE_MAX]
    account, code = UserAccount, RecoveryCode
    apps = select(func.count()).where(Totp.user_id == account.id, Totp.confirmed_at.is_not(None))
    keys = select(func.count()).where(Passkey.user_id == account.id)
    codes = select(func.count()).where(code.user_id == account.id, code.used_at.is_(None))
    rule = select(func.min(MfaRule.required_from)).where(MfaRule.role == any_(account.roles))
    last = select(func.max(Activity.at)).where(
        Activity.user_id == account.id, Activity.act == "sign_in"
    )
    invited = select(func.max(Letter.asked_at)).where(
        Letter.user_id == account.id, Letter.purpose == INVITE
    )
    query = select(
        account.id,
        account.email,
        *(part.scalar_subquery() for part in (apps, keys, codes, rule, last, invited)),
    ).where(account.id.in_(people))
    rows = (await tx.execute(query)).all()
    waits = await _waits(tx, {row.id: row.email for row in rows})
    return {row.id: _status(tuple(row), waits.get(row.id)) for row in rows}


def _status(row: Sequence[Any], wait: datetime | None) -> MfaStatus:
    apps, keys, codes, rule, last, invited = row[2:]
    return MfaStatus(apps, keys, codes, rule, last, invited, wait)


async def _waits(tx: ReadSession, emails: Mapping[uuid.UUID, str]) -> dict[uuid.UUID, datetime]:
    failures = SignInFailures
    owners = {account_subject(email).digest: person for person, email in emails.items()}
    owners |= {factor_subject(person).digest: person for person in emails}
    query = select(failures.subject_hash, failures.not_before).where(
        failures.subject_hash.in_(list(owners)), failures.not_before > func.now()
    )
    return {owners[row.subject_hash]: row.not_before for row in (await tx.execute(query)).all()}


async def set_mfa_rule(tx: WriteSession, role: str, required_from: datetime) -> None:
    """From when a role needs a second factor: new, or earlier than before.

    The database refuses a later day: that, and lifting the rule, take two people.
    """
    change = upsert(MfaRule).values(role=role, required_from=required_from)
    change = change.on_conflict_do_update(
        index_elements=[MfaRule.role], set_={"required_from": required_from}
    )
    await tx.execute(change)
    await tx.audit("mfa_rule.change", kind="mfa_rule")


async def mfa_rules(tx: ReadSession) -> Mapping[str, datetime]:
    """Role to the moment from which it needs a second factor."""
    rows = (await tx.execute(select(MfaRule.role, MfaRule.required_from))).all()
    return {row.role: row.required_from for row in rows}
