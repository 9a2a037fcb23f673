"""Use cases of people: invited, given roles, helped after a loss, and let go in one act."""

import uuid
from collections.abc import Sequence
from datetime import datetime
from typing import Any, NamedTuple

from sqlalchemy import Row

from lmhg_contracts.roles import ADMIN
from lmhg_gateway.features.accounts.public import invite as send_invitation
from lmhg_gateway.features.accounts.public import put_account, unlock
from lmhg_gateway.features.decisions import public as decisions
from lmhg_gateway.features.exemptions.public import open_requests_of
from lmhg_gateway.features.factors.public import mfa_rules, mfa_status, set_mfa_rule
from lmhg_gateway.features.oauth_clients import public as clients
from lmhg_gateway.features.people import repository
from lmhg_gateway.features.people.forms import InviteForm
from lmhg_gateway.features.people.models import Offboarding
from lmhg_gateway.features.people.rules import check_admin_left, check_other
from lmhg_gateway.features.sessions.public import end_account
from lmhg_gateway.features.sign_in.public import (
    approve_device_reset,
    ask_device_reset,
    open_device_resets,
)
from lmhg_gateway.features.staff.public import end_profile, put_profile
from lmhg_kit.clock import new_id
from lmhg_kit.edit_conflict import content_version
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "account"


class Given(NamedTuple):
    """Whose roles, and those of them that wait for a second person."""

    user_id: uuid.UUID
    waiting: list[str]


async def invite(tx: WriteSession, form: InviteForm, *, by: str) -> Given:
    """A new colleague: account, profile and letter, all or nothing. Raises: Conflict, Invalid.

    Admin and compliance come when a second person approves; the other roles count at once.
    """
    email = form.email.lower()
    if await repository.is_address_taken(tx, email):
        raise Conflict("address_taken")
    user_id = new_id()
    now, waiting = decisions.split_roles([str(role) for role in form.roles], has=[])
    await _put(tx, user_id, email=email, name=form.display_name, roles=now)
    if waiting:
        await decisions.ask_roles(tx, user_id, waiting, reason=form.reason, by=by)
    await send_invitation(tx, user_id)
    await tx.audit("invite", kind=KIND, ids=[user_id])
    return Given(user_id, waiting)


async def invite_again(tx: WriteSession, user_id: uuid.UUID) -> None:
    """Another letter for someone who never signed in. Raises: NotFound, Conflict."""
    await _working(tx, user_id)
    status = (await mfa_status(tx, [user_id]))[user_id]
    if status.last_sign_in is not None or status.invited_at is None:
        raise Conflict("has_signed_in")
    await repository.drop_letters(tx, user_id)
    await send_invitation(tx, user_id)
    await tx.audit("invite", kind=KIND, ids=[user_id])


async def change_roles(
    tx: WriteSession,
    user_id: uuid.UUID,
    wanted: Sequence[str],
    *,
    reason: str,
    by: str,
    seen: int | None = None,
) -> Given:
    """Give someone these roles, on both planes. Raises: NotFound, Conflict, Invalid.

    What takes two people is asked for; to take a role away one is enough.
    """
    person = await _working(tx, user_id)
    check_other(str(user_id), actor=by)
    if seen is not None and seen != content_version({"roles": list(person.roles)}):
        raise Conflict("roles_changed")
    check_admin_left(str(user_id), wanted, admins=await repository.admins(tx, ADMIN))
    now, waiting = decisions.split_roles([str(role) for role in wanted], has=list(person.roles))
    await _put(tx, user_id, email=person.email, name=person.display_name, roles=now)
    if waiting:
        await decisions.ask_roles(tx, user_id, waiting, reason=reason, by=by)
    await tx.audit("roles", kind=KIND, ids=[user_id])
    return Given(user_id, waiting)


