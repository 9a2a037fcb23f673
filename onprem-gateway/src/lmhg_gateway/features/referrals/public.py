"""What other features may ask of referrals."""

import uuid
from datetime import datetime

from sqlalchemy import select

from lmhg_gateway.features.referrals.models import Referral, ReferralMove
from lmhg_kit.persistence import WriteSession

INTAKE_ACTOR = "process: worker"
CLOSED = "closed"


async def receive_intake(tx: WriteSession, client_id: uuid.UUID, *, received_at: datetime) -> None:
    """Open a referral for a client whose first intake arrived, unless one is open."""
    held = await tx.scalar(
        select(Referral.id)
        .where(Referral.client_id == client_id, Referral.state != CLOSED)
        .limit(1)
    )
    if held is not None:
        return
    referral = Referral(
        client_id=client_id,
        source_category="self",
        received_on=received_at.date(),
        channel="intake_form",
        concern_code="unknown",
        may_contact=True,
        state="received",
    )
    tx.add(referral)
    await tx.flush()
    tx.add(ReferralMove(referral_id=referral.id, to_state="received", moved_by=INTAKE_ACTOR))
