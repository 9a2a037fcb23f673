"""Merging: seen before it is done, nothing is lost, the old record leads to the new, and it can be undone."""

import uuid

import pytest
from sqlalchemy import Uuid

from lmhg_gateway.database import MODELS
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.merging.rules import FIELDS, FLAGS, LABELS, LOCKED, TEXTS
from lmhg_gateway.features.merging.wall import tables_of
from lmhg_gateway.web.points import MergeRows
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.proof import acting, outcome, prove
from lmhg_stack.testing import PlaneDatabase

from .merges import add, merge_of, merged, preview, refer  # noqa: TID252 - beside this file

KEPT = {
    "client_token", "client_indexed", "staff_tie", "client_pair", "client_merge", "exemption_request",
    "intakeq_merge", "disposal_item",
}  # fmt: skip
"""Tables that name a client and move nothing: they are worked out again, or say what was."""


@pytest.fixture
async def desk(as_role: AsRole) -> Signed:
    """Someone at the front desk."""
    return await as_role("front_desk")


def test_every_table_that_names_a_client_is_moved_or_kept_for_a_reason() -> None:
    """A feature that adds one says what becomes of its rows; the database guards each of them."""
    contributed = {
        each.kind
        for feature in FEATURES
        for each in feature.contributes
        if isinstance(each, MergeRows)
    }
    tables = [model.__dict__["__table__"] for model in MODELS]
    naming = {
        table.name
        for table in tables
        if any(
            (column.name == "client_id" and isinstance(column.type, Uuid))
            or any(key.target_fullname == "practice.client.id" for key in column.foreign_keys)
            for column in table.columns
        )
    } - {"client"}
    assert naming <= contributed | KEPT
    assert {table.name for table in tables_of(tables)} <= contributed


def test_every_field_of_a_client_has_its_rule() -> None:
    """A new column is chosen, filled, made stricter or locked, and has a label."""
    from lmhg_gateway.features.clients.forms import ClientForm

    kept = set(ClientForm.__struct_fields__) - {"payer_name"}  # in the text of the payer
    assert kept | {"intakeq_number"} == set(FIELDS)
    assert set(LABELS) == set(FIELDS) == {*TEXTS, *FLAGS, LOCKED, "intakeq_number"}


