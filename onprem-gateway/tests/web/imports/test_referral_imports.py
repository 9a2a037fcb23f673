"""Files of referrals: each row has one stated fate, nothing comes twice, our own export maps back, and undo."""

import csv
import io
import re
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import pytest

from lmhg_gateway.features.imports.referral_columns import FIELD_WORDS, is_own, refused, suggested
from lmhg_gateway.features.imports.rules import WHY_WORDS
from lmhg_gateway.features.imports.running import Importing
from lmhg_gateway.features.referrals.exported import HEADS
from lmhg_kit.http.testing import Signed

from .conftest import ZONE  # noqa: TID252 - beside this file
from .files import (  # noqa: TID252 - beside this file
    check,
    csv_of,
    fates,
    found,
    imported,
    person,
    said,
    settle,
    whys,
)

TODAY = datetime.now(ZoneInfo(ZONE)).date()
COLUMNS = ("First name", "Last name", "DOB", "Cell phone", "Referral date", "Referred by", "Reason for referral",
           "Priority", "Insurance", "Notes")  # fmt: skip


def referral(who: Mapping[str, str], **more: str) -> dict[str, str]:
    """A referral of someone, as a row of an old system's file."""
    made = {name: who[name] for name in COLUMNS[:4]}
    rest = {
        "Referral date": f"{TODAY:%m/%d/%Y}", "Referred by": "Physician", "Reason for referral": "Grief",
        "Priority": "soon", "Insurance": "Aetna PPO", "Notes": "",
    }  # fmt: skip
    return {**made, **rest, **more}


def of_referrals(rows: Sequence[Mapping[str, str]]) -> bytes:
    """The rows as CSV."""
    return csv_of(rows, COLUMNS)


async def clients(admin: Signed, importing: Importing, count: int) -> list[dict[str, str]]:
    """People who are on record, each as a row of the file that brought them."""
    rows = [person() for _ in range(count)]
    _, told = await imported(admin, importing, csv_of(rows))
    assert fates(told) == {"created": count}
    return rows


async def brought(admin: Signed, importing: Importing, data: bytes, what: str = "referrals") -> str:
    """A file that was sent as one of referrals and read: the address of its import."""
    answer = await admin.browser.post(
        "/imports",
        data={"csrf_token": admin.token, "what": what},
        files={"file": ("referrals.csv", data)},
    )
    assert answer.status_code == 303, answer.text
    await settle(importing)
    return answer.headers["location"].partition("?")[0]


async def ran(
    admin: Signed, importing: Importing, path: str, *, may_update: bool = False
) -> dict[str, Any]:
    """The same, checked and imported."""
    await check(admin, importing, path, may_update=may_update)
    answer = await admin.post(f"{path}/run")
    assert answer.status_code == 303, answer.text
    await settle(importing)
    return await said(admin, path)


async def rows_of(admin: Signed, path: str) -> list[dict[str, Any]]:
    """The rows with their fates."""
    return (await admin.browser.get(f"/api/v1{path}/rows")).json()["rows"]


async def one(admin: Signed, referral_id: str) -> dict[str, Any]:
    """A referral as the API says it."""
    return (await admin.browser.get(f"/api/v1/referrals/{referral_id}")).raise_for_status().json()


async def exported(admin: Signed) -> list[dict[str, str]]:
    """Our own export of referrals."""
    page = await admin.post("/exports", what="referrals", form="csv", stays="stays")
    file: httpx.Response = page
    if page.status_code == 303:
        file = await admin.browser.get(page.headers["location"])
    return list(csv.DictReader(io.StringIO(file.text.removeprefix("\ufeff"))))


def test_columns_of_a_file_are_known_by_their_heads() -> None:
    """Our own heads map back by themselves; whose it is and the day are needed."""
    own = list(HEADS.values())
    assert is_own(own)
    assert {name for name in suggested(own) if name != "skip"} == set(HEADS) & set(FIELD_WORDS)
    assert not is_own(COLUMNS)
    assert suggested(COLUMNS) == [
        "first_name", "last_name", "birth_date", "mobile", "received_on", "source_category",
        "concern_code", "urgency", "payer", "concern",
    ]  # fmt: skip
    assert "whose referral" in refused(["received_on"])
    assert "day it was received" in refused(["legal_name"])
    assert "twice" not in refused(["record"])
    assert "Two columns" in refused(["legal_name", "received_on", "received_on"])
    assert refused(["legal_name", "received_on", "may_voicemail"])
    assert not refused(["client_record", "received_on"])


