"""Announcements: what the practice tells its staff."""

from typing import ClassVar

from lmhg_contracts.classification import Plane
from lmhg_contracts.kinds.base import Id, Moment, Record, Text, Title


class Announcement(Record, frozen=True, tag="announcement", kw_only=True):
    """A notice to staff, exempt only after a second person approved it."""

    HOME: ClassVar = Plane.ONPREM
    SCREENED: ClassVar = ("body", "title")

    author_id: Id
    body: Text
    published_at: Moment
    title: Title
