"""What tests of looking back are made of: clients, texts that crossed, and what came of them."""

import uuid
from collections.abc import Mapping

import msgspec

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.screening.service import Screener
from lmhg_kit.persistence import Database
from lmhg_quality.factories import ANA, released_announcement
from lmhg_stack.testing import PlaneDatabase

OFFICERS = (str(uuid.uuid4()), str(uuid.uuid4()))
ZONE = "America/Kentucky/Louisville"


async def new_client(db: Database, name: str, **facts: str) -> uuid.UUID:
    """Someone becomes a client."""
    client = Client(legal_name=name, **facts)
    async with db.uow(ANA, "new client") as tx:
        tx.add(client)
    return client.id


async def arrived(
    db: Database, onprem: PlaneDatabase, body: str, *, subject: str = "Help"
) -> uuid.UUID:
    """A ticket of the portal that was screened when it arrived, and stayed there."""
    ticket_id = uuid.uuid4()
    said = {
        "kind": "ticket", "assignee_id": None, "body": body, "category": "computer",
        "filed_at": "2026-01-02T03:04:05Z", "filed_by": str(uuid.uuid4()), "redacted": False,
        "state": "new", "subject": subject, "urgency": "low",
    }  # fmt: skip
    await store(onprem, ticket_id, said)
    await Screener(db).screen_arrived()
    return ticket_id


async def store(onprem: PlaneDatabase, record_id: uuid.UUID, said: Mapping[str, object]) -> None:
    """A record of the portal's as the relay writes it here."""
    await onprem.run(
        "insert into replica.record (kind, record_id, version, body)"
        " values ($1, $2, 1, $3::jsonb)",
        str(said["kind"]), record_id, msgspec.json.encode(said).decode(),
    )  # fmt: skip


async def released(db: Database, *, title: str, body: str = "All staff.") -> uuid.UUID:
    """An announcement that two people released, screened."""
    record = await released_announcement(db, title=title, body=body)
    await Screener(db).screen_waiting()
    return record.id


async def findings(onprem: PlaneDatabase, record_id: uuid.UUID) -> list[tuple[str, str, bool]]:
    """(rule, place, missed) of what was found about a record."""
    rows = await onprem.run(
        "select rule, place, is_missed from compliance.look_back_finding where record_id = $1",
        record_id,
    )
    return [tuple(row) for row in rows]


async def incidents(onprem: PlaneDatabase, record_id: uuid.UUID) -> list[str]:
    """Codes of the incidents about a record."""
    rows = await onprem.run("select code from compliance.incident where subject_id = $1", record_id)
    return [row["code"] for row in rows]


async def orders(onprem: PlaneDatabase, record_id: uuid.UUID) -> list[str]:
    """Reasons of the redaction orders for a portal text that wait to cross."""
    rows = await onprem.run("select body from relay.outbox where kind = 'redaction_order'")
    found = [msgspec.json.decode(row["body"]) for row in rows]
    return [each["reason"] for each in found if each["target_id"] == str(record_id)]


async def recalls(onprem: PlaneDatabase, record_id: uuid.UUID) -> int:
    """Recalls of a record that wait to cross."""
    rows = await onprem.run(
        "select 1 from relay.outbox where record_id = $1 and op = 'recall'", record_id
    )
    return len(rows)
