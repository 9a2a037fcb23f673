"""Search and bell of the workspace: each role finds what it may see, and nothing of it is written."""

import uuid

import pytest

from lmhg_contracts.roles import ROLES
from lmhg_gateway.feature_list import FEATURES
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_stack.testing import PlaneDatabase

PERMISSIONS = FeatureSet(FEATURES, app="workspace").permissions

NAME = "Ottoline Quillfeather"
SEES_CLIENTS = PERMISSIONS["clients.read"]


@pytest.fixture
async def client_path(as_role: AsRole) -> str:
    """A client with a referral; the client's address."""
    desk = await as_role("front_desk")
    answer = await desk.post("/clients", legal_name=NAME, birth_date="1984-03-31", other_person="1")
    path = answer.headers["location"]
    referral = {
        "received_on": "2026-11-20", "channel": "phone", "source_category": "self",
        "concern_code": "anxiety", "urgency": "routine", "payer": "unknown",
    }  # fmt: skip
    await desk.post(f"{path}/referrals", **referral)
    return path


async def found(person: Signed, text: str) -> str:
    """The main part of the page that a search answers with."""
    answer = await person.post("/search", q=text)
    assert answer.status_code == 200, answer.text
    return answer.text.partition("<main")[2]


@pytest.mark.parametrize("role", ROLES)
async def test_client_is_found_by_those_who_may_see_clients(
    client_path: str, as_role: AsRole, role: str
) -> None:
    """And nobody else learns that there is one, by name, by referral or by birth date."""
    person = await as_role(role)
    for text in ("ottoline quill", "1984-03-31"):
        page = await found(person, text)
        assert (f'href="{client_path}"' in page) == (role in SEES_CLIENTS), (role, text)
        assert ("/referrals/" in page) == (role in SEES_CLIENTS), (role, text)


async def test_reading_by_search_is_audited(
    client_path: str, as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """What a search shows was read, and is on record under its purpose."""
    await found(await as_role("clinician"), "ottoline quill")
    client_id = uuid.UUID(client_path.rpartition("/")[2])
    rows = await onprem.run(
        "select 1 from audit.event where purpose = 'search' and $1 = any (subject_ids)", client_id
    )
    assert rows


@pytest.mark.usefixtures("json_logs", "client_path")
async def test_text_of_a_search_is_in_no_log_and_no_address(
    as_role: AsRole, capsys: pytest.CaptureFixture[str]
) -> None:
    """A name that was looked for leaves no trace outside the audit record, which has only ids."""
    person = await as_role("front_desk")
    capsys.readouterr()
    await found(person, "ottoline")
    written = capsys.readouterr()
    assert "/search" in written.out
    assert "ottoline" not in (written.out + written.err).lower()
    assert (await person.get("/search", q="ottoline")).text.lower().count("ottoline") == 0


async def test_administrator_finds_people_and_programs(as_role: AsRole) -> None:
    """People by name; the front desk does not find them here."""
    assert "/people/" in await found(await as_role("admin"), "clinician per")
    assert "/people/" not in await found(await as_role("front_desk"), "clinician per")


async def test_officer_finds_the_pages_of_compliance(as_role: AsRole) -> None:
    """By the words on them; for others they are not there."""
    assert 'href="/compliance/ledger"' in await found(await as_role("compliance"), "ledger")
    assert 'href="/compliance/ledger"' not in await found(await as_role("clinician"), "ledger")


async def test_bell_tells_officers_what_waits_and_nobody_else(
    as_role: AsRole, onprem: PlaneDatabase
) -> None:
    """One incident more is one more beside the bell at the next page, and gone when it is closed."""
    officer, staff = await as_role("compliance"), await as_role("staff")
    before = await bell(officer)
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        " insert into compliance.incident (id, code, subject_kind)"
        f" values ('{uuid.uuid4()}', 'canary_found', 'ticket'); end $$"
    )
    assert await bell(officer) == before + 1
    assert "Open incidents" in (await officer.get("/notifications")).text
    assert await bell(staff) == 0
    assert "You are all caught up" in (await staff.get("/notifications")).text


async def bell(person: Signed) -> int:
    """The number in the top bar."""
    _, found_it, rest = (await person.get("/")).text.partition('class="count num">')
    return int(rest.partition("<")[0]) if found_it else 0


def test_every_provider_names_a_permission_of_the_table() -> None:
    """A provider whose permission nobody has would be silent for ever."""
    providers = [each for feature in FEATURES for each in (*feature.search, *feature.bell)]
    assert len(providers) >= 8
    assert {each.permission for each in providers} <= set(PERMISSIONS)
    ways = [way for feature in FEATURES for way in (*feature.nav, *feature.ways)]
    assert {way.permission for way in ways} <= set(PERMISSIONS)
