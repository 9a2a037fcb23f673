"""Where a record's bytes are: what the officer's page says is what the ledger's entries say."""

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import pytest

from lmhg_gateway.features.cloud_copies.views import Shipped, place_of


@dataclass(frozen=True)
class Found:
    """An entry as the query gives it."""

    n: int
    entry: dict[str, Any]
    closed_at: datetime | None = None


def entry(n: int, decision: str, *, op: str = "put", version: int = 2, digest: str = "d2") -> Any:
    """One entry about the record."""
    return Found(n, {"decision": decision, "op": op, "version": version, "digest": digest})


def bytes_now(*, is_exempt: bool = True) -> Shipped:
    """The second version of the record, as it would ship now."""
    return Shipped("announcement", uuid.UUID(int=1), 2, is_exempt, None, [], "{}", "d2")


SHIPPED, HELD = entry(2, "ship"), entry(2, "refuse")
EARLIER = entry(1, "ship", version=1, digest="d1")
RECALLED = entry(2, "ship", op="recall", version=2, digest="")
OTHER_BYTES = entry(2, "ship", digest="edited")


@pytest.mark.parametrize(
    ("entries", "label"),
    [
        ([SHIPPED, EARLIER], "On the portal"),
        ([HELD, EARLIER], "Another version is on the portal"),
        ([HELD], "Not on the portal: a check stopped it"),
        ([HELD, RECALLED, EARLIER], "Not on the portal: a check stopped it"),
        ([OTHER_BYTES], "Another version is on the portal"),
        ([EARLIER], "Another version is on the portal"),
        ([RECALLED, EARLIER], "On its way"),
        ([], "On its way"),
    ],
)
def test_page_claims_no_more_than_the_ledger(entries: list[Any], label: str) -> None:
    """In the cloud is only what it signed for; a held version is not, and an earlier one may be."""
    assert place_of(entries, bytes_now(), is_kept=False).label == label


def test_what_stays_here_is_said_to_stay() -> None:
    """Taken back goes before all; what may not leave, or is gone, is only here."""
    assert place_of([SHIPPED], bytes_now(), is_kept=True).label == "Taken back"
    assert (
        place_of([SHIPPED], bytes_now(is_exempt=False), is_kept=False).label == "Only in the office"
    )
    assert place_of([SHIPPED], None, is_kept=False).label == "Only in the office"
