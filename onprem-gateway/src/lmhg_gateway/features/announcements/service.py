"""Use cases of announcements: written here, released by two people."""

import uuid
from datetime import datetime

from lmhg_contracts.classification import StoragePolicy
from lmhg_gateway.features.announcements import repository
from lmhg_gateway.features.announcements.forms import (
    AnnouncementForm,
    EditAnnouncement,
    ProposalForm,
)
from lmhg_gateway.features.announcements.models import Announcement
from lmhg_gateway.features.announcements.rules import can_rewrite, check_editable
from lmhg_gateway.features.exemptions import public as exemptions
from lmhg_kit.errors import Conflict, NotFound
from lmhg_kit.persistence import WriteSession

KIND = "announcement"


async def write(tx: WriteSession, form: AnnouncementForm, *, by: str, at: datetime) -> Announcement:
    """A new announcement, for this plane alone."""
    announcement = Announcement(
        title=form.title, body=form.body, author_id=uuid.UUID(by), published_at=at
    )
    await repository.add(tx, announcement)
    return announcement


async def edit(
    tx: WriteSession, announcement_id: uuid.UUID, form: EditAnnouncement, *, by: str, at: datetime
) -> bool:
    """Change a text that is not released and not proposed. Raises: NotFound, Conflict.

    The author may change one that was approved and held as well: the approval is taken back in the same
    transaction, so the new text leaves only when a second person has read it. Returns whether it was.
    """
    announcement = await _locked(tx, announcement_id, seen=form.version)
    taken_back = await _take_back_held(tx, announcement, by=by, at=at)
    request = await exemptions.latest_request(tx, kind=KIND, record_id=announcement_id)
    check_editable(
        is_released=announcement.hipaa_exempt,
        is_proposed=request is not None and request.outcome == "open",
    )
    announcement.title, announcement.body = form.title, form.body
    return taken_back


async def _take_back_held(
    tx: WriteSession, announcement: Announcement, *, by: str, at: datetime
) -> bool:
    """End the approval of a held text for its author; whether there was one to end."""
    approval = announcement.exemption_id
    if approval is None or not announcement.hipaa_exempt:
        return False
    is_held = await exemptions.is_record_held(tx, kind=KIND, record_id=announcement.id)
    if not can_rewrite(is_held=is_held, author_id=str(announcement.author_id), by=by):
        return False
    await exemptions.withdraw(tx, approval, by=by, at=at)
    await tx.refresh(announcement)
    return True


async def propose(
    tx: WriteSession,
    announcement_id: uuid.UUID,
    form: ProposalForm,
    *,
    by: str,
    expires_at: datetime | None,
) -> None:
    """Ask that it may reach the portal. Raises: NotFound, Conflict."""
    announcement = await _locked(tx, announcement_id)
    check_editable(is_released=announcement.hipaa_exempt, is_proposed=False)
    await exemptions.propose(
        tx, kind=KIND, record_id=announcement_id, by=by, reason=form.reason, expires_at=expires_at
    )


async def approve(
    tx: WriteSession,
    announcement_id: uuid.UUID,
    *,
    seen: int,
    by: str,
    at: datetime,
    reason: str | None = None,
) -> None:
    """Release the text that the second person read. Raises: NotFound, Forbidden, Conflict."""
    announcement = await _locked(tx, announcement_id, seen=seen)
    exemption = await exemptions.approve(
        tx, kind=KIND, record_id=announcement_id, by=by, at=at, reason=reason
    )
    announcement.exemption_id = exemption.id
    announcement.check_policy(StoragePolicy.CLOUD_ALLOWED)
    announcement.hipaa_exempt = True


async def withdraw(tx: WriteSession, announcement_id: uuid.UUID, *, by: str, at: datetime) -> None:
    """Take the release back; the database recalls the text. Raises: NotFound, Conflict."""
    announcement = await _locked(tx, announcement_id)
    if announcement.exemption_id is None:
        raise NotFound("exemption")
    await exemptions.withdraw(tx, announcement.exemption_id, by=by, at=at)


async def _locked(
    tx: WriteSession, announcement_id: uuid.UUID, *, seen: int | None = None
) -> Announcement:
    announcement = await repository.locked(tx, announcement_id)
    if announcement is None:
        raise NotFound("announcement")
    if seen is not None and announcement.version != seen:
        raise Conflict("announcement_changed")
    return announcement