async def test_each_row_has_one_fate_and_they_add_up(admin: Signed, importing: Importing) -> None:
    """The check says what comes true; what is wrong is said, and only good rows begin a referral."""
    first, second, third = await clients(admin, importing, 3)
    rows: list[dict[str, str]] = [
        referral(first),
        referral(first),
        referral(second, **{"Referral date": "04/31/2026"}),
        referral(second, **{"Reason for referral": "Bad luck"}),
        referral(second, Priority="whenever"),
        referral(person()),
        dict.fromkeys(COLUMNS, ""),
        referral(third, **{"Insurance": "medicaid: Passport", "Referred by": "", "Priority": ""}),
        referral(third, **{"Referral date": "01/05/2026"}),
    ]
    path = await brought(admin, importing, of_referrals(rows))
    checked = await check(admin, importing, path)
    assert checked["what"] == "referrals"
    expected = {"created": 2, "failed": 4, "skipped": 3}
    reasons = {
        "twice": 1, "received_on": 1, "concern_code": 1, "urgency": 1, "client_unknown": 1, "empty": 1,
        "open": 1,
    }  # fmt: skip
    assert (fates(checked, "checked"), whys(checked, "checked")) == (expected, reasons)
    [client] = await found(admin, first["Last name"])
    assert not (await admin.browser.get("/api/v1/referrals")).json()["total"]
    done = await ran(admin, importing, path)
    assert (fates(done), whys(done)) == (expected, reasons)
    assert sum(fates(done).values()) == done["row_count"] == len(rows)
    made = [each for each in await rows_of(admin, path) if each["fate"] == "created"]
    told = [await one(admin, each["referral_id"]) for each in made]
    assert [(t["payer"], t["payer_name"], t["urgency"], t["source_category"]) for t in told] == [
        ("other", "Aetna PPO", "soon", "physician"),
        ("medicaid", "Passport", "routine", "unknown"),
    ]
    assert {each["state"] for each in told} == {"received"}
    assert told[0]["client_id"] == client
    page = (await admin.get(f"{path}/rows")).text
    assert f'href="/referrals/{made[0]["referral_id"]}"' in page
    assert WHY_WORDS["client_unknown"] in page


async def test_a_second_import_of_the_same_file_begins_nothing(
    admin: Signed, importing: Importing
) -> None:
    """Rows are known again, whatever became of their referrals since."""
    [who] = await clients(admin, importing, 1)
    data = of_referrals([referral(who)])
    assert fates(await ran(admin, importing, await brought(admin, importing, data))) == {
        "created": 1
    }
    again = await check(admin, importing, await brought(admin, importing, data))
    assert (fates(again, "checked"), whys(again, "checked")) == ({"skipped": 1}, {"imported": 1})


async def test_our_own_export_maps_back_and_changes_details(
    admin: Signed, importing: Importing
) -> None:
    """Unchanged it says the same; a changed cell is an edit with its history, and undo puts it back."""
    [who] = await clients(admin, importing, 1)
    path = await brought(admin, importing, of_referrals([referral(who)]))
    await ran(admin, importing, path)
    [row] = await rows_of(admin, path)
    mine = [each for each in await exported(admin) if each["Referral"] == row["referral_id"]]
    assert len(mine) == 1
    same = await brought(admin, importing, csv_of(mine, list(mine[0])), what="clients")
    told = await check(admin, importing, same)
    assert (told["what"], whys(told, "checked")) == ("referrals", {"same": 1})
    changed = [
        {
            **mine[0],
            "Payer": "Medicare",
            "Received": f"{TODAY:%m}/01/{TODAY:%Y}",
            "May contact": "yes",
        }
    ]
    edited = await brought(admin, importing, csv_of(changed, list(mine[0])))
    assert whys(await check(admin, importing, edited), "checked") == {"differs": 1}
    assert fates(await ran(admin, importing, edited, may_update=True)) == {"updated": 1}
    now = await one(admin, row["referral_id"])
    assert (now["payer"], now["payer_name"], now["may_contact"]) == ("medicare", "", True)
    page = (await admin.get(f"/referrals/{row['referral_id']}")).text
    assert "Details changed" in page
    await admin.post(f"{edited}/undo")
    await settle(importing)
    back = await one(admin, row["referral_id"])
    assert (back["payer"], back["payer_name"], back["may_contact"]) == ("other", "Aetna PPO", False)
    assert back["received_on"] == TODAY.isoformat()


async def test_undo_closes_what_no_one_touched_and_lists_the_rest(
    admin: Signed, importing: Importing
) -> None:
    """A referral that was called or moved stays; after an undo the file can be imported again."""
    people = await clients(admin, importing, 3)
    data = of_referrals([referral(each) for each in people])
    path = await brought(admin, importing, data)
    await ran(admin, importing, path)
    quiet, called, moved = (each["referral_id"] for each in await rows_of(admin, path))
    await admin.follow(f"/referrals/{called}/attempts", channel="phone", result="no_answer")
    await admin.follow(f"/referrals/{moved}/move", seen="received", to="contacted")
    assert "closed as entered by mistake" in (await admin.get(path)).text
    await admin.post(f"{path}/undo")
    await settle(importing)
    states = [(await one(admin, each))["state"] for each in (quiet, called, moved)]
    assert states == ["closed", "received", "contacted"]
    undone = [each["undone"] for each in await rows_of(admin, path)]
    assert undone == ["closed", "stays_used", "stays_changed"]
    page = (await admin.get(path)).text
    assert "Closed as entered by mistake" in page
    stays = (await admin.get(f"{path}/rows?fate=stays")).text
    assert (f"/referrals/{called}" in stays, f"/referrals/{quiet}" in stays) == (True, False)
    again = await ran(admin, importing, await brought(admin, importing, data))
    assert (fates(again), whys(again)) == ({"created": 1, "skipped": 2}, {"imported": 2})


@pytest.mark.parametrize("what", ["clients", "referrals"])
async def test_what_the_rows_are_is_chosen_with_the_file(admin: Signed, what: str) -> None:
    """The form asks, and a program says it; anything else is refused."""
    page = (await admin.get("/imports/new")).text
    assert re.search(rf'name="what"[^>]*value="{what}"', page)
    odd = await admin.browser.post(
        "/imports",
        data={"csrf_token": admin.token, "what": "notes"},
        files={"file": ("x.csv", b"a,b\n1,2\n")},
    )
    assert odd.status_code == 422
