"""Reaching the person of a referral, for programs: tries, what it waits for, whose it is, calls back."""

import uuid
from datetime import datetime
from typing import Any

import msgspec
from litestar.params import FromPath, JSONBody

from lmhg_gateway.features.contacts.public import (
    AttemptForm,
    Channel,
    ContactAttempt,
    Result,
    attempts_of,
)
from lmhg_gateway.features.referrals import repository, trying
from lmhg_gateway.features.referrals.attempt_pages import WaitsForm
from lmhg_gateway.features.referrals.call_rules import CallRulesForm, keep
from lmhg_gateway.features.referrals.next_step_rules import Waits
from lmhg_gateway.features.referrals.planning import KIND, policy_of
from lmhg_gateway.features.staff.public import staff_names
from lmhg_gateway.features.work_list.public import of_subject
from lmhg_kit.errors import NotFound
from lmhg_kit.http.faces import Ask, answers, does
from lmhg_kit.persistence import ReadSession, WriteSession

ONE = "/api/v1/referrals/{referral_id:uuid}"


class NextOut(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done next with a referral, until when; `step` empty where nothing is owed."""

    referral_id: uuid.UUID
    version: int
    step: str
    due_at: datetime | None
    attempt_id: uuid.UUID | None = None


class TryOut(msgspec.Struct, frozen=True, kw_only=True):
    """One try to reach the person."""

    id: uuid.UUID
    channel: Channel
    result: Result
    tried_at: datetime
    is_undone: bool


class TriesOut(msgspec.Struct, frozen=True, kw_only=True):
    """The tries of a referral, newest first."""

    attempts: list[TryOut]


class OwnerIn(msgspec.Struct, frozen=True, kw_only=True):
    """Who sees to a referral; nobody where it is null."""

    owner_id: uuid.UUID | None


async def _next(
    tx: WriteSession, referral_id: uuid.UUID, made: ContactAttempt | None = None
) -> NextOut:
    item = await of_subject(tx, KIND, referral_id)
    return NextOut(
        referral_id=referral_id,
        version=item.version if item else 0,
        step=item.step if item else "",
        due_at=item.due_at if item else None,
        attempt_id=made.id if made else None,
    )


@answers(f"{ONE}/attempts", "referrals.read", purpose="contacts.list", tag="referrals")
async def list_tries(tx: ReadSession, _ask: Ask[Any], referral_id: FromPath[uuid.UUID]) -> TriesOut:
    """The tries to reach the person, with those taken back."""
    if await repository.by_id(tx, referral_id) is None:
        raise NotFound("referral")
    return TriesOut(
        attempts=[
            TryOut(
                id=each.id,
                channel=Channel(each.channel),
                result=Result(each.result),
                tried_at=each.tried_at,
                is_undone=each.undone_at is not None,
            )
            for each in await attempts_of(tx, referral_id)
        ]
    )


@does(f"{ONE}/attempts", "referrals.write", purpose="contact.try", tag="referrals", status=201)
async def add_try(
    tx: WriteSession,
    ask: Ask[Any],
    referral_id: FromPath[uuid.UUID],
    data: JSONBody[AttemptForm],
) -> NextOut:
    """Note a try; `seen` other than 0 refuses if the row changed since. The answer says what comes next."""
    made = await trying.try_contact(tx, referral_id, data, by=ask.by, practice=ask.practice)
    return await _next(tx, referral_id, made)


@does(
    f"{ONE}/attempts/{{attempt_id:uuid}}/undo",
    "referrals.write",
    purpose="contact.undo",
    tag="referrals",
)
async def undo_try(
    tx: WriteSession,
    ask: Ask[Any],
    referral_id: FromPath[uuid.UUID],
    attempt_id: FromPath[uuid.UUID],
) -> NextOut:
    """Take back one's own try within ten minutes, with the step that came with it."""
    await trying.untry(tx, referral_id, attempt_id, by=ask.by, practice=ask.practice)
    return await _next(tx, referral_id)


@does(f"{ONE}/waits", "referrals.write", purpose="referral.waits", tag="referrals", method="PUT")
async def put_waits(
    tx: WriteSession,
    ask: Ask[Any],
    referral_id: FromPath[uuid.UUID],
    data: JSONBody[WaitsForm],
) -> NextOut:
    """Say what a referral waits for, or by an empty `waits_for` that it came."""
    waits = Waits(data.waits_for) if data.waits_for else None
    await trying.wait_for(tx, referral_id, waits, seen=data.seen, practice=ask.practice)
    return await _next(tx, referral_id)


@does(f"{ONE}/owner", "referrals.write", purpose="referral.owner", tag="referrals", method="PUT")
async def put_owner(
    tx: WriteSession,
    ask: Ask[Any],
    referral_id: FromPath[uuid.UUID],
    data: JSONBody[OwnerIn],
) -> NextOut:
    """Say who sees to a referral: a colleague, or no one."""
    if data.owner_id is not None and str(data.owner_id) not in await staff_names(tx):
        raise NotFound("referral")
    await trying.own(tx, referral_id, data.owner_id, practice=ask.practice)
    return await _next(tx, referral_id)


@does(
    "/api/v1/clients/{client_id:uuid}/rang-back",
    "referrals.write",
    purpose="referral.rang_back",
    tag="referrals",
    status=201,
)
async def add_rang_back(tx: WriteSession, ask: Ask[Any], client_id: FromPath[uuid.UUID]) -> NextOut:
    """Put a client who called back on the work list; a closed referral opens again."""
    made = await trying.rang_back(tx, client_id, by=ask.by, practice=ask.practice)
    if made.referral_id is None:
        raise NotFound("referral")
    return await _next(tx, made.referral_id, made)


@answers("/api/v1/referrals/call-rules", "call_rules.read", purpose="call_rules", tag="referrals")
async def read_call_rules(tx: ReadSession, _ask: Ask[Any]) -> CallRulesForm:
    """The practice's rules for calls."""
    return msgspec.convert(await policy_of(tx), CallRulesForm, from_attributes=True)


@does(
    "/api/v1/referrals/call-rules",
    "call_rules.write",
    purpose="call_rules.save",
    tag="referrals",
    method="PUT",
)
async def put_call_rules(
    tx: WriteSession, _ask: Ask[Any], data: JSONBody[CallRulesForm]
) -> CallRulesForm:
    """Work by these rules from now on; what is due is counted again within a minute."""
    await keep(tx, data)
    return data


HANDLERS = (
    list_tries,
    add_try,
    undo_try,
    put_waits,
    put_owner,
    add_rang_back,
    read_call_rules,
    put_call_rules,
)
