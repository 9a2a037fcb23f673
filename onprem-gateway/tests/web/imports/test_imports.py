"""Imports: each row has one stated fate, nothing comes twice, and a whole import can be undone."""

import asyncio
import csv
import io
import random
from datetime import date, datetime, timedelta

import asyncpg
import pytest

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.duplicates.service import look_again
from lmhg_gateway.features.imports.rules import FATE_WORDS, STATE_WORDS, Fate, State
from lmhg_gateway.features.imports.running import Importing
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from .conftest import ZONE  # noqa: TID252 - beside this file
from .files import (  # noqa: TID252 - beside this file
    HEADS,
    born,
    brought,
    check,
    client_ids,
    csv_of,
    fates,
    found,
    imported,
    person,
    refer,
    said,
    send,
    settle,
    whys,
    word,
    xlsx_of,
)


async def test_each_row_has_one_fate_with_its_reason(admin: Signed, importing: Importing) -> None:
    """What the check says comes true, the fates add up to the file, and only good rows are saved."""
    good, other = person(), person(DOB="1985-02-03")
    blank: dict[str, str] = dict.fromkeys(HEADS, "")
    rows = [
        good,
        person(DOB="04/31/1990"),
        person(**{"Cell phone": "call me"}),
        person(**{"First name": "", "Last name": ""}),
        dict(good),
        blank,
        other,
    ]
    path = await brought(admin, importing, csv_of(rows))
    checked = await check(admin, importing, path)
    expected = {"created": 2, "failed": 3, "skipped": 2}
    reasons = {"birth_date": 1, "mobile": 1, "name_missing": 1, "twice": 1, "empty": 1}
    assert (fates(checked, "checked"), whys(checked, "checked")) == (expected, reasons)
    assert not await found(admin, good["Last name"])
    await admin.post(f"{path}/run")
    await settle(importing)
    done = await said(admin, path)
    assert (fates(done), whys(done)) == (expected, reasons)
    assert sum(fates(done).values()) == done["row_count"] == len(rows)
    assert (
        len(await found(admin, good["Last name"]))
        == len(await found(admin, other["Last name"]))
        == 1
    )
    page = (await admin.get(path)).text
    assert "Brought by Admin Person" in page
    assert "The birth date is not a day we can read" in page


@pytest.mark.parametrize("seed", [1, 2, 3])
async def test_fates_add_up_to_the_rows_of_any_file(
    admin: Signed, importing: Importing, seed: int
) -> None:
    """However broken the rows are, each has one fate in the check and in the run, and none is lost."""
    dice = random.Random(seed)  # noqa: S311 - a seed, not a secret
    odd = (
        "",
        "x" * 900,
        "=1",
        "'",
        '"',
        "\n",
        "7",
        "ü",
        "yes",
        "99/99/9999",
        "a@b",
        "\u202e",
        "🙂",
        ",,",
    )
    rows = [
        {head: dice.choice((cell, cell, dice.choice(odd))) for head, cell in person().items()}
        for _ in range(60)
    ]
    rows += dice.sample(rows, 10)
    path, told = await imported(admin, importing, csv_of(rows))
    assert (
        told["row_count"] == sum(fates(told).values()) == sum(fates(told, "checked").values()) == 70
    )
    found_rows = [
        each
        for page in ("1", "2")
        for each in (await admin.browser.get(f"/api/v1{path}/rows?page={page}")).json()["rows"]
    ]
    assert [each["number"] for each in found_rows] == list(range(2, 72))
    assert all(each["fate"] for each in found_rows)
    made = [each["client_id"] for each in found_rows if each["fate"] == "created"]
    assert len(made) == len(set(made)) == fates(told).get("created", 0)
    assert {each["why"] or each["fate"] for each in found_rows if not each["why"]} <= {"created"}


async def test_a_second_import_of_the_same_file_creates_nothing(
    admin: Signed, importing: Importing
) -> None:
    """Rows with a phone and rows with a name alone are known again."""
    rows = [person(), person(DOB="", Email="", **{"Cell phone": ""})]
    _, first = await imported(admin, importing, csv_of(rows))
    assert fates(first) == {"created": 2}
    _, second = await imported(admin, importing, csv_of(rows))
    assert (fates(second), whys(second)) == ({"skipped": 2}, {"imported": 2})


async def test_two_people_of_one_name_are_not_one(admin: Signed, importing: Importing) -> None:
    """Rows without a phone are neither dropped nor counted as the same one where a cell differs."""
    first, last = word(), word()
    same = {"First name": first, "Last name": last, "Cell phone": "", "Email": ""}
    rows = [person(**same, DOB="1/2/1990"), person(**same, DOB="3/4/1970")]
    _, told = await imported(admin, importing, csv_of(rows))
    assert fates(told) == {"created": 2}


