"""Records that tests of pages need: written down as the front desk writes them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from lmhg_kit.http.testing import AsRole, Signed


async def new_client(as_role: AsRole, name: str, **fields: str) -> str:
    """A client written down at the front desk; its id."""
    desk = await as_role("front_desk")
    page = await desk.follow(
        "/clients", legal_name=name, birth_date="1984-03-31", other_person="1", **fields
    )
    return page.url.path.rsplit("/", 1)[1]


_REFERRAL = {
    "source_category": "physician", "channel": "phone", "concern_code": "grief", "urgency": "routine",
}  # fmt: skip
_ZONE = ZoneInfo("America/Kentucky/Louisville")


async def referral_of(desk: Signed, name: str, *, allows: tuple[str, ...] = (), **said: str) -> str:
    """The path of a fresh referral of a fresh client who came today and allows this."""
    flags = dict.fromkeys(allows, "1")
    client = await desk.follow(
        "/clients", other_person="1", legal_name=name, mobile="502-555-0142", **flags
    )
    today = datetime.now(_ZONE).date().isoformat()
    page = await desk.follow(
        f"{client.url.path}/referrals", **{**_REFERRAL, "received_on": today, **said}
    )
    return page.url.path
