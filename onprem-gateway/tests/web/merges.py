"""Clients added, referred and merged as the front desk does it."""

import re

import httpx

from lmhg_kit.http.testing import Signed
from lmhg_stack.testing import PlaneDatabase


async def add(desk: Signed, name: str, **fields: str) -> str:
    """A client on record; the id."""
    page = await desk.follow("/clients", legal_name=name, other_person="1", **fields)
    return page.url.path.rsplit("/", 1)[1]


async def refer(desk: Signed, client: str, **fields: str) -> str:
    """A referral of a client; its address."""
    page = await desk.follow(
        f"/clients/{client}/referrals",
        received_on="2026-01-05", source_category="physician", channel="phone",
        concern_code="grief", urgency="routine", may_contact="1", **fields,
    )  # fmt: skip
    return page.url.path


async def preview(desk: Signed, survivor: str, other: str) -> dict[str, str]:
    """The fields of the preview's form that the page itself fills."""
    page = (await desk.get(f"/clients/{survivor}/merge/{other}")).text
    hidden = re.findall(r'name="(\w+_version)" value="(\d+)"', page)
    return dict(hidden)


async def merged(desk: Signed, survivor: str, other: str, **choices: str) -> httpx.Response:
    """One record of two."""
    seen = await preview(desk, survivor, other)
    return await desk.follow(f"/clients/{survivor}/merge/{other}", **seen, **choices)


async def merge_of(onprem: PlaneDatabase, other: str) -> str:
    """The merge that holds of a record."""
    rows = await onprem.run(
        "select id from practice.client_merge where merged_id = $1::uuid and undone_at is null",
        other,
    )
    return str(rows[0]["id"])