async def test_who_is_certainly_on_record_is_held_for_a_person(
    admin: Signed, importing: Importing, onprem: PlaneDatabase
) -> None:
    """Nobody is added beside a certain match until someone says that it is someone else."""
    known = person()
    name = f"{known['First name']} {known['Last name']}"
    form = {"legal_name": name, "birth_date": born(known), "mobile": known["Cell phone"]}
    assert (await admin.post("/clients", **form)).status_code == 303
    path, told = await imported(admin, importing, csv_of([known]))
    assert (fates(told), whys(told)) == ({"skipped": 1}, {"known": 1})
    assert len(await found(admin, name)) == 1
    page = (await admin.get(f"{path}/rows", fate="held")).text
    assert "Held for you" in page
    row = (await admin.browser.get(f"/api/v1{path}/rows")).json()["rows"][0]
    added = await admin.post(f"{path}/rows/{row['id']}/add")
    assert added.status_code == 303
    await admin.post(f"{path}/rows/{row['id']}/add")
    assert len(await found(admin, name)) == 2
    apart = await onprem.run("select state from practice.client_pair where decided_by is not null")
    assert {each["state"] for each in apart} == {"not_same"}


async def test_an_import_is_undone_as_a_whole(
    admin: Signed, importing: Importing, as_role: AsRole
) -> None:
    """What nobody touched goes; what someone changed or used stays and is listed; the file may come again."""
    rows = [person() for _ in range(3)]
    path, told = await imported(admin, importing, csv_of(rows))
    assert fates(told) == {"created": 3}
    plain, changed, used = [(await found(admin, each["Last name"]))[0] for each in rows]
    saved = (await admin.browser.get(f"/api/v1/clients/{changed}")).json()
    edit = {
        "legal_name": saved["legal_name"],
        "version": str(saved["version"]),
        "payer": "Passport",
    }
    assert (await admin.post(f"/clients/{changed}", **edit)).status_code == 303
    await refer(admin, used)
    assert (await admin.post(f"{path}/undo")).status_code == 303
    await settle(importing)
    assert (await said(admin, path))["state"] == "undone"
    assert (await admin.browser.get(f"/api/v1/clients/{plain}")).status_code == 404
    stays = client_ids((await admin.get(f"{path}/rows", fate="stays")).text)
    assert set(stays) == {changed, used}
    assert not await found(admin, rows[0]["Last name"])
    _, again = await imported(admin, importing, csv_of(rows))
    assert fates(again)["created"] == 1
    refused = await admin.post(f"{path}/undo")
    assert refused.status_code in {303, 409}


async def test_undo_takes_away_a_pair_that_nobody_decided(
    admin: Signed, importing: Importing, worker_db: Database, onprem: PlaneDatabase
) -> None:
    """A record that looked like another one can go; a decision about two records cannot be deleted."""
    known = person()
    name = f"{known['First name']} {known['Last name']}"
    made = await admin.post("/clients", legal_name=name, birth_date=born(known))
    assert made.status_code == 303
    path, told = await imported(admin, importing, csv_of([known]))
    assert fates(told) == {"created": 1}
    async with worker_db.uow(Actor("process: worker"), "client.check") as tx:
        await look_again(tx)
    assert len(await found(admin, name)) == 2
    await admin.post(f"{path}/undo")
    await settle(importing)
    assert len(await found(admin, name)) == 1


async def test_updates_are_put_back(admin: Signed, importing: Importing) -> None:
    """With updates allowed a known row changes its record, and undoing returns what was there."""
    row = person()
    await imported(admin, importing, csv_of([row]))
    client = (await found(admin, row["Last name"]))[0]
    heads = (*HEADS, "Insurance")
    fuller = {**row, "Insurance": "Passport"}
    _, kept = await imported(admin, importing, csv_of([fuller], heads))
    assert (fates(kept), whys(kept)) == ({"skipped": 1}, {"differs": 1})
    path, told = await imported(admin, importing, csv_of([fuller], heads), may_update=True)
    assert fates(told) == {"updated": 1}
    assert (await admin.browser.get(f"/api/v1/clients/{client}")).json()["payer"] == "Passport"
    await admin.post(f"{path}/undo")
    await settle(importing)
    assert (await admin.browser.get(f"/api/v1/clients/{client}")).json()["payer"] == ""


WAITS = "select from pg_locks where not granted and relation = 'practice.client_token'::regclass"
"""Whether someone waits to write what a client is found by: in the middle of a row."""