async def set_factor_rule(
    tx: WriteSession, role: str, begins: datetime | None, *, reason: str, by: str
) -> bool:
    """Set the day of a role at once when it is new or earlier; else ask a second person.

    Returns whether it waits for one. Raises: Invalid, Conflict.
    """
    before = (await mfa_rules(tx)).get(role)
    if before is None and begins is None:
        return False
    if begins is not None and (before is None or begins <= before):
        await set_mfa_rule(tx, role, begins)
        return False
    await decisions.ask_rule(tx, role, begins, reason=reason, by=by)
    return True


async def lift_delay(tx: WriteSession, user_id: uuid.UUID) -> None:
    """Let someone try again at once; the access ledger has who lifted it. Raises: NotFound."""
    await _working(tx, user_id)
    await unlock(tx, user_id=user_id)


async def ask_reset(tx: WriteSession, user_id: uuid.UUID, *, by: str) -> None:
    """Report a lost device. Raises: NotFound, Conflict."""
    await _working(tx, user_id)
    await ask_device_reset(tx, user_id=user_id, asked_by=uuid.UUID(by))


async def approve_reset(tx: WriteSession, user_id: uuid.UUID, *, by: str) -> None:
    """Approve it as the second person: factors and sessions are gone. Raises: NotFound, Conflict.

    The same person asking and approving is refused by the database as well.
    """
    await _working(tx, user_id)
    waiting = {each.user_id: each for each in await open_device_resets(tx)}
    if user_id not in waiting:
        raise NotFound("reset_gone")
    await approve_device_reset(tx, reset_id=waiting[user_id].id, approved_by=uuid.UUID(by))


async def offboard(tx: WriteSession, user_id: uuid.UUID, *, by: str) -> Offboarding:
    """End someone's access in one act. Raises: NotFound, Conflict.

    Account, sessions, tokens, letters, API clients, the secrets that they have seen and what they
    asked for end in this transaction, the wall sees to it; so does the profile, which the relay carries to the portal. The notices that go there directly wait to be
    sent the moment it commits.
    """
    await _working(tx, user_id)
    check_other(str(user_id), actor=by)
    check_admin_left(str(user_id), (), admins=await repository.admins(tx, ADMIN))
    requests = await pending_of(tx, user_id)
    secrets = await clients.end_secrets_of(tx, str(user_id), by=by)
    made = Offboarding(
        user_id=user_id,
        by_id=uuid.UUID(by),
        tokens=await repository.token_count(tx, user_id),
        sessions=await end_account(tx, user_id=user_id),
        letters=await repository.drop_letters(tx, user_id),
        clients=await clients.disable_clients_of(tx, owner=str(user_id), by=by),
        secrets=secrets,
        requests=requests,
        profile_version=await end_profile(tx, user_id),
    )
    tx.sync_session.add(made)
    await tx.audit("offboard", kind=KIND, ids=[user_id])
    return made


async def pending_of(tx: ReadSession, user_id: uuid.UUID) -> int:
    """How many requests end with someone; the wall ends them with the account."""
    lost = [each for each in await open_device_resets(tx) if each.asked_by == user_id]
    shared = await open_requests_of(tx, str(user_id))
    scopes = await clients.count_scopes_asked_by(tx, str(user_id))
    return await decisions.count_of(tx, user_id) + len(lost) + shared + scopes


async def _put(
    tx: WriteSession, user_id: uuid.UUID, *, email: str, name: str, roles: Sequence[str]
) -> None:
    """One role list in two tables, in one transaction."""
    kept = sorted({str(role) for role in roles})
    await put_account(tx, user_id=user_id, email=email, display_name=name, roles=kept)
    await put_profile(tx, user_id, email=email, display_name=name, roles=kept)


async def _working(tx: WriteSession, user_id: uuid.UUID) -> Row[Any]:
    person = await repository.locked(tx, user_id)
    if person is None:
        raise NotFound("person")
    if not person.active:
        raise Conflict("has_left")
    return person
