"""Redaction: the gateway asks the portal to remove a text of its own."""

from typing import ClassVar

from lmhg_contracts.classification import Plane
from lmhg_contracts.kinds.base import Code, Count, Id, Record, RedactionReason


class RedactionOrder(Record, frozen=True, tag="redaction_order", kw_only=True):
    """Remove the text of one record; only its home plane changes it.

    Names the record and a reason code, never what was found.
    """

    HOME: ClassVar = Plane.ONPREM
    SCREENED: ClassVar = ()

    reason: RedactionReason
    target_id: Id
    target_kind: Code
    target_version: Count
