"""Use cases of contact attempts."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from lmhg_gateway.features.clients.public import Reach, reach_of
from lmhg_gateway.features.contacts import repository
from lmhg_gateway.features.contacts.forms import AttemptForm
from lmhg_gateway.features.contacts.models import ContactAttempt
from lmhg_gateway.features.contacts.rules import (
    ABOUT_OTHERS,
    SAME_FOR,
    Channel,
    Result,
    Try,
    check_undo,
)
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession


async def repeated(
    tx: ReadSession, referral_id: uuid.UUID, form: AttemptForm, *, by: str, at: datetime
) -> ContactAttempt | None:
    """The try that this one repeats, because its button was pressed twice."""
    last = next(iter(await repository.of_referral(tx, referral_id)), None)
    is_same = (
        last is not None
        and last.undone_at is None
        and (last.tried_by, last.channel, last.result) == (by, form.channel, form.result)
        and (last.again_on, last.note or "", "") == (form.again_on, form.note, form.used)
        and at - last.tried_at < SAME_FOR
    )
    return last if is_same else None


async def log_attempt(
    tx: WriteSession,
    form: AttemptForm,
    *,
    client_id: uuid.UUID,
    referral_id: uuid.UUID | None,
    moved_by: uuid.UUID | None,
    by: str,
    at: datetime,
) -> ContactAttempt:
    """Note a try, with the number or address that was used. Raises: NotFound."""
    reach = (await reach_of(tx, [client_id])).get(client_id)
    if reach is None:
        raise NotFound("client")
    attempt = ContactAttempt(
        client_id=client_id,
        referral_id=referral_id,
        channel=form.channel.value,
        result=form.result.value,
        again_on=form.again_on,
        tried_by=by,
        tried_at=at,
        moved_by=moved_by,
    )
    attempt.used = None if form.result in ABOUT_OTHERS else used_of(reach, form) or None
    attempt.note = form.note or None
    await repository.add(tx, attempt)
    return attempt


def used_of(reach: Reach, form: AttemptForm) -> str:
    """The number or address that a try used; nothing where the person was met or has none."""
    usual = {
        Channel.PHONE: reach.mobile or reach.phone,
        Channel.TEXT: reach.mobile,
        Channel.EMAIL: reach.email,
        Channel.LETTER: reach.address,
        Channel.IN_PERSON: "",
    }
    return str(getattr(reach, form.used)) if form.used else usual[form.channel]


async def take_back(
    tx: WriteSession, attempt_id: uuid.UUID, *, by: str, at: datetime
) -> ContactAttempt:
    """Take back one's own try, shortly after; it stays on record as taken back. Raises: NotFound, Conflict."""
    attempt = await repository.locked(tx, attempt_id)
    if attempt is None:
        raise NotFound("attempt")
    if attempt.undone_at is not None:
        raise Conflict("attempt_undone")
    check_undo(tried_by=attempt.tried_by, tried_at=attempt.tried_at, by=by, at=at)
    attempt.undone_at = at
    await tx.flush()
    return attempt


async def attempts_of(tx: ReadSession, referral_id: uuid.UUID) -> Sequence[ContactAttempt]:
    """The tries of a referral, newest first, with those taken back."""
    return await repository.of_referral(tx, referral_id)


def as_tries(attempts: Sequence[ContactAttempt]) -> tuple[Try, ...]:
    """What counts of these tries, oldest first."""
    return tuple(
        Try(each.tried_at, Channel(each.channel), Result(each.result), each.again_on)
        for each in reversed(attempts)
        if each.undone_at is None
    )


def wrong_numbers(attempts: Sequence[ContactAttempt]) -> frozenset[str]:
    """Numbers that were someone else's when they were tried."""
    return frozenset(
        each.used
        for each in attempts
        if each.undone_at is None and each.result == Result.WRONG_NUMBER and each.used
    )
