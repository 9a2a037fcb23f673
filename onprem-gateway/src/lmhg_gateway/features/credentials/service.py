"""Use cases of credentials: kept, renewed, ended; and what they let a clinician do on a day."""

import uuid
from collections import defaultdict
from collections.abc import Mapping
from datetime import date, datetime

from lmhg_gateway.features.credentials import repository
from lmhg_gateway.features.credentials.forms import CredentialForm, PanelForm
from lmhg_gateway.features.credentials.models import PayerPanel, StaffCredential
from lmhg_gateway.features.credentials.rules import Kind, caqh_until, problems
from lmhg_gateway.features.staff.public import staff_names
from lmhg_kit.errors import Invalid, NotFound
from lmhg_kit.http.door import FIRST_DAY, LAST_DAY
from lmhg_kit.persistence import ReadSession, WriteSession

KIND, PANEL = "staff_credential", "payer_panel"


async def name_of(tx: ReadSession, person_id: uuid.UUID) -> str:
    """A colleague's name. Raises: NotFound."""
    found = (await staff_names(tx)).get(str(person_id))
    if found is None:
        raise NotFound("colleague")
    return found


async def add(
    tx: WriteSession, person_id: uuid.UUID, form: CredentialForm, *, by: str, today: date
) -> StaffCredential:
    """Keep a colleague's credential. Raises: NotFound, Invalid."""
    await name_of(tx, person_id)
    wrong = problems(
        form.kind,
        state=form.state,
        valid_until=form.valid_until,
        attested_on=form.attested_on,
        today=today,
    )
    until = form.until()
    if wrong or until is None:
        raise Invalid("credential_wrong", fields=wrong)
    made = StaffCredential(
        person_id=person_id,
        kind=form.kind.value,
        state=form.state if form.kind is Kind.LICENSE else None,
        number=form.number,
        issuer=form.issuer,
        valid_until=until,
        changed_by=by,
    )
    await repository.add(tx, made)
    await tx.audit("insert", kind=KIND, ids=[made.id])
    return made


async def renew(
    tx: WriteSession, found: StaffCredential, day: date, *, by: str, today: date
) -> None:
    """Let it count longer; of CAQH the day is that of the attestation. Raises: Invalid."""
    if found.kind == Kind.CAQH:
        if not FIRST_DAY <= day <= today:
            raise Invalid(
                "credential_wrong", fields={"renewed": "Write the day of the last attestation."}
            )
        day = caqh_until(day)
    elif not today <= day <= LAST_DAY:
        raise Invalid("credential_wrong", fields={"renewed": "Write a date from today on."})
    found.valid_until, found.told_stage, found.changed_by = day, None, by
    found.owed_to, found.owed_again_at = [], None
    await tx.flush()
    await tx.audit("update", kind=KIND, ids=[found.id], columns=["valid_until"])


async def end(tx: WriteSession, found: StaffCredential, *, by: str, at: datetime) -> None:
    """Remove it from every list; nobody is reminded of it again."""
    if found.ended_at is None:
        found.ended_by, found.ended_at, found.changed_by = by, at, by
        await tx.flush()
        await tx.audit("update", kind=KIND, ids=[found.id], columns=["ended_at"])


async def restore(tx: WriteSession, found: StaffCredential, *, by: str) -> None:
    """Bring it back."""
    found.ended_by = found.ended_at = None
    found.changed_by = by
    await tx.flush()
    await tx.audit("update", kind=KIND, ids=[found.id], columns=["ended_at"])


async def view(tx: ReadSession, credential_id: uuid.UUID) -> StaffCredential:
    """One credential. Raises: NotFound."""
    found = await repository.by_id(tx, credential_id)
    if found is None:
        raise NotFound("credential")
    return found


async def held(tx: WriteSession, credential_id: uuid.UUID) -> StaffCredential:
    """One credential, held until this unit of work ends. Raises: NotFound."""
    found = await repository.locked(tx, credential_id)
    if found is None:
        raise NotFound("credential")
    return found


async def add_panel(
    tx: WriteSession, person_id: uuid.UUID, form: PanelForm, *, by: str
) -> PayerPanel:
    """Put a clinician on a payer's panel. Raises: NotFound, Invalid."""
    await name_of(tx, person_id)
    if not FIRST_DAY <= form.begins_on <= LAST_DAY:
        raise Invalid("credential_wrong", fields={"begins_on": "Write a date from 1900 on."})
    for each in await repository.panels_of(tx, person_id):
        is_same = (each.payer, each.name.casefold()) == (form.payer, form.name.casefold())
        if is_same and each.ends_on is None:
            raise Invalid(
                "credential_wrong", fields={"payer": "This panel is on the list already."}
            )
    made = PayerPanel(
        person_id=person_id,
        payer=form.payer,
        name=form.name,
        begins_on=form.begins_on,
        changed_by=by,
    )
    await repository.add(tx, made)
    await tx.audit("insert", kind=PANEL, ids=[made.id])
    return made


async def held_panel(tx: WriteSession, panel_id: uuid.UUID) -> PayerPanel:
    """One panel, held until this unit of work ends. Raises: NotFound."""
    found = await repository.locked_panel(tx, panel_id)
    if found is None:
        raise NotFound("panel")
    return found


async def end_panel(tx: WriteSession, found: PayerPanel, *, by: str, today: date) -> None:
    """Take a clinician off a panel: today is the last day."""
    found.ends_on, found.changed_by = max(found.begins_on, today), by
    await tx.flush()
    await tx.audit("update", kind=PANEL, ids=[found.id], columns=["ends_on"])


async def restore_panel(tx: WriteSession, found: PayerPanel, *, by: str) -> None:
    """Put a clinician back on a panel."""
    found.ends_on, found.changed_by = None, by
    await tx.flush()
    await tx.audit("update", kind=PANEL, ids=[found.id], columns=["ends_on"])


async def clinician_panels(tx: ReadSession, day: date) -> Mapping[uuid.UUID, frozenset[str]]:
    """Of each clinician with any panel on record the payers and plans that count that day, if any."""
    found: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    for person_id, payer, name, counts in await repository.panels_on(tx, day):
        found[person_id] |= {payer, name} - {""} if counts else set()
    return {person_id: frozenset(each) for person_id, each in found.items()}


async def licence_states(tx: ReadSession, day: date) -> Mapping[uuid.UUID, frozenset[str]]:
    """Of each clinician with any license on record the states in which it counts that day, if any."""
    found: defaultdict[uuid.UUID, set[str]] = defaultdict(set)
    for person_id, state, counts in await repository.licenses_on(tx, day):
        found[person_id].update([state] if counts else [])
    return {person_id: frozenset(each) for person_id, each in found.items()}
