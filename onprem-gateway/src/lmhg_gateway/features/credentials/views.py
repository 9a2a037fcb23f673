"""Credentials as pages show them."""

import uuid
from collections.abc import Mapping
from datetime import date

import msgspec

from lmhg_gateway.features.credentials.models import PayerPanel, StaffCredential
from lmhg_gateway.features.credentials.rules import KINDS, PAYERS, STAGES, Kind, counts_on
from lmhg_kit.ui.environment import count_of

GONE = "A former colleague"


class CredentialRow(msgspec.Struct, frozen=True, kw_only=True):
    """One credential."""

    id: uuid.UUID
    person_id: uuid.UUID
    name: str
    what: str
    detail: str
    valid_until: date
    is_caqh: bool
    state: str
    state_tone: str


class PanelRow(msgspec.Struct, frozen=True, kw_only=True):
    """One panel that a clinician is or was on."""

    id: uuid.UUID
    payer: str
    begins_on: date
    ends_on: date | None
    is_open: bool
    state: str
    state_tone: str


def state_of(valid_until: date, *, today: date) -> tuple[str, str]:
    """How a credential is, in words and colour."""
    left = (valid_until - today).days
    if left < 0:
        return f"Ended {count_of(-left, 'day')} ago", "bad"
    if left == 0:
        return "Ends today", "bad"
    if left <= STAGES[-1]:
        return f"{count_of(left, 'day')} left", "bad"
    return f"{count_of(left, 'day')} left", "warn" if left <= STAGES[0] else "ok"


def row(found: StaffCredential, staff: Mapping[str, str], *, today: date) -> CredentialRow:
    """One credential."""
    said, tone = state_of(found.valid_until, today=today)
    what = KINDS[Kind(found.kind)]
    return CredentialRow(
        id=found.id,
        person_id=found.person_id,
        name=staff.get(str(found.person_id), GONE),
        what=f"{what} ({found.state})" if found.state else what,
        detail=", ".join(each for each in (found.number, found.issuer) if each),
        valid_until=found.valid_until,
        is_caqh=found.kind == Kind.CAQH,
        state=said,
        state_tone=tone,
    )


def panel(found: PayerPanel, *, today: date) -> PanelRow:
    """One panel."""
    said = PAYERS[found.payer]
    if counts_on(found.begins_on, found.ends_on, day=today):
        state, tone = "On the panel", "ok"
    else:
        state, tone = ("Not yet", "warn") if found.begins_on > today else ("Ended", "")
    return PanelRow(
        id=found.id,
        payer=f"{said}: {found.name}" if found.name else said,
        begins_on=found.begins_on,
        ends_on=found.ends_on,
        is_open=found.ends_on is None,
        state=state,
        state_tone=tone,
    )
