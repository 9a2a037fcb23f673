"""A budget for each page of the workspace: how often it may go to the database and back."""

import uuid
from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from lmhg_gateway import feature_list
from lmhg_gateway.app import workspace
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.edge import Edge
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.testing import Signed, browser_at, sign_in
from lmhg_kit.http.work import DATABASE
from lmhg_kit.persistence import Database
from lmhg_quality.bench import practice
from lmhg_quality.trips import compare, pages_of, trips_of, visitor_for
from lmhg_quality.wire import Wire, counted
from lmhg_stack.testing import PlaneDatabase

from .conftest import PEOPLE, WORKSPACE  # noqa: TID252 - beside this file

DOCUMENT = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into practice.document (id, client_id, label)
values ('{uuid.UUID(int=0xD0C)}', '{uuid.UUID(int=0xC000)}', 'other') on conflict do nothing;
insert into practice.client_import (id, upload_id, begun_by, begun_at)
values ('{uuid.UUID(int=0x1A9)}', '{uuid.UUID(int=0x1A8)}', 'test', now()) on conflict do nothing;
insert into practice.document_version (id, document_id, number, upload_id, kind, added_by)
values ('{uuid.UUID(int=0xD0D)}', '{uuid.UUID(int=0xD0C)}', 1, '{uuid.UUID(int=0xD0E)}', 'pdf', 'test')
on conflict do nothing; end $$"""
"""A document whose file is on its way to the store."""
FREED = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into practice.freed_slot (id, clinician_id, starts_at, minutes, meets, came_by, round_size, hold_minutes)
values ('{uuid.UUID(int=0xF5)}', '{PEOPLE["clinician"]}', now() + interval '9 days', 50, 'in_person', 'hand', 1, 60)
on conflict do nothing;
insert into practice.visit_authorization (id, referral_id, client_id, granted_by, units, counts_from, warn_units, warn_days)
select '{uuid.UUID(int=0xA7)}', id, client_id, 'insurer', 8, current_date, 2, 14 from practice.referral limit 1
on conflict do nothing; end $$"""
"""A time that is free for fourteen people who wait, and visits that an insurer allows."""
REQUEST = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into practice.records_request
    (id, client_id, kind, asked_by, purpose, form, received_on, due_on, taken_by)
values ('{uuid.UUID(int=0x6E9)}', '{uuid.UUID(int=0xC000)}', 'records', 'client', 'own_use', 'paper',
    current_date, current_date + 30, 'test') on conflict do nothing; end $$"""
"""A request that is open."""
CREDENTIAL = f"""insert into practice.staff_credential (id, person_id, kind, state, valid_until, changed_by)
values ('{uuid.UUID(int=0xC4E)}', '{PEOPLE["clinician"]}', 'license', 'KY', current_date + 90, 'test')
on conflict do nothing"""
"""A clinician's license."""
CONSENT = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into practice.consent (id, client_id, scope, given_by, how, given_on, recorded_by)
values ('{uuid.UUID(int=0xC05)}', '{uuid.UUID(int=0xC000)}', 'telehealth', 'client', 'signed', current_date,
    'test') on conflict do nothing; end $$"""
"""A consent in force."""
ESTIMATE = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into practice.estimate (id, client_id, why, began_at, due_at, opened_by)
values ('{uuid.UUID(int=0xE57)}', '{uuid.UUID(int=0xC000)}', 'asked', now(), now(), 'test')
on conflict do nothing; end $$"""
"""An estimate that is owed."""
RELATED = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into practice.related_person (id, client_id, role, consents)
values ('{uuid.UUID(int=0x6E7)}', '{uuid.UUID(int=0xC000)}', 'parent', 'alone') on conflict do nothing; end $$"""
"""A parent of the client."""
AWAY = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into practice.absence (id, person_id, reason, first_on, last_on, noted_by)
values ('{uuid.UUID(int=0xAB5)}', '{PEOPLE["clinician"]}', 'vacation', current_date, current_date + 5, 'test')
on conflict do nothing;
insert into compliance.vendor (id, name, does, sees, changed_by)
values ('{uuid.UUID(int=0xBAA)}', 'Mailer', 'Sends mail', 'contact', 'test') on conflict do nothing;
insert into compliance.incident (id, code, subject_kind)
values ('{uuid.UUID(int=0xB1)}', 'reported', 'none') on conflict do nothing;
insert into compliance.breach_case (id, incident_id, discovered_on, opened_by)
values ('{uuid.UUID(int=0xB2)}', '{uuid.UUID(int=0xB1)}', current_date, 'test') on conflict do nothing; end $$"""
"""A clinician who is away, a service without a contract, and a breach case."""
BATCH = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into compliance.disposal_batch (id, salt, proposed_by)
values ('{uuid.UUID(int=0xBA7)}', repeat('a', 64), 'test') on conflict do nothing;
insert into compliance.disposal_item (id, batch_id, client_id, line, years)
values ('{uuid.UUID(int=0x17E)}', '{uuid.UUID(int=0xBA7)}', '{uuid.UUID(int=0xC000)}', 'clients', 7)
on conflict do nothing; end $$"""
"""A batch with one record."""
TRAY = f"""do $$ begin
perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);
insert into practice.paper (id, state, came_at, source, page_count, client_id)
values ('{uuid.UUID(int=0x9A9)}', 'open', now() - interval '3 days', 'upload', 1, '{uuid.UUID(int=0xC000)}'),
    ('{uuid.UUID(int=0x9AA)}', 'open', now(), 'upload', 1, null) on conflict do nothing;
