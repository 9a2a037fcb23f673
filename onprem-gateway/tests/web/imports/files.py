"""Files of invented clients, and the steps that bring one in."""

import csv
import io
import re
import uuid
from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import httpx
import xlsxwriter

from lmhg_gateway.features.imports.running import Importing
from lmhg_kit.http.testing import Signed

from .conftest import ZONE  # noqa: TID252 - beside this file

HEADS = ("First name", "Last name", "DOB", "Cell phone", "Email", "Shoe size")


def word() -> str:
    """A made-up word that no other test has."""
    return "".join(chr(97 + int(each, 16)) for each in uuid.uuid4().hex[:12]).capitalize()


def person(**more: str) -> dict[str, str]:
    """An invented person as a row of a file, with a birth date that looks like nobody else's by chance.

    One date for all would be more than half of a likeness: then a short name of another test is enough
    to have a new record asked about.
    """
    first, last = word(), word()
    made_at = uuid.uuid4().int
    day = date(1930 + made_at % 70, 1 + made_at // 70 % 12, 13 + made_at // 840 % 16)
    made = {
        "First name": first,
        "Last name": last,
        "DOB": f"{day:%m/%d/%Y}",
        "Cell phone": f"502 555 {uuid.uuid4().int % 10_000:04}",
        "Email": f"{first.lower()}@example.org",
        "Shoe size": "9",
    }
    return {**made, **more}


def born(row: Mapping[str, str]) -> str:
    """The birth date of a row, as a form of the product sends it."""
    return f"{datetime.strptime(row['DOB'], '%m/%d/%Y').date():%Y-%m-%d}"  # noqa: DTZ007 - a day


def csv_of(rows: Sequence[Mapping[str, str]], heads: Sequence[str] = HEADS) -> bytes:
    """The rows as CSV."""
    out = io.StringIO()
    writer = csv.DictWriter(out, fieldnames=heads)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode()


def xlsx_of(rows: Sequence[Sequence[Any]]) -> bytes:
    """The rows as a workbook; a day is a day there."""
    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "default_date_format": "m/d/yy"}) as book:
        sheet = book.add_worksheet()
        for at, row in enumerate(rows):
            sheet.write_row(at, 0, row)
    return out.getvalue()


async def settle(importing: Importing) -> None:
    """Have the worker do all that waits."""
    while await importing.step():
        pass


async def send(admin: Signed, data: bytes, name: str = "clients.csv") -> httpx.Response:
    """Send a file, as a browser without a script does."""
    return await admin.browser.post(
        "/imports", data={"csrf_token": admin.token}, files={"file": (name, data)}
    )


async def brought(
    admin: Signed, importing: Importing, data: bytes, name: str = "clients.csv"
) -> str:
    """A file that was sent and read: the address of its import."""
    answer = await send(admin, data, name)
    assert answer.status_code == 303, answer.text
    await settle(importing)
    return answer.headers["location"].partition("?")[0]


async def said(admin: Signed, path: str) -> dict[str, Any]:
    """An import as the API says it."""
    return (await admin.browser.get(f"/api/v1{path}")).raise_for_status().json()


async def check(
    admin: Signed,
    importing: Importing,
    path: str,
    columns: Sequence[str] | None = None,
    *,
    may_update: bool = False,
) -> dict[str, Any]:
    """Choose the columns as suggested, or these, and have the rows checked."""
    chosen = list(columns) if columns is not None else (await said(admin, path))["columns"]
    form = {
        "csrf_token": admin.token,
        "columns": chosen,
        **({"may_update": "1"} if may_update else {}),
    }
    answer = await admin.browser.post(f"{path}/columns", data=form)
    assert answer.status_code == 303, answer.text
    await settle(importing)
    return await said(admin, path)


async def imported(
    admin: Signed,
    importing: Importing,
    data: bytes,
    *,
    may_update: bool = False,
    name: str = "c.csv",
) -> tuple[str, dict[str, Any]]:
    """A file that was brought, checked and imported: its address, and what the API says."""
    path = await brought(admin, importing, data, name)
    await check(admin, importing, path, may_update=may_update)
    answer = await admin.post(f"{path}/run")
    assert answer.status_code == 303, answer.text
    await settle(importing)
    return path, await said(admin, path)


def fates(told: Mapping[str, Any], of: str = "fates") -> dict[str, int]:
    """How many rows have each fate."""
    found: dict[str, int] = {}
    for each in told[of]:
        found[each["fate"]] = found.get(each["fate"], 0) + each["count"]
    return found


def whys(told: Mapping[str, Any], of: str = "fates") -> dict[str, int]:
    """How many rows have each reason."""
    return {each["why"]: each["count"] for each in told[of] if each["why"]}


def client_ids(page: str) -> list[str]:
    """The clients that a page links to."""
    return re.findall(r"/clients/([0-9a-f-]{36})", page)


async def found(admin: Signed, words: str) -> list[str]:
    """The clients that a search finds."""
    answer = await admin.browser.post(
        "/api/v1/clients/search", json={"q": words}, headers={"x-csrf-token": admin.token}
    )
    return [each["id"] for each in answer.raise_for_status().json()["clients"]]


async def refer(admin: Signed, client: str) -> None:
    """A referral of a client."""
    said = {
        "source_category": "physician",
        "channel": "phone",
        "concern_code": "grief",
        "urgency": "routine",
    }
    today = datetime.now(ZoneInfo(ZONE)).date().isoformat()
    answer = await admin.post(f"/clients/{client}/referrals", received_on=today, **said)
    assert answer.status_code == 303, answer.text