async def test_preview_lists_all_that_moves_and_does_nothing(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """Counts by feature, both values to choose from, the stricter flags; a look changes nothing."""
    survivor = await add(desk, "Isolde Fairwater", mobile="502 555 0711", may_text="1")
    other = await add(desk, "Izzy Fairwater", mobile="502 555 0712", address="1 Elm Street")
    await refer(desk, other)
    page = (await desk.get(f"/clients/{survivor}/merge/{other}")).text
    for word in (
        "1 referral",
        "(502) 555-0711",
        "(502) 555-0712",
        "1 Elm Street",
        "Nothing is done",
    ):
        assert word in page
    rows = await onprem.run("select count(*) from practice.client_merge")
    assert rows[0]["count"] == 0


async def test_merge_moves_rows_keeps_choices_and_leads_on(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """Rows go along, fields as chosen, the old record redirects, and its name finds the new one."""
    survivor = await add(
        desk, "Marguerite Silverlake", mobile="502 555 0721", may_text="1", may_email="1"
    )
    other = await add(
        desk, "Peggy Silverlake", mobile="502 555 0722", address="9 Oak Avenue", may_email="1", part2="1"
    )  # fmt: skip
    referral = await refer(desk, other)
    page = await merged(desk, survivor, other, mobile="other")
    assert page.url.path == f"/clients/{survivor}"
    assert "Records merged." in page.text
    for word in ("(502) 555-0722", "9 Oak Avenue", "42 CFR Part 2", "Merged records", referral):
        assert word in page.text
    assert "Text message: yes" in page.text
    assert "Email: yes" in page.text
    old = await desk.browser.get(f"/clients/{other}", follow_redirects=True)
    assert old.url.path == f"/clients/{survivor}"
    assert "was merged into this one" in old.text
    for text in ("Peggy Silverlake", "502 555 0722", other):
        found = (await desk.follow("/clients/search", q=text)).text
        assert f"/clients/{survivor}" in found
        assert f'href="/clients/{other}"' not in found
    assert f'href="/clients/{other}"' not in (await desk.get("/clients")).text
    assert (
        "Merged into Marguerite Silverlake"
        in (await desk.get(f"/clients/merges/{await merge_of(onprem, other)}")).text
    )


async def test_merged_record_is_read_only_everywhere(desk: Signed, onprem: PlaneDatabase) -> None:
    """No edit, no row, no second merge, no way around it in the database."""
    survivor, other = await add(desk, "Cressida Holmfirth"), await add(desk, "Cress Holmfirth")
    third = await add(desk, "Third Holmfirth")
    stale = await preview(desk, third, other)
    await merged(desk, survivor, other)
    assert (
        await desk.post(f"/clients/{other}", legal_name="Someone Else", version="1")
    ).status_code == 409
    assert (await desk.post(f"/clients/{third}/merge/{other}", **stale)).status_code == 409
    assert (await desk.get(f"/clients/{other}/edit")).status_code == 303
    person = uuid.uuid4()
    await prove(onprem, person, roles="front_desk")
    import asyncpg

    link = await asyncpg.connect(onprem.url("gw_workspace"))
    try:
        referral = (
            "insert into practice.referral (id, client_id, source_category, received_on, channel,"
            " concern_code) values (gen_random_uuid(), '{}', 'self', current_date, 'phone', 'unknown')"
        )
        tries = {
            f"update practice.client set may_text = true where id = '{other}'": "LM060",
            f"update practice.client set merged_into = null where id = '{other}'": "LM060",
            f"update practice.client set merged_into = '{other}' where id = '{survivor}'": "LM060",
            f"update practice.client set merged_into = '{survivor}' where id = '{third}'": "LM060",
            referral.format(other): "LM060",
            referral.format(survivor): "accepted",
        }
        for sql, code in tries.items():
            assert await outcome(link, f"select {acting(person)}", sql) == code, sql
    finally:
        await link.close()


async def test_undo_after_later_edits_keeps_what_was_changed_and_added(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """What moved goes back with its changes; edits since stay and are named; new rows stay."""
    survivor = await add(desk, "Emmeline Ashcombe", mobile="502 555 0731")
    other = await add(desk, "Emmie Ashcombe", address="4 Birch Lane", email="e@example.test")
    before = await refer(desk, other)
    await merged(desk, survivor, other)
    after = await refer(desk, survivor, why_another="new_concern")
    await desk.follow(f"{before}/move", seen="received", to="contacted")
    version = (
        await onprem.run("select version from practice.client where id = $1::uuid", survivor)
    )[0]
    await desk.follow(
        f"/clients/{survivor}", legal_name="Emmeline Ashcombe", mobile="502 555 0731",
        email="new@example.test", address="4 Birch Lane", version=str(version["version"]),
    )  # fmt: skip
    merge = await merge_of(onprem, other)
    seen = (await desk.get(f"/clients/merges/{merge}")).text
    assert "These were changed since and stay: Email." in seen
    page = await desk.follow(f"/clients/merges/{merge}/undo")
    assert "There are two records again." in page.text
    assert "These were changed since and stayed: Email." in page.text
    one, two = (
        (await desk.get(f"/clients/{survivor}")).text,
        (await desk.get(f"/clients/{other}")).text,
    )
    assert {word: word in one for word in ("new@example.test", after, "4 Birch Lane", before)} == {
        "new@example.test": True, after: True, "4 Birch Lane": False, before: False,
    }  # fmt: skip
    assert [word for word in ("e@example.test", "4 Birch Lane", before) if word not in two] == []
    assert "Contacted" in two
    assert (await desk.post(f"/clients/merges/{merge}/undo")).status_code == 409
    assert f"/clients/{other}" in (await desk.follow("/clients/search", q="Emmie")).text


async def test_merge_from_an_older_look_is_refused(desk: Signed) -> None:
    """Someone who saw other values decides again."""
    survivor, other = await add(desk, "Sabine Northcote"), await add(desk, "Sabina Northcote")
    seen = await preview(desk, survivor, other)
    await desk.follow(
        f"/clients/{other}", legal_name="Sabina Northcote", payer="Medicaid", version="1"
    )
    assert (await desk.post(f"/clients/{survivor}/merge/{other}", **seen)).status_code == 409


async def test_disclosures_and_the_log_of_the_old_record_are_shown_with_the_new(
    desk: Signed, as_role: AsRole
) -> None:
    """The accounting of a merged record stays as it was, and is given for the one that goes on."""
    officer = await as_role("compliance")
    survivor, other = await add(desk, "Florian Whitlock"), await add(desk, "Flo Whitlock")
    await officer.follow(
        f"/compliance/access/clients/{other}/disclosures",
        disclosed_on="2026-11-01", basis="court", recipient="Jefferson Circuit Court",
        what="Dates of service", why="Order",
    )  # fmt: skip
    page = (await desk.get(f"/clients/{survivor}/merge/{other}")).text
    assert "1 recorded disclosure" in page
    await merged(desk, survivor, other)
    report = (await officer.get(f"/compliance/access/clients/{survivor}")).text
    assert "Jefferson Circuit Court" in report


async def test_merge_and_undo_are_in_the_ledger_by_name_of_field_alone(
    desk: Signed, onprem: PlaneDatabase
) -> None:
    """Who, when and which tables; never a value."""
    survivor = await add(desk, "Ludovica Penhallow")
    other = await add(desk, "Ludo Penhallow", address="77 Secret Street")
    await merged(desk, survivor, other)
    await desk.follow(f"/clients/merges/{await merge_of(onprem, other)}/undo")
    rows = await onprem.run(
        "select purpose, act, subject_kind, columns from audit.event where purpose like 'client.merge%'"
        " and act in ('insert', 'update')"
    )
    kinds = {(row["purpose"], row["subject_kind"]) for row in rows}
    assert {("client.merge", "client_merge"), ("client.merge_undo", "client")} <= kinds
    assert "Secret" not in repr([dict(row) for row in rows])


async def test_programs_see_merge_and_undo(desk: Signed) -> None:
    """The same over the API."""
    survivor, other = await add(desk, "Perpetua Langford"), await add(desk, "Pet Langford")
    await refer(desk, other)
    path = f"/api/v1/clients/{survivor}/merge/{other}"
    seen = (await desk.get(path)).json()
    assert seen["going"] == [{"noun": "referral", "count": 1, "is_moved": True}]
    body = {key: seen[key] for key in ("survivor_version", "other_version")}
    header = {"x-csrf-token": desk.token}
    made = await desk.browser.post(path, json=body, headers=header)
    assert (made.status_code, made.json()["moved"]["referral"]) == (201, 1)
    assert (await desk.get(f"/api/v1/clients/{other}")).json()["merged_into"] == survivor
    assert (await desk.browser.post(path, json=body, headers=header)).status_code == 409
    merge = made.json()["id"]
    assert (await desk.get(f"/api/v1/clients/merges/{merge}")).json()["undone_at"] is None
    undone = await desk.ask("POST", f"/api/v1/clients/merges/{merge}/undo")
    assert undone.json()["undone_at"]
    assert (await desk.get(f"/api/v1/clients/{other}")).json()["merged_into"] is None


@pytest.mark.parametrize("role", ["clinician", "compliance", "staff"])
async def test_others_merge_nothing(as_role: AsRole, desk: Signed, role: str) -> None:
    """Who changes no clients merges none."""
    survivor, other = await add(desk, f"Role {role}quill"), await add(desk, f"Roly {role}quill")
    person = await as_role(role)
    path = f"/clients/{survivor}/merge/{other}"
    assert (await person.get(path)).status_code in {403, 404}
    answer = await person.post(path, survivor_version="1", other_version="1")
    assert answer.status_code in {403, 404}


async def test_other_record_is_found_by_name_and_not_in_the_address(desk: Signed) -> None:
    """From a client's page; a client is not offered to be merged with themselves."""
    survivor, other = await add(desk, "Quintessa Maplewood"), await add(desk, "Tess Maplewood")
    page = await desk.post(f"/clients/{survivor}/merge", q="maplewood")
    assert f"/clients/{survivor}/merge/{other}" in page.text
    assert f"/clients/{survivor}/merge/{survivor}" not in page.text
    assert (await desk.get(f"/clients/{survivor}/merge/{survivor}")).status_code == 404
    assert (await desk.post(f"/clients/{survivor}/merge", q="")).status_code == 422