insert into practice.paper_file (id, paper_id, ordinal, source, state, added_by, received_at)
values ('{uuid.UUID(int=0x9AB)}', '{uuid.UUID(int=0x9A9)}', 0, 'upload', 'checking', 'test', now())
on conflict do nothing;
insert into practice.paper_page (id, file_id, number, paper_id, place, picture_at, picture_size)
values ('{uuid.UUID(int=0x9AC)}', '{uuid.UUID(int=0x9AB)}', 1, '{uuid.UUID(int=0x9A9)}', 1, 0, 0)
on conflict (id) do nothing; end $$"""
"""A late paper whose client is chosen, and another one."""
TABLE = Path(__file__).with_name("trips.json")
FOLDER = Path(feature_list.__file__).with_name("features")
ROLES = ["front_desk", "compliance", "admin", "staff"]
PERMISSIONS = FeatureSet(FEATURES, app="workspace").permissions


@pytest.fixture
async def wire(onprem: PlaneDatabase) -> AsyncIterator[Wire]:
    """A wire to the database that counts."""
    async with counted(onprem.server.port) as made:
        yield made


@pytest.fixture(scope="module")
async def filled(onprem: PlaneDatabase, ledger: None) -> None:
    """Clients, referrals, today's appointments, and a signed ledger."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    await practice.fill_records(db)
    await db.close()


@pytest.fixture
async def measured(
    onprem: PlaneDatabase,
    wire: Wire,
    settings: WorkspaceSettings,
    filled: None,
    people: dict[str, uuid.UUID],
) -> AsyncIterator[Edge]:
    """A workspace behind the wire, over a practice with something on each list."""
    url = onprem.url("gw_workspace").replace(f":{onprem.server.port}/", f":{wire.port}/")
    db = Database(url, pool_size=2)
    yield workspace.build(settings, db)
    await db.close()


@pytest.fixture
async def visitors(measured: Edge, sessions: Sessions) -> AsyncIterator[dict[str, Signed]]:
    """One signed-in browser of each role."""
    made: dict[str, Signed] = {}
    for role in ROLES:
        browser = browser_at(measured, "10.8.0.7", base_url=WORKSPACE)
        token = await sign_in(
            browser, measured, role, account_id=str(PEOPLE[role]), sessions=sessions
        )
        made[role] = Signed(browser, token)
    yield made
    for each in made.values():
        await each.browser.aclose()


async def known_ids(onprem: PlaneDatabase) -> dict[str, str]:
    """A record for each parameter of a route; of what the practice has none, an id that is unknown."""
    unknown = str(uuid.UUID(int=0xDEAD))
    names = "record_id announcement_id check_id statement_id held_id exemption_id request_id"
    more = "other_id pair_id merge_id item_id incident_id match_id packet_id client opening_id allowance_id recall_id"
    known = dict.fromkeys([*names.split(), *more.split()], unknown)
    for table in ("referral", "appointment"):
        [row] = await onprem.run(f"select id from practice.{table} limit 1")
        known[f"{table}_id"] = str(row["id"])
    client = str(uuid.UUID(int=0xC000))
    for each in (
        DOCUMENT,
        FREED,
        REQUEST,
        CREDENTIAL,
        CONSENT,
        ESTIMATE,
        RELATED,
        AWAY,
        BATCH,
        TRAY,
    ):
        await onprem.run(each)
    return known | {
        "batch_id": str(uuid.UUID(int=0xBA7)),
        "slot_id": str(uuid.UUID(int=0xF5)), "authorization_id": str(uuid.UUID(int=0xA7)),
        "person_id": str(PEOPLE["clinician"]), "offer_id": unknown, "part_id": unknown,
        "absence_id": str(uuid.UUID(int=0xAB5)), "vendor_id": str(uuid.UUID(int=0xBAA)), "case_id": str(uuid.UUID(int=0xB2)),
        "document_id": str(uuid.UUID(int=0xD0C)), "paper_id": str(uuid.UUID(int=0x9A9)), "import_id": str(uuid.UUID(int=0x1A9)), "rights_id": str(uuid.UUID(int=0x6E9)), "year": "2026", "colleague_id": str(PEOPLE["clinician"]), "credential_id": str(uuid.UUID(int=0xC4E)), "consent_id": str(uuid.UUID(int=0xC05)), "estimate_id": str(uuid.UUID(int=0xE57)), "related_id": str(uuid.UUID(int=0x6E7)), "number": "1",
        "client_id": client, "user_id": str(PEOPLE["staff"]), "n": "1", "kind": "announcement", "ledger": "relay", "name": "clients",
    }  # fmt: skip


async def test_no_page_takes_more_trips_than_its_budget(
    measured: Edge, wire: Wire, visitors: dict[str, Signed], onprem: PlaneDatabase
) -> None:
    """Everything that waits for the server counts; a page that is not in the table is over."""
    known = await known_ids(onprem)
    found: dict[str, int] = {}
    for path, permission in pages_of(measured).items():
        role = visitor_for(permission, PERMISSIONS, roles=lambda: ROLES)
        found[path] = await trips_of(wire, visitors[role], path, known)
    over = compare(TABLE, found, features=FOLDER)
    assert not over, "\n".join(over)


async def test_a_page_with_a_transaction_around_it_is_over_its_budget(
    measured: Edge, wire: Wire, visitors: dict[str, Signed]
) -> None:
    """The control: BEGIN, the name and COMMIT of a unit that is whole are seen on the wire."""
    db: Database = measured.inner.state[DATABASE.name]
    within = await trips_of(wire, visitors["front_desk"], "/clients", {})
    db.look = db.read
    over = await trips_of(wire, visitors["front_desk"], "/clients", {})
    assert within == 4
    assert over == within + 2
