"""Held records: the rule in words, one officer or two, and never the match."""

import html
import uuid

import pytest

from lmhg_gateway.features.holds.rules import (
    HELD_RULES,
    ONE_OFFICER,
    REASONS,
    held_rule,
    place_words,
)
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE  # noqa: TID252 - the people of this folder's fixtures

SECRET = "Quincy Featherstone"
REASON = "It is a street, not a person."


@pytest.fixture
async def officer(as_role: AsRole):
    """The compliance officer."""
    return await as_role("compliance")


@pytest.fixture
async def second(as_role: AsRole):
    """Another compliance officer."""
    return await as_role("second")


async def held(
    officer: Signed,
    second: Signed,
    onprem: PlaneDatabase,
    *,
    rule: str = "ssn",
    hits: str = "[]",
) -> tuple[str, str]:
    """An approved announcement that screening held: its path, and the hold's page."""
    page = await officer.follow("/announcements", title="Thanks", body=f"Thanks, {SECRET}.")
    path = page.url.path
    await officer.follow(f"{path}/propose", reason="For everybody.")
    await second.follow(f"{path}/approve", version="1")
    held_id = uuid.uuid4()
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 't', true), set_config('app.purpose', 't', true);"
        " insert into compliance.held_record (id, kind, record_id, version, rule, place, hits)"
        f" values ('{held_id}', 'announcement', '{path.rsplit('/', 1)[1]}', 2, '{rule}', 'body',"
        f" '{hits}');"
        " end $$"
    )
    return path, f"/compliance/held/{held_id}"


async def released(onprem: PlaneDatabase, path: str) -> list[tuple[int, str]]:
    """(version, body) of what the record put in the outbox."""
    rows = await onprem.run(
        "select version, body from relay.outbox where record_id = $1::uuid order by xid, seq",
        path.rsplit("/", 1)[1],
    )
    return [(row["version"], row["body"]) for row in rows]


UNCHECKED = {"screening_failed", "file_unread"}
"""What nobody looked at may name anyone."""


def test_every_rule_of_screening_has_words_and_names_its_officers() -> None:
    """A new rule comes with its meaning; who is named takes two officers, a shape takes one.

    A text on which screening failed may name anybody, and takes two.
    """
    assert set(HELD_RULES) == set(REASONS)
    assert set(ONE_OFFICER) <= set(HELD_RULES)
    assert all(
        held.officers == (2 if rule.startswith("client_") or rule in UNCHECKED else 1)
        and held.meaning
        for rule, held in HELD_RULES.items()
    )
    assert held_rule("client_never_seen").officers == 2


def test_every_rule_and_place_has_a_name_that_people_say() -> None:
    """No code is shown as it is written, neither "Ssn" nor "Body not json"."""
    names = [held.name for held in HELD_RULES.values()]
    assert len(set(names)) == len(names)
    raw = {rule.replace("_", " ").capitalize() for rule in HELD_RULES}
    assert raw & set(names) == {"Diagnosis", "Home address"}
    assert place_words("title and body") == "title and text"
    assert (place_words(""), place_words("record")) == ("whole record", "whole record")


