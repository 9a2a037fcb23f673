"""What other features may ask of what was agreed with IntakeQ."""

from lmhg_gateway.features.differences.copies import (
    close_open,
    line_token,
    mark_gone,
    meet,
    put_copy,
    token_of,
)
from lmhg_gateway.features.differences.repository import copies_of_record, copy_of
from lmhg_gateway.features.differences.rules import Owner

__all__ = [
    "Owner",
    "close_open",
    "copies_of_record",
    "copy_of",
    "line_token",
    "mark_gone",
    "meet",
    "put_copy",
    "token_of",
]
