"""Forms of announcements."""

from datetime import date
from typing import Annotated

import msgspec

from lmhg_contracts.kinds.base import TITLE_MAX


class AnnouncementForm(msgspec.Struct, frozen=True):
    """A notice to staff."""

    title: Annotated[str, msgspec.Meta(min_length=3, max_length=TITLE_MAX)]
    body: Annotated[str, msgspec.Meta(min_length=3, max_length=4000)]


class EditAnnouncement(AnnouncementForm, frozen=True, kw_only=True):
    """What it says now, by someone who saw a version."""

    version: int


class ProposalForm(msgspec.Struct, frozen=True):
    """Why an announcement should reach the portal, and until when."""

    reason: Annotated[str, msgspec.Meta(min_length=5, max_length=1000)]
    expires_on: date | None = None
