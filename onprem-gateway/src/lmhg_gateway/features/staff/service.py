"""Use cases of colleagues: names, addresses, and their profiles on the portal."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass

from sqlalchemy import any_, or_, select

from lmhg_gateway.features.staff.models import StaffProfile
from lmhg_kit.persistence import ReadSession, WriteSession
from lmhg_kit.persistence.exemptions import keep_as_approved

STAFF_MAX = 500
KIND = "staff_profile"


async def staff_names(tx: ReadSession) -> dict[str, str]:
    """Account id to name, for everybody who works or worked here."""
    return {str(row.id): row.display_name for row in (await tx.execute(_NAMES)).all()}


_NAMES = select(StaffProfile.id, StaffProfile.display_name).limit(STAFF_MAX)


@dataclass(frozen=True)
class Colleague:
    """Someone who works or worked here."""

    id: str
    display_name: str
    email: str


async def colleagues(tx: ReadSession) -> list[Colleague]:
    """Everybody who works or worked here."""
    query = select(StaffProfile.id, StaffProfile.display_name, StaffProfile.email)
    found = (await tx.execute(query.limit(STAFF_MAX))).all()
    return [Colleague(str(row.id), row.display_name, row.email) for row in found]


async def colleagues_with(tx: ReadSession, role: str) -> dict[str, str]:
    """Account id to name, for those who work here in a role now."""
    query = select(StaffProfile.id, StaffProfile.display_name).where(
        StaffProfile.active, any_(StaffProfile.roles) == role
    )
    return {
        str(row.id): row.display_name for row in (await tx.execute(query.limit(STAFF_MAX))).all()
    }


async def addresses_with(tx: ReadSession, roles: tuple[str, ...]) -> list[str]:
    """Work addresses of those who work here in one of these roles now."""
    return sorted((await addresses_by_id(tx, roles=roles)).values())


async def addresses_by_id(
    tx: ReadSession, *, people: Sequence[uuid.UUID] = (), roles: tuple[str, ...] = ()
) -> dict[uuid.UUID, str]:
    """Work addresses of those who work here now and are named, or have one of these roles."""
    query = select(StaffProfile.id, StaffProfile.email).where(
        StaffProfile.active,
        or_(StaffProfile.id.in_(list(people)), StaffProfile.roles.overlap(list(roles))),
    )
    return {row.id: row.email for row in (await tx.execute(query.limit(STAFF_MAX))).all()}


async def id_by_email(tx: ReadSession, email: str) -> uuid.UUID | None:
    """The colleague whom IntakeQ knows by this address."""
    return await tx.scalar(select(StaffProfile.id).where(StaffProfile.email == email))


async def put_profile(
    tx: WriteSession, person_id: uuid.UUID, *, email: str, display_name: str, roles: list[str]
) -> None:
    """Create or change a colleague's active profile.

    It crosses by the standing approval for profiles, as soon as there is one.
    """
    profile = await tx.get(StaffProfile, person_id)
    profile = profile or StaffProfile(id=person_id)
    profile.email, profile.display_name, profile.roles = email, display_name, roles
    profile.work_email, profile.active = email, True
    await keep_as_approved(tx, profile, kind=KIND)
    await tx.flush()


async def end_profile(tx: WriteSession, person_id: uuid.UUID) -> int | None:
    """Make a profile inactive; its new version if the portal will hear of it, else None."""
    profile = await tx.get(StaffProfile, person_id)
    if profile is None:
        return None
    profile.active = False
    await tx.flush()
    await tx.refresh(profile)
    return profile.version if profile.hipaa_exempt else None


async def addresses_of(tx: ReadSession, people: Sequence[uuid.UUID]) -> list[str]:
    """Work addresses of those among these people who work here now, in this order."""
    found = await addresses_by_id(tx, people=people)
    return [found[each] for each in people if each in found]
