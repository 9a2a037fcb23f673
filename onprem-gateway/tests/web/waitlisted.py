"""People on the waitlist and times that are free for them, as the front desk writes them down."""

import re
import uuid
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from lmhg_kit.http.testing import Signed

from .conftest import PEOPLE  # noqa: TID252 - beside this file
from .records import referral_of  # noqa: TID252 - beside this file

ZONE = ZoneInfo("America/Kentucky/Louisville")
CLINICIAN = str(PEOPLE["clinician"])


async def waiting(
    desk: Signed,
    name: str,
    *,
    payer: str = "medicaid",
    payer_name: str = "",
    **wishes: str | list[str],
) -> str:
    """The id of a referral of someone new who is on the waitlist and wishes for this."""
    path = await referral_of(desk, name, payer=payer, payer_name=payer_name)
    for seen, to in (
        ("received", "contacted"),
        ("contacted", "screening"),
        ("screening", "waitlisted"),
    ):
        assert (await desk.post(f"{path}/move", seen=seen, to=to)).status_code == 303
    referral_id = path.rsplit("/", 1)[1]
    if wishes:
        page = await desk.post(f"/waitlist/people/{referral_id}", **wishes)
        assert page.status_code == 303
    return referral_id


def next_day(weekday: int) -> datetime:
    """The next such weekday at 3:00 PM, at least a day ahead."""
    there = datetime.now(ZONE) + timedelta(days=1)
    while there.weekday() != weekday:
        there += timedelta(days=1)
    return there.replace(hour=15, minute=0, second=0, microsecond=0)


async def freed(desk: Signed, at: datetime | None = None, *, meets: str = "in_person") -> str:
    """The path of a freed time of the clinician; a Tuesday afternoon unless said."""
    there = at or next_day(1)
    page = await desk.follow(
        "/waitlist/times",
        clinician=CLINICIAN,
        day=there.date().isoformat(),
        begins=f"{there:%H:%M}",
        minutes="50",
        meets=meets,
    )
    assert page.status_code == 200
    return page.url.path


def offers_in(page: str) -> list[str]:
    """The ids of the offers that have a button on a page, in their order."""
    return list(dict.fromkeys(re.findall(r"/waitlist/offers/([0-9a-f-]{36})/", page)))


def referral_ids(page: str) -> list[str]:
    """Whom a page proposes, in its order."""
    found = re.findall(r'name="people"\s+type="checkbox"\s+value="([0-9a-f-]{36})"', page)
    assert all(uuid.UUID(each) for each in found)
    return found
