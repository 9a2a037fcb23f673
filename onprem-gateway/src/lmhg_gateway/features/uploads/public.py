"""What other features may ask of uploads."""

from lmhg_gateway.features.uploads.api import (
    ended_unless_done,
    ended_when_refused,
    most_of,
    spool_of,
)
from lmhg_gateway.features.uploads.models import Upload
from lmhg_gateway.features.uploads.rules import plain_name
from lmhg_gateway.features.uploads.service import (
    add_spooled,
    arrived,
    mark_done,
    mark_filed,
    receive,
    spool_key,
    spooled,
)

__all__ = [
    "Upload",
    "add_spooled",
    "arrived",
    "ended_unless_done",
    "ended_when_refused",
    "mark_done",
    "mark_filed",
    "most_of",
    "plain_name",
    "receive",
    "spool_key",
    "spool_of",
    "spooled",
]
