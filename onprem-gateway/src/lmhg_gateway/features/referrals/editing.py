"""What is known of a referral, changed after it was made: with who did it, and as of which version."""

import uuid
from collections.abc import Mapping
from typing import Any

from lmhg_gateway.features.clients.public import payer_of
from lmhg_gateway.features.referrals import repository
from lmhg_gateway.features.referrals.forms import EditReferral, ReferralForm
from lmhg_gateway.features.referrals.models import Referral, ReferralEdit
from lmhg_gateway.features.referrals.planning import plan
from lmhg_gateway.features.referrals.rules import State, check_payer, check_received, waits_since
from lmhg_kit.edit_conflict import content_version
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.practice import Practice

FIELDS = ReferralForm.__struct_fields__
_FLAGS = ("may_contact", "may_report_back")


def form_values(referral: Referral) -> dict[str, Any]:
    """A referral as its edit form opens with."""
    return {name: getattr(referral, name) or "" for name in FIELDS}


def version_of(referral: Referral) -> int:
    """As of what someone edits it: a number of what the form has, which a step of the referral leaves as it is."""
    return content_version(form_values(referral))


async def view(tx: ReadSession, referral_id: uuid.UUID) -> Referral:
    """One referral. Raises: NotFound."""
    found = await repository.by_id(tx, referral_id)
    if found is None:
        raise NotFound("referral")
    return found


async def edit(
    tx: WriteSession, referral_id: uuid.UUID, form: EditReferral, *, by: str, practice: Practice
) -> Referral:
    """Change what is known of a referral; what is next is decided again. Raises: NotFound, Invalid, Conflict."""
    referral = await repository.locked(tx, referral_id)
    if referral is None:
        raise NotFound("referral")
    if version_of(referral) != form.version:
        raise Conflict("referral_edited")
    check_received(form.received_on, today=practice.today())
    check_payer(form.payer, name=form.payer_name)
    return await change(tx, referral, _wanted(form), by=by, practice=practice)


async def change(
    tx: WriteSession, referral: Referral, wanted: Mapping[str, Any], *, by: str, practice: Practice
) -> Referral:
    """Set these details of a held referral, and note which of them changed."""
    changed = _changed(referral, wanted)
    if not changed:
        return referral
    for name, value in changed.items():
        setattr(referral, name, value)
    if "received_on" in changed:
        _wait_again(referral, practice)
    edited = ReferralEdit(
        referral_id=referral.id, fields=list(changed), edited_by=by, edited_at=practice.clock()
    )
    await repository.add(tx, edited)
    await plan(tx, referral, practice)
    return referral


def _wanted(form: EditReferral) -> dict[str, Any]:
    payer = payer_of(form.payer, form.payer_name)
    said = {name: getattr(form, name) for name in FIELDS}
    return {**said, "payer": payer.code, "payer_name": payer.name}


def _changed(referral: Referral, wanted: Mapping[str, Any]) -> dict[str, Any]:
    """What differs, so that a ciphertext changes only when its text does."""
    flags = {name: bool(wanted[name]) for name in _FLAGS if name in wanted}
    kept = {name: value if value != "" else None for name, value in wanted.items()} | flags
    return {name: value for name, value in kept.items() if getattr(referral, name) != value}


def _wait_again(referral: Referral, practice: Practice) -> None:
    """The wait begins on the day that the person came."""
    made = referral.created_at
    since = waits_since(referral.received_on, at=made, today=practice.day_of(made))
    referral.arrived_at = since
    if referral.state == State.RECEIVED:
        referral.state_at = since
