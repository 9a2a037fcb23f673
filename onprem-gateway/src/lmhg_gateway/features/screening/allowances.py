"""Use cases of allowed words: ask, approve as a second person, remove."""

import uuid
from datetime import datetime

from lmhg_gateway.features.clients.public import blind_index
from lmhg_gateway.features.screening import repository
from lmhg_gateway.features.screening.forms import AllowForm, term_words
from lmhg_gateway.features.screening.models import Allowance
from lmhg_kit.errors import Conflict, Forbidden, NotFound
from lmhg_kit.persistence import ReadSession, WriteSession

KIND = "screening_allowance"


async def ask(tx: WriteSession, form: AllowForm, *, by: str) -> Allowance:
    """Ask that a word be allowed. Raises: Invalid, Conflict while it is asked for or allowed.

    Whether a client bears it is not said: an officer may not find out by trying names.
    """
    token = blind_index().token("allowance", " ".join(term_words(form.term)))
    if await repository.live_id(tx, token):
        raise Conflict("allowance_known")
    allowance = Allowance(id=uuid.uuid4(), token=token, asked_by=by)
    allowance.term, allowance.reason = form.term.strip(), form.reason
    tx.add(allowance)
    await tx.flush()
    return allowance


async def approve(tx: WriteSession, allowance_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Allow it, as the second person. Raises: NotFound, Forbidden for an own one, Conflict."""
    allowance = await _open(tx, allowance_id)
    if allowance.asked_by == by:
        raise Forbidden("same_person")
    if allowance.approved_at is not None:
        raise Conflict("allowance_decided")
    allowance.approved_by, allowance.approved_at = by, at
    await tx.flush()


async def remove(tx: WriteSession, allowance_id: uuid.UUID, *, by: str, at: datetime) -> bool:
    """Take it back, or decline it: one person is enough; whether it had counted.

    Raises: NotFound, Conflict.
    """
    allowance = await _open(tx, allowance_id)
    allowance.removed_by, allowance.removed_at = by, at
    await tx.flush()
    return allowance.approved_at is not None


async def _open(tx: WriteSession, allowance_id: uuid.UUID) -> Allowance:
    allowance = await repository.locked(tx, allowance_id)
    if allowance is None:
        raise NotFound(KIND)
    if allowance.removed_at is not None:
        raise Conflict("allowance_decided")
    return allowance


async def allowed_terms(tx: ReadSession) -> dict[uuid.UUID, str]:
    """Words and phrases that two officers allowed, by the id of their decision."""
    found = await repository.with_ids(tx, await repository.allowed_ids(tx))
    return {each.id: each.term or "" for each in found}