async def test_a_worker_that_dies_goes_on_and_does_nothing_twice(
    admin: Signed,
    importing: Importing,
    spool: Spool,
    onprem: PlaneDatabase,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Killed in the middle of a part, the next worker does that part again and the rest."""
    rows = [person() for _ in range(12)]
    path = await brought(admin, importing, csv_of(rows))
    await check(admin, importing, path)
    await admin.post(f"{path}/run")
    monkeypatch.setattr("lmhg_gateway.features.imports.running.DONE_AT_ONCE", 5)
    assert await importing.step() == 5
    dying = Database(onprem.url("gw_worker"), pool_size=1)
    other = await asyncpg.connect(onprem.url("postgres"))
    async with other.transaction():
        await other.execute("lock table practice.client_token in exclusive mode")
        task = asyncio.create_task(Importing(dying, spool, Practice(ZONE)).step())
        while not await onprem.run(WAITS) and not task.done():
            pass
        assert not task.done()
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
    await other.close()
    await dying.close()
    await settle(importing)
    told = await said(admin, path)
    assert (told["state"], fates(told)) == ("done", {"created": 12})
    for row in rows:
        assert len(await found(admin, row["Last name"])) == 1


async def test_a_workbook_with_days_and_numbers(admin: Signed, importing: Importing) -> None:
    """A day of a spreadsheet is a birth date, and a whole number has no point."""
    first, last = word(), word()
    rows = [
        ["First name", "Last name", "DOB", "Mobile"],
        [first, last, date(1990, 4, 30), 5025550142],
    ]
    _, told = await imported(admin, importing, xlsx_of(rows), name="clients.xlsx")
    assert fates(told) == {"created": 1}
    saved = (await admin.browser.get(f"/api/v1/clients/{(await found(admin, last))[0]}")).json()
    assert (saved["birth_date"], saved["mobile"]) == ("1990-04-30", "5025550142")


async def test_the_file_and_its_cells_are_gone_in_time(
    admin: Signed, importing: Importing, worker_db: Database, spool: Spool, onprem: PlaneDatabase
) -> None:
    """The bytes go once they are read; the cells when the import can no longer be undone; the fates stay."""
    path, _ = await imported(admin, importing, csv_of([person()]))
    import_id = path.rpartition("/")[2]
    assert not spool.held()
    kept = f"select cells_sealed is not null as kept, fate from practice.import_row where import_id = '{import_id}'"
    assert [each["kept"] for each in await onprem.run(kept)] == [True]

    def late() -> datetime:
        return datetime.now().astimezone() + timedelta(days=15)

    later = Importing(worker_db, spool, Practice(ZONE, late))
    while await later.forget():
        pass
    assert [(each["kept"], each["fate"]) for each in await onprem.run(kept)] == [(False, "created")]
    assert (await admin.get(path)).status_code == 200
    assert "created" not in (await admin.get(f"{path}/report")).text


async def test_the_report_has_each_row_once(admin: Signed, importing: Importing) -> None:
    """Number, fate, reason, and what the row said, none of it a formula."""
    rows = [person(), person(DOB="never", **{"Shoe size": "=9+9"})]
    path, _ = await imported(admin, importing, csv_of(rows))
    text = (await admin.get(f"{path}/report")).text.removeprefix("\ufeff")
    lines = list(csv.reader(io.StringIO(text)))
    assert [line[:2] for line in lines[1:]] == [["2", "Added"], ["3", "Failed"]]
    assert lines[2][-1] == "'=9+9"


@pytest.mark.parametrize(
    ("data", "sentence"),
    [
        (b"", "This file is empty"),
        (b"Name\r\n", "This file has no rows"),
        (b"\xd0\xcf\x11\xe0" + b"0" * 600, "old Excel file"),
        (b"PK\x03\x04 not a workbook", "We can&#39;t read this file"),
        (b'Name,Email\nAna,"a@example.org\nBea,b@example.org\n', "A quotation mark is opened"),
        (b"Name\n" + b"x\n" * 10_100, "more than 10,000 rows"),
        (b",".join([b"h"] * 61) + b"\nx\n", "more than 60 columns"),
        (b"Name\nA\x00na\n", "We can&#39;t read this file"),
    ],
)
async def test_files_that_are_not_taken(
    admin: Signed, importing: Importing, data: bytes, sentence: str
) -> None:
    """The page says why, and nothing is saved."""
    answer = await send(admin, data)
    if answer.status_code == 303:
        await settle(importing)
        answer = await admin.get(answer.headers["location"])
    assert sentence in answer.text


async def test_columns_that_cannot_be(admin: Signed, importing: Importing) -> None:
    """A field is chosen once, the name has to be there, and what was chosen stays in the form."""
    path = await brought(admin, importing, csv_of([person()]))
    wrong = {
        "csrf_token": admin.token,
        "columns": ["email", "skip", "birth_date", "mobile", "email", "skip"],
    }
    answer = await admin.browser.post(
        f"{path}/columns", data=wrong, headers={"referer": f"http://work.test{path}"}
    )
    page = answer.text if answer.status_code == 422 else (await admin.get(path)).text
    assert "Choose it once" in page
    assert '<option value="email" selected>' in " ".join(page.split()).replace(" >", ">")
    dropped = await admin.post(f"{path}/drop")
    assert dropped.status_code == 303
    assert (await said(admin, path))["state"] == "dropped"


def test_reports_use_the_reason_words() -> None:
    """Every reason that a row can have has its words."""
    assert set(FATE_WORDS) == set(Fate)
    assert set(STATE_WORDS) == set(State)
