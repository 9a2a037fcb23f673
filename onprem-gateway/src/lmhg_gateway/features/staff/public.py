"""What other features may ask of colleagues."""

import uuid

from sqlalchemy import select

from lmhg_gateway.features.staff.models import StaffProfile
from lmhg_kit.persistence import ReadSession

STAFF_MAX = 500


async def staff_names(tx: ReadSession) -> dict[str, str]:
    """Account id to name, for everybody who works or worked here."""
    query = select(StaffProfile.id, StaffProfile.display_name).limit(STAFF_MAX)
    return {str(row.id): row.display_name for row in (await tx.execute(query)).all()}


async def id_by_email(tx: ReadSession, email: str) -> uuid.UUID | None:
    """The colleague whom IntakeQ knows by this address."""
    return await tx.scalar(select(StaffProfile.id).where(StaffProfile.email == email))
