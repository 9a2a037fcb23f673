"""IntakeQ reminds people by whatever it knows: it is told no way that the client does not allow."""

import uuid
from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.write_back.rules import (
    NO_WAYS,
    Order,
    Ways,
    book_order,
    client_order,
    reminder_of,
)
from lmhg_gateway.features.write_back.ways import ways_of
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

TOLD = {
    "legal_name": "Ruthven Calloway",
    "birth_date": "1980-02-29",
    "email": "r@example.org",
    "phone": "502 555 9002",
    "mobile": "502 555 9003",
    "address": "1 Elm Street",
}
BOOKABLE = {
    "Practitioners": [{"Id": "p", "Email": "a@example.org"}],
    "Services": [{"Id": "s", "Name": "Intake"}],
    "Locations": [{"Id": "l"}],
}
WAYS = st.builds(
    Ways, email=st.booleans(), text=st.booleans(), phone=st.booleans(), mail=st.booleans()
)


@given(WAYS)
def test_each_way_is_told_exactly_where_it_is_allowed(ways: Ways) -> None:
    """Name and birth date always; a booking mails and reminds by the same permissions."""
    sent = client_order(uuid.UUID(int=1), TOLD, number=None, ways=ways)
    assert ("Email" in sent, "MobilePhone" in sent) == (ways.email, ways.text)
    assert ("Phone" in sent, "Address" in sent) == (ways.phone, ways.mail)
    assert {"Name", "DateOfBirth"} <= set(sent)
    order = Order(
        start=datetime(2027, 3, 1, tzinfo=UTC), clinician="a@example.org", service="Intake"
    )
    booked = book_order(order, BOOKABLE, number="5", ways=ways)
    assert booked["SendClientEmailNotification"] is ways.email
    assert booked["ReminderType"] == reminder_of(ways)
    assert (booked["ReminderType"] == "OptOut") is not (ways.email or ways.text)


@pytest.mark.parametrize("agreed", [False, True])
async def test_agreement_on_how_to_reach_someone_leaves_intakeq_nothing(
    onprem: PlaneDatabase,
    agreed: bool,  # noqa: FBT001 - a case
) -> None:
    """Permissions as they are now; a confidential-communication request in force closes all of them."""
    db = Database(onprem.url("gw_worker"), pool_size=1)
    office = Database(onprem.url("postgres"), pool_size=1)
    async with office.uow(Actor("process: test"), "test") as tx:
        client = Client(legal_name="Sunniva Reached", may_email=True, may_text=False)
        tx.add(client)
        await tx.flush()
        found = client.id
    if agreed:
        await onprem.run(
            "do $$ declare made uuid := gen_random_uuid(); begin"
            " perform set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true);"
            " insert into practice.records_request"
            " (id, client_id, kind, asked_by, purpose, form, received_on, due_on, taken_by)"
            f" values (made, '{found}', 'confidential', 'client', 'own', 'paper', '2026-01-02',"
            " '2026-02-01', 'test'); update practice.records_request"
            " set outcome = 'accepted', answered_on = '2026-01-03', closed_at = now(), closed_by = 'test'"
            " where id = made; end $$"
        )
    async with db.read(Actor("process: worker"), "test") as tx:
        ways = await ways_of(tx, found)
    assert ways == (NO_WAYS if agreed else Ways(email=True, text=False, phone=True, mail=False))
    await db.close()
    await office.close()