async def test_filter_and_list_say_rules_in_words(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """From the one table: the filter's choice, the list, and the page of screening."""
    _, own = await held(officer, second, onprem, rule="body_not_json")
    listed = html.unescape((await officer.get("/compliance/held")).text)
    screening = html.unescape((await officer.get("/compliance/screening")).text)
    for held_name in (each.name for each in HELD_RULES.values()):
        assert held_name in listed
        assert held_name in screening
    row = next(part for part in listed.split("<tr") if own in part)
    assert "Damaged record" in row
    assert "Text" in row
    for raw in ("Body not json", ">Ssn<", "Ssn in words"):
        assert raw not in listed + screening


async def test_page_says_rule_and_field_and_never_the_match(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """What matched is on the record's own page alone."""
    path, own = await held(officer, second, onprem, rule="client_name")
    page = (await officer.get(own)).text
    assert held_rule("client_name").meaning in html.unescape(page)
    assert "body" in page
    assert path in page
    assert SECRET not in page
    assert SECRET in (await officer.get(path)).text
    assert own in (await officer.get("/compliance/held", rule="client_name")).text
    assert own not in (await officer.get("/compliance/held", rule="card")).text


@pytest.mark.found(
    "W3", "the page of a hold lists every rule and field, and asks for the strictest"
)
async def test_page_lists_every_hit_and_two_officers_clear_it(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """One rule of one officer in front does not hide one of two behind it."""
    hits = '[{"rule": "ssn", "place": "body"}, {"rule": "client_name", "place": "title"}]'
    path, own = await held(officer, second, onprem, hits=hits)
    page = html.unescape((await officer.get(own)).text)
    for rule, place in (("ssn", "text"), ("client_name", "title")):
        assert held_rule(rule).meaning in page
        assert f"{held_rule(rule).name}, in the {place}</span>" in page
    assert SECRET not in page
    listed = await officer.get("/compliance/held", rule="client_name")
    assert own in listed.text
    assert "and 1 more" in listed.text
    assert "Another officer" in (await officer.follow(own, outcome="cleared", reason=REASON)).text
    assert [version for version, _ in await released(onprem, path)] == [2]


async def test_clearing_releases_exactly_the_held_text(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """Clearing raises the version by one and puts the same text in the outbox again, once."""
    path, own = await held(officer, second, onprem)
    assert "Held for review" in (await officer.get(path)).text
    bare = await officer.post(own, outcome="cleared")
    assert bare.status_code == 422
    page = await officer.follow(own, outcome="cleared", reason=REASON)
    assert REASON in page.text.replace("&#39;", "'")
    rows = await released(onprem, path)
    assert [version for version, _ in rows] == [2, 3]
    assert rows[0][1] == rows[1][1]
    again = await officer.post(own, outcome="kept", reason=REASON)
    assert again.status_code == 409


async def test_text_that_names_a_client_takes_two_officers(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """The first one's reason is kept and nothing leaves; the same one again is refused."""
    path, own = await held(officer, second, onprem, rule="client_surname")
    page = await officer.follow(own, outcome="cleared", reason=REASON)
    assert "Another officer must agree too" in page.text
    assert [version for version, _ in await released(onprem, path)] == [2]
    again = await officer.post(own, outcome="cleared", reason=REASON)
    assert again.status_code == 403
    assert [version for version, _ in await released(onprem, path)] == [2]
    done = await second.follow(own, outcome="cleared", reason="I read it too.")
    assert "I read it too." in done.text
    assert [version for version, _ in await released(onprem, path)] == [2, 3]


async def test_word_of_an_officer_who_left_does_not_count(
    officer: Signed, second: Signed, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """The page says so; the next officer's word is the first again, and nothing leaves by it alone."""
    path, own = await held(officer, second, onprem, rule="client_name")
    await second.follow(own, outcome="cleared", reason="I read it.")
    person = (
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true); update identity.user_account set roles = '{%s}'"
        f" where id = '{PEOPLE['second']}'; end $$"
    )
    await onprem.run(person % "staff")
    try:
        assert "This no longer counts" in (await officer.get(own)).text
        page = await officer.follow(own, outcome="cleared", reason=REASON)
        assert "Another officer must agree too" in page.text
        assert "This no longer counts" not in page.text
        assert [version for version, _ in await released(onprem, path)] == [2]
        assert (await officer.post(own, outcome="cleared", reason=REASON)).status_code == 403
    finally:
        await onprem.run(person % "compliance")
    await second.follow(own, outcome="cleared", reason="I read it again.")
    assert [version for version, _ in await released(onprem, path)] == [2, 3]


async def test_text_that_changed_since_is_not_cleared(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """The officer clears what was held, not what it became."""
    path, own = await held(officer, second, onprem)
    await officer.follow(f"{path}/withdraw")
    answer = await officer.post(own, outcome="cleared", reason=REASON)
    assert answer.status_code == 409
    assert "changed since it was held" in answer.text
    assert own in (await officer.get("/compliance/held")).text


async def test_keeping_releases_nothing_and_takes_one_officer(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """Kept is decided, and moves to its own list; the reason is sealed in the database."""
    path, own = await held(officer, second, onprem, rule="client_name")
    await officer.follow(own, outcome="kept", reason=REASON)
    assert own in (await officer.get("/compliance/held", outcome="kept")).text
    assert [version for version, _ in await released(onprem, path)] == [2]
    rows = await onprem.run(
        "select reason_sealed from compliance.held_record where id = $1::uuid",
        own.rsplit("/", 1)[1],
    )
    assert REASON.encode() not in rows[0]["reason_sealed"]


async def test_hold_that_is_none_is_not_found(officer: Signed) -> None:
    """And a decision that is none is refused as a form."""
    own = f"/compliance/held/{uuid.uuid4()}"
    assert (await officer.get(own)).status_code == 404
    assert (await officer.post(own, outcome="kept", reason=REASON)).status_code == 404


async def test_page_of_an_exemption_says_that_its_record_is_held(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """Approved is not on the portal: page and list say so, and lead to anyone who decides."""
    path, own = await held(officer, second, onprem)
    rows = await onprem.run(
        "select id from relay.exemption where record_id = $1::uuid", path.rsplit("/", 1)[1]
    )
    exemption = f"/compliance/exemptions/{rows[0]['id']}"
    page = html.unescape((await officer.get(exemption)).text)
    assert "Approved, but held for review" in page
    assert own in page
    assert "This is all the portal would show" in page
    listed = (await officer.get("/compliance/exemptions")).text
    line = listed.split(exemption)[1].split("</tr>")[0]
    assert "Held for review" in line
    assert ">Thanks</a>" in line
    assert SECRET not in listed
    await officer.follow(own, outcome="kept", reason=REASON)
    kept = html.unescape((await officer.get(exemption)).text)
    assert "an officer kept it in the office" in kept
    path, own = await held(officer, second, onprem)
    await officer.follow(own, outcome="cleared", reason=REASON)
    rows = await onprem.run(
        "select id from relay.exemption where record_id = $1::uuid", path.rsplit("/", 1)[1]
    )
    cleared = (await officer.get(f"/compliance/exemptions/{rows[0]['id']}")).text
    assert "held for review" not in cleared.partition("<main")[2].partition("</main>")[0].lower()


async def test_withdrawn_exemption_says_when_it_ended_and_how_to_share_again(
    officer: Signed, second: Signed, onprem: PlaneDatabase
) -> None:
    """It has an end now, whatever was agreed, and the next step is named."""
    path, _ = await held(officer, second, onprem)
    rows = await onprem.run(
        "select id from relay.exemption where record_id = $1::uuid", path.rsplit("/", 1)[1]
    )
    own = f"/compliance/exemptions/{rows[0]['id']}"
    assert "No end date" in (await officer.get(own)).text
    page = html.unescape((await officer.follow(f"{own}/withdraw", reason="Not needed.")).text)
    assert "No end date" not in page
    assert "taken back by Compliance Person" in page
    assert "ask for a new approval" in page
    assert "held for review" not in page.partition("<main")[2].partition("</main>")[0].lower()
