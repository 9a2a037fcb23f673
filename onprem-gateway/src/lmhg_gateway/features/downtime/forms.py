"""Forms of downtime."""

import uuid

import msgspec

from lmhg_gateway.features.downtime.rules import Why


class OpeningForm(msgspec.Struct, frozen=True, kw_only=True):
    """Which packet the person who says so opened, and why."""

    packet_id: uuid.UUID
    why: Why
