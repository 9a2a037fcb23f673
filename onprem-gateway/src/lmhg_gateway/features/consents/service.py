"""Use cases of consents: recorded, ended with what follows, and the end taken back."""

import uuid
from collections.abc import Sequence
from datetime import date

from lmhg_gateway.features.clients.public import held_clients, set_way
from lmhg_gateway.features.consents import repository
from lmhg_gateway.features.consents.forms import NewConsent
from lmhg_gateway.features.consents.models import STOPPED_MAX, Consent
from lmhg_gateway.features.consents.rules import (
    EXPIRED,
    WAYS,
    Follow,
    Scope,
    check_undo,
    follows,
    next_of,
    problems,
)
from lmhg_gateway.features.documents.public import client_of_document
from lmhg_gateway.features.referrals.public import start_report_back, stop_report_back
from lmhg_gateway.features.work_list.public import put_work
from lmhg_kit.errors import Conflict, Invalid, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

WORK = "consent"


async def view(tx: ReadSession, consent_id: uuid.UUID) -> Consent:
    """One consent. Raises: NotFound."""
    found = await repository.by_id(tx, consent_id)
    if found is None:
        raise NotFound("consent")
    return found


async def record(
    tx: WriteSession, form: NewConsent, *, client_id: uuid.UUID, by: str, practice: Practice
) -> Consent:
    """Write a consent down; what it allows counts at once. Raises: Invalid, NotFound."""
    wrong = problems(
        form.scope,
        given_by=form.given_by,
        giver=form.giver,
        party=form.party,
        given_on=form.given_on,
        expires_on=form.expires_on,
        today=practice.today(),
    )
    if wrong:
        raise Invalid("consent_wrong", fields=wrong)
    if form.document_id and await client_of_document(tx, form.document_id) != client_id:
        raise NotFound("document")
    made = Consent(
        client_id=client_id,
        scope=form.scope.value,
        given_by=form.given_by,
        how=form.how,
        given_on=form.given_on,
        expires_on=form.expires_on,
        document_id=form.document_id,
        recorded_by=by,
    )
    await held_clients(tx, [client_id])
    made.giver, made.party, made.about = form.giver or None, form.party or None, form.about or None
    await repository.add(tx, made)
    await _begin(tx, made, practice)
    await plan(tx, made, practice)
    return made


async def _begin(tx: WriteSession, made: Consent, practice: Practice) -> None:
    """What a consent allows, allowed."""
    scope = Scope(made.scope)
    if scope in WAYS:
        await set_way(tx, made.client_id, WAYS[scope], allowed=True)
    elif scope is Scope.REPORT_BACK:
        await start_report_back(tx, made.client_id, practice=practice)


async def what_follows(tx: ReadSession, consent: Consent, *, today: date) -> Sequence[Follow]:
    """What follows if a consent ends now: shown before, done after."""
    others = await repository.others_like(tx, consent, today=today)
    scope = Scope(consent.scope)
    if scope is Scope.RELEASE:
        others = [each for each in others if _same_party(each, consent)]
    return follows(scope, has_other=bool(others))


def _same_party(one: Consent, other: Consent) -> bool:
    return (one.party or "").casefold() == (other.party or "").casefold()


async def end(
    tx: WriteSession, consent_id: uuid.UUID, why: str, *, by: str, practice: Practice
) -> Consent:
    """End a consent, and do what follows. Raises: NotFound, Conflict."""
    found = await _held(tx, consent_id)
    if found.ended_at is not None:
        raise Conflict("consent_ended")
    wanted = await what_follows(tx, found, today=practice.today())
    found.ended_by, found.ended_at, found.ended_why = by, practice.clock(), why
    if Follow.WAY_OFF in wanted:
        way = WAYS[Scope(found.scope)]
        found.turned_off = await set_way(tx, found.client_id, way, allowed=False)
    if Follow.REPORT_STOPS in wanted:
        stopped = await stop_report_back(tx, found.client_id, most=STOPPED_MAX, practice=practice)
        found.stopped = list(stopped)
    await plan(tx, found, practice)
    return found


async def restore(
    tx: WriteSession, consent_id: uuid.UUID, *, by: str, practice: Practice
) -> Consent:
    """Take an end back that one recorded, with what followed. Raises: NotFound, Conflict."""
    found = await _held(tx, consent_id)
    check_undo(found.ended_at, ended_by=found.ended_by, by=by, at=practice.clock())
    found.ended_by = found.ended_at = found.ended_why = None
    if found.turned_off:
        await set_way(tx, found.client_id, WAYS[Scope(found.scope)], allowed=True)
        found.turned_off = False
    if found.stopped:
        await start_report_back(tx, found.client_id, only=found.stopped, practice=practice)
        found.stopped = []
    await plan(tx, found, practice)
    return found


async def end_expired(
    tx: WriteSession, consent_id: uuid.UUID, *, by: str, practice: Practice
) -> None:
    """End a consent whose last day has passed, unless someone ended it meanwhile."""
    if (await _held(tx, consent_id)).ended_at is None:
        await end(tx, consent_id, EXPIRED, by=by, practice=practice)


async def plan(tx: WriteSession, found: Consent, practice: Practice) -> None:
    """Ask for a new one on the work list before it ends, or take that off."""
    await tx.flush()
    step = next_of(
        found.expires_on,
        given_on=found.given_on,
        is_ended=found.ended_at is not None,
        at=practice.clock(),
        zone=practice.zone,
    )
    await put_work(tx, WORK, found.id, step, client_id=found.client_id, owner_id=None)


async def plan_one(tx: WriteSession, consent_id: uuid.UUID, practice: Practice) -> None:
    """The same for one that is named."""
    found = await repository.locked(tx, consent_id)
    if found is not None:
        await plan(tx, found, practice)


async def _held(tx: WriteSession, consent_id: uuid.UUID) -> Consent:
    """A consent, and first its client: what ends at the same time for one person ends one by one."""
    seen = await view(tx, consent_id)
    await held_clients(tx, [seen.client_id])
    found = await repository.locked(tx, consent_id)
    if found is None:
        raise NotFound("consent")
    return found
