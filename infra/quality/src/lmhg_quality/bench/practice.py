"""A practice to look at: the rows that the measured pages show, and people signed in to see them."""

import uuid
from datetime import UTC, date, datetime, timedelta

import asyncpg

from lmhg_gateway.features.appointments.models import Appointment
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.referrals.models import Referral
from lmhg_kit.http.session import Sessions
from lmhg_kit.http.session_limits import LIMITS_BY_ROLE, SessionLimits
from lmhg_kit.persistence import Actor, Database
from lmhg_portal.features.identity.repository import PortalSessions
from lmhg_quality.bench.reviews import fill_ledgers
from lmhg_stack.begin import workspace_sessions
from lmhg_stack.testing import PlaneDatabase

CLIENTS, REFERRALS, APPOINTMENTS, TICKETS, ENTRIES = 200, 50, 50, 200, 1_000
BENCH = Actor("process: bench")
PEOPLE = {"front_desk": uuid.UUID(int=0xB1), "compliance": uuid.UUID(int=0xB2)}
SUPPORT = uuid.UUID(int=0xB3)
_ACT = "perform set_config('app.actor', 'bench', true), set_config('app.purpose', 'bench', true)"


def client(number: int) -> Client:
    """One invented client with what the list shows, and some of what it does not."""
    made = Client(id=uuid.UUID(int=0xC000 + number), part2=number % 10 == 0)
    made.legal_name = f"Quillon Testperson-{number}"
    made.birth_date = f"19{number % 60 + 30}-0{number % 9 + 1}-11"
    made.mobile = f"502 555 {number:04d}"
    made.email = f"client{number}@example.org"
    made.address = f"{number} Elm Street, Louisville, KY"
    made.payer = ("Medicaid", "Medicare", "Private")[number % 3]
    return made


async def fill_records(db: Database) -> None:
    """Clients, referrals and today's appointments."""
    noon = datetime.now(UTC).replace(hour=16, minute=0, second=0, microsecond=0)
    async with db.uow(BENCH, "bench") as tx:
        clients = [client(number) for number in range(CLIENTS)]
        for each in clients:
            tx.add(each)
        await tx.flush()
        for number in range(REFERRALS):
            tx.add(
                Referral(
                    client_id=clients[number].id,
                    source_category="self",
                    received_on=date(2026, 11, number % 27 + 1),
                    channel="phone",
                    concern_code="unknown",
                    state=("received", "contacted", "waitlisted")[number % 3],
                )
            )
        for number in range(APPOINTMENTS):
            starts = noon + timedelta(minutes=number % 8 * 15)
            row = Appointment(
                client_id=clients[number].id,
                starts_at=starts,
                ends_at=starts + timedelta(minutes=50),
                status="confirmed",
            )
            row.service, row.place = "Therapy session", "Room 2"
            tx.add(row)


async def put_people(database: PlaneDatabase) -> None:
    """An account for each role."""
    for role, person in PEOPLE.items():
        await database.run(
            f"do $$ begin {_ACT}; insert into identity.user_account"  # noqa: S608 - invented people
            f" (id, email, display_name, roles) values ('{person}', '{role}@lmhg.test',"
            f" '{role.title()} Person', '{{{role}}}'); end $$"
        )


async def fill_onprem(database: PlaneDatabase, db: Database) -> None:
    """Records, both ledgers, and two people."""
    await fill_records(db)
    await put_people(database)
    await fill_ledgers(database, ENTRIES)
    await database.run("analyze")


async def workspace_token(database: PlaneDatabase, role: str) -> str:
    """The secret of a workspace session."""
    return await workspace_sessions(database).begin(
        str(PEOPLE[role]), display_name="Bench", roles=frozenset({role}), replaces=None
    )


async def fill_cloud(database: PlaneDatabase) -> None:
    """The profile of someone at support, and a queue."""
    link = await asyncpg.connect(database.url("postgres"))
    try:
        profile = (
            "insert into replica.record (kind, record_id, version, body) values ('staff_profile',"  # noqa: S608 - an invented person
            f" '{SUPPORT}', 1, jsonb_build_object('kind', 'staff_profile', 'active', true,"
            " 'display_name', 'Support Person', 'roles', jsonb_build_array('it_support')))"
        )
        tickets = (
            "insert into portal.ticket (id, subject, body, category, urgency, state, filed_by,"  # noqa: S608 - invented tickets
            " filed_at, hipaa_exempt, exemption_id)"
            " select gen_random_uuid(), 'The printer at desk ' || n || ' jams', 'Again.', 'hardware',"
            f" 'normal', 'new', '{SUPPORT}', now() - n * interval '1 hour', true,"
            " (select id from relay.exemption where kind = 'ticket' limit 1)"
            f" from generate_series(1, {TICKETS}) n"
        )
        await link.execute(f"do $$ begin {_ACT}; {profile}; {tickets}; end $$")
        await link.execute("analyze")
    finally:
        await link.close()


async def portal_token(database: PlaneDatabase) -> str:
    """The secret of a portal session."""
    db = Database(database.url("po_portal"), pool_size=1)
    sessions = Sessions(PortalSessions(db), limits=SessionLimits(by_role=LIMITS_BY_ROLE))
    try:
        return await sessions.begin(
            str(SUPPORT), display_name="", roles=frozenset({"it_support"}), replaces=None
        )
    finally:
        await db.close()
