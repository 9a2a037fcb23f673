"""An announcement that screening holds is no dead end: its author reads why, changes it, and asks again."""

import html
import uuid
from typing import Any

import pytest

from lmhg_gateway.features.exemptions.crossing_views import state_of
from lmhg_gateway.features.holds.rules import reason_of
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

TEXT = {"title": "Where the key is", "body": "It is under 219-09-9999."}
BETTER = {"title": "Where the key is", "body": "Ask Robin for it."}
REASON = {"reason": "Everyone has to know."}
RULES = '[{"rule": "ssn", "place": "body"}, {"rule": "client_name", "place": "title and body"}]'


@pytest.fixture
async def author(as_role: AsRole) -> Signed:
    """The front desk, who writes."""
    return await as_role("front_desk")


@pytest.fixture
async def officer(as_role: AsRole) -> Signed:
    """The compliance officer, who approves."""
    return await as_role("compliance")


async def held(
    author: Signed, officer: Signed, onprem: PlaneDatabase, *, hits: str = "[]"
) -> tuple[str, str]:
    """An approved announcement that screening holds: its path, and the hold's page."""
    path = (await author.follow("/announcements", **TEXT)).url.path
    await author.follow(f"{path}/propose", **REASON)
    await officer.follow(f"{path}/approve", version="1")
    hold = uuid.uuid4()
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 't', true), set_config('app.purpose', 't', true);"
        " insert into compliance.held_record (id, kind, record_id, version, rule, place, hits)"
        f" values ('{hold}', 'announcement', '{path.rsplit('/', 1)[1]}', 2, 'ssn', 'body', '{hits}');"
        " end $$"
    )
    return path, f"/compliance/held/{hold}"


async def facts(onprem: PlaneDatabase, path: str) -> dict[str, Any]:
    """The record and what it released, as the database has them."""
    record_id = path.rsplit("/", 1)[1]
    rows = await onprem.run(
        "select title, body, hipaa_exempt, version from practice.announcement where id = $1::uuid",
        record_id,
    )
    sent = await onprem.run(
        "select op, body from relay.outbox where record_id = $1::uuid order by xid, seq", record_id
    )
    return {**dict(rows[0]), "sent": [(row["op"], row["body"] or "") for row in sent]}


async def test_author_reads_what_was_found_and_who_decides(
    author: Signed, officer: Signed, onprem: PlaneDatabase
) -> None:
    """Kinds of things and fields in words, the next step, and the way to a better text; no rule's code."""
    path, _ = await held(author, officer, onprem, hits=RULES)
    page = html.unescape((await author.get(path)).text)
    for said in (
        reason_of("ssn"),
        reason_of("client_name"),
        "In the text.",
        "In the title and text.",
    ):
        assert said in page
    assert "two compliance officers decide" in page
    assert f'href="{path}/edit"' in page
    assert ("Rule ssn" in page, "client_name" in page) == (False, False)
    alone, _ = await held(author, officer, onprem)
    assert "A compliance officer decides" in (await author.get(alone)).text


async def test_author_changes_a_held_text_and_asks_again(
    author: Signed, officer: Signed, onprem: PlaneDatabase
) -> None:
    """The approval ends with the edit: nothing of the new text leaves before a second person reads it."""
    path, hold = await held(author, officer, onprem)
    form = await author.get(f"{path}/edit")
    assert "its approval no longer counts" in form.text
    before = await facts(onprem, path)
    page = await author.follow(path, **BETTER, version=str(before["version"]))
    assert "Ask to share it again" in page.text
    assert "Only in the office" in page.text
    after = await facts(onprem, path)
    assert (after["body"], after["hipaa_exempt"]) == (BETTER["body"], False)
    assert [body for op, body in after["sent"] if op == "put" and BETTER["body"] in body] == []
    again = await author.follow(f"{path}/propose", **REASON)
    assert "Waiting for a second person" in again.text
    assert "Where the key is" in (await officer.get("/compliance/exemptions")).text
    await officer.follow(f"{path}/approve", version=str(after["version"]))
    assert BETTER["body"] in str((await facts(onprem, path))["sent"])
    old = (await officer.get(hold)).text
    assert ("changed after it was held" in old, "Allow sharing" in old) == (True, False)


async def test_nobody_else_takes_an_approval_back_by_editing(
    author: Signed, officer: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """A colleague reads who wrote it; their edit is refused, and the approval stays."""
    path, _ = await held(author, officer, onprem)
    colleague = await as_role("clinician")
    page = (await colleague.get(path)).text
    assert ("can change the text" in page, f'href="{path}/edit"' in page) == (True, False)
    version = str((await facts(onprem, path))["version"])
    refused = await colleague.post(path, **BETTER, version=version)
    assert (refused.status_code, "Take it back before" in refused.text) == (409, True)
    assert (await facts(onprem, path))["hipaa_exempt"] is True


async def test_what_an_officer_kept_can_be_rewritten_and_what_is_shared_cannot(
    author: Signed, officer: Signed, onprem: PlaneDatabase
) -> None:
    """Kept is held for good, so a better text is the way; cleared is on the portal."""
    path, hold = await held(author, officer, onprem)
    await officer.follow(hold, outcome="kept", reason="It has a number in it.")
    page = html.unescape((await author.get(path)).text)
    assert "decided that it stays in the office" in page
    assert f'href="{path}/edit"' in page
    shared, hold = await held(author, officer, onprem)
    await officer.follow(hold, outcome="cleared", reason="It is a made-up number.")
    page = (await author.get(shared)).text
    assert ("Shared with the portal" in page, f'href="{shared}/edit"' in page) == (True, False)
    version = str((await facts(onprem, shared))["version"])
    assert (await author.post(shared, **BETTER, version=version)).status_code == 409


def test_what_nobody_asked_about_is_only_in_the_office() -> None:
    """The state without any approval."""
    assert state_of(request=None, exemption=None, held=None, recall=None)[0] == "Only in the office"
