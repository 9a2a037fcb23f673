"""Forms of downtime."""

import uuid

import msgspec

from lmhg_gateway.features.downtime.rules import Why


class OpeningForm(msgspec.Struct, frozen=True, kw_only=True):
    """Who opened which packet, and why."""

    packet_id: uuid.UUID
    person: uuid.UUID
    why: Why
