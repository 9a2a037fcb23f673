"""Use cases of decisions: ask, decide, take back, and tell the officers."""

import uuid
from collections.abc import Sequence
from datetime import datetime

from sqlalchemy.exc import IntegrityError

from lmhg_gateway.features.decisions import repository
from lmhg_gateway.features.decisions.forms import REASON_SHORT, Verdict
from lmhg_gateway.features.decisions.models import Decision
from lmhg_gateway.features.decisions.rules import Kind, Outcome
from lmhg_kit.clock import new_id, utc_now
from lmhg_kit.errors import Conflict, Forbidden, Invalid, NotFound
from lmhg_kit.persistence import WriteSession

KIND = "decision"
REASON_MIN = 10
_OUTCOMES = {
    Verdict.APPROVE: Outcome.APPROVED,
    Verdict.DECLINE: Outcome.DECLINED,
    Verdict.CANCEL: Outcome.DROPPED,
}


def check_reason(reason: str) -> str:
    """A reason that a second person can judge. Raises: Invalid."""
    kept = reason.strip()
    if len(kept) < REASON_MIN:
        raise Invalid(fields={"reason": REASON_SHORT})
    return kept


async def ask_roles(
    tx: WriteSession, user_id: uuid.UUID, roles: Sequence[str], *, reason: str, by: str
) -> Decision:
    """Ask that someone gets roles that two people give. Raises: Invalid, Conflict."""
    if await repository.open_roles_of(tx, user_id) is not None:
        raise Conflict("decision_open")
    return await _ask(tx, Decision(kind=Kind.ROLES.value, user_id=user_id, roles=sorted(roles)),
                      reason=reason, by=by)  # fmt: skip


async def ask_rule(
    tx: WriteSession, role: str, required_from: datetime | None, *, reason: str, by: str
) -> Decision:
    """Ask that a role's rule is postponed, or lifted. Raises: Invalid, Conflict."""
    if await repository.is_rule_asked(tx, role):
        raise Conflict("decision_open")
    asked = Decision(kind=Kind.FACTOR_RULE.value, roles=[role], required_from=required_from)
    return await _ask(tx, asked, reason=reason, by=by)


async def _ask(tx: WriteSession, asked: Decision, *, reason: str, by: str) -> Decision:
    asked.id, asked.requested_by = new_id(), uuid.UUID(by)
    asked.reason = check_reason(reason)
    tx.add(asked)
    try:
        await tx.flush()
    except IntegrityError:
        raise Conflict("decision_open") from None
    await tx.audit(f"{asked.kind}.ask", kind=KIND, ids=_subjects(asked))
    return asked


async def decide(
    tx: WriteSession, decision_id: uuid.UUID, verdict: Verdict, *, by: str
) -> Decision:
    """Approve or decline as the second person, or take it back as the first.

    The wall carries an approval out. Raises: NotFound, Conflict, Forbidden.
    """
    held = await repository.locked(tx, decision_id)
    if held is None:
        raise NotFound(KIND)
    if held.outcome != Outcome.OPEN.value:
        raise Conflict("decision_made")
    is_own = str(held.requested_by) == by
    if is_own is not (verdict is Verdict.CANCEL) or str(held.user_id) == by:
        raise Forbidden("decision_own" if is_own or str(held.user_id) == by else "decision_others")
    if verdict is Verdict.APPROVE and await repository.are_linked(tx, by, str(held.requested_by)):
        raise Forbidden("new_holder")
    held.outcome, held.decided_by = _OUTCOMES[verdict].value, uuid.UUID(by)
    held.decided_at = utc_now()
    await tx.flush()
    await tx.audit(
        f"{held.kind}.decide", kind=KIND, ids=_subjects(held), outcome=_OUTCOMES[verdict].value
    )
    return held


def _subjects(held: Decision) -> list[uuid.UUID]:
    return [each for each in (held.id, held.user_id) if each is not None]
