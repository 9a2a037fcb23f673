"""Contact attempts for programs. One is noted at the referral that it is about."""

import uuid
from datetime import date, datetime
from typing import Any

import msgspec
from litestar.params import FromPath

from lmhg_gateway.features.contacts import repository
from lmhg_gateway.features.contacts.models import ContactAttempt
from lmhg_gateway.features.contacts.rules import Channel, Result
from lmhg_kit.http.faces import Ask, answers
from lmhg_kit.persistence import ReadSession


class AttemptOut(msgspec.Struct, frozen=True, kw_only=True):
    """One try to reach a client; `used` is the number or address."""

    id: uuid.UUID
    referral_id: uuid.UUID | None
    channel: Channel
    result: Result
    used: str
    again_on: date | None
    note: str
    tried_by: str
    tried_at: datetime
    is_undone: bool


class AttemptsOut(msgspec.Struct, frozen=True, kw_only=True):
    """The newest tries of a client, newest first."""

    attempts: list[AttemptOut]


def attempt_out(each: ContactAttempt) -> AttemptOut:
    """A try, as programs get it."""
    return AttemptOut(
        id=each.id,
        referral_id=each.referral_id,
        channel=Channel(each.channel),
        result=Result(each.result),
        used=each.used or "",
        again_on=each.again_on,
        note=each.note or "",
        tried_by=each.tried_by,
        tried_at=each.tried_at,
        is_undone=each.undone_at is not None,
    )


@answers(
    "/api/v1/clients/{client_id:uuid}/attempts",
    "contacts.read",
    purpose="contacts.list",
    tag="contacts",
)
async def list_attempts(
    tx: ReadSession, _ask: Ask[Any], client_id: FromPath[uuid.UUID]
) -> AttemptsOut:
    """The newest two hundred tries to reach a client, with those taken back."""
    return AttemptsOut(
        attempts=[attempt_out(each) for each in await repository.of_client(tx, client_id)]
    )


HANDLERS = (list_attempts,)
