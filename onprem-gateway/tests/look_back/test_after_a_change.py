"""Backwards in time: what becomes a client's after a text crossed is found in what is in the cloud."""

import uuid
from datetime import UTC, datetime

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lmhg_contracts.classification import StoragePolicy
from lmhg_gateway.features.announcements.models import Announcement
from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.exemptions.models import ExemptionRequest
from lmhg_gateway.features.look_back.service import LookBack
from lmhg_gateway.features.screening.service import Screener
from lmhg_gateway.features.staff.public import put_profile
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.exemptions import Exemption
from lmhg_quality.factories import ANA, BEN
from lmhg_stack.proof import person_of
from lmhg_stack.testing import PlaneDatabase

from .cases import (  # noqa: TID252 - beside this file
    OFFICERS,
    arrived,
    findings,
    incidents,
    new_client,
    orders,
    recalls,
    released,
    store,
)


async def test_a_ticket_filed_before_its_client_is_ordered_removed_within_one_pass(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """The original stays here, an incident opens, and what is recorded is no text."""
    ticket_id = await arrived(db, onprem, "Rowan Applewhite asked about the form")
    assert await orders(onprem, ticket_id) == []
    await new_client(db, "Rowan Applewhite")
    assert await look_back.look() == 1
    assert await orders(onprem, ticket_id) == ["names_client"]
    assert await incidents(onprem, ticket_id) == ["client_named_later"]
    assert await findings(onprem, ticket_id) == [("client_name", "body", False)]
    kept = await onprem.run(
        "select body_sealed from practice.kept_text where source_id = $1", ticket_id
    )
    assert len(kept) == 1
    assert b"Applewhite" not in kept[0]["body_sealed"]
    (since,) = await onprem.run(
        "select readable_since from compliance.look_back_finding where record_id = $1", ticket_id
    )
    assert since["readable_since"] == datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC)
    assert await look_back.look() == 0


async def test_an_announcement_released_before_its_client_is_recalled(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """Its own approval is withdrawn in the worker's name, and the database writes the recall."""
    record = await released(db, title="Thanks to Quincy Featherstone")
    await new_client(db, "Quincy Featherstone")
    await look_back.look()
    assert await recalls(onprem, record) == 1
    (exemption,) = await onprem.run(
        "select withdrawn_by from relay.exemption where record_id = $1", record
    )
    assert exemption["withdrawn_by"] == "process: worker"
    assert await incidents(onprem, record) == ["client_named_later"]
    assert await findings(onprem, record) == [("client_name", "title", False)]


FACTS = {
    "phone": ("Please call 502 555 0142 back", "(502) 555-0142", "client_phone"),
    "birth_date": ("Card for 03/31/1984 is ready", "1984-03-31", "client_birth_date"),
    "address": ("The box for 12 N Oak Street", "12 North Oak St", "client_address"),
}


@pytest.mark.parametrize("column", FACTS)
async def test_a_fact_that_is_added_later_is_searched_too(
    db: Database, onprem: PlaneDatabase, look_back: LookBack, column: str
) -> None:
    """The client is known for long; the number, the date or the house is new."""
    said, fact, rule = FACTS[column]
    client_id = await new_client(db, f"Fact {column} Bearer")
    await look_back.look()
    ticket_id = await arrived(db, onprem, said)
    async with db.uow(ANA, "edit") as tx:
        client = await tx.get(Client, client_id)
        assert client is not None
        setattr(client, column, fact)
    assert await look_back.look() == 1
    assert await findings(onprem, ticket_id) == [(rule, "body", False)]
    assert len(await orders(onprem, ticket_id)) == 1


async def test_a_name_cut_between_two_messages_is_found_later_too(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """Each message is read with the end of what was written before it in its ticket."""
    ticket_id = await arrived(db, onprem, "I mean the form of Ann-Marie")
    message_id = uuid.uuid4()
    await store(onprem, message_id, {
        "kind": "ticket_message", "author_id": str(ticket_id), "body": "Fields, it is locked",
        "internal": False, "redacted": False, "sent_at": "2026-01-02T03:05:00Z",
        "ticket_id": str(ticket_id),
    })  # fmt: skip
    await Screener(db).screen_arrived()
    await new_client(db, "Ann-Marie Fields")
    await look_back.look()
    assert len(await orders(onprem, message_id)) == 1
    assert [rule for rule, _, _ in await findings(onprem, message_id)]


async def test_an_unrelated_client_finds_nothing(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """And shapes of identifiers, which no new client changes, are not looked for."""
    ticket_id = await arrived(db, onprem, "Barnaby Oldcastle asked about the form")
    record = await released(db, title="Barnaby Oldcastle speaks")
    await new_client(db, "Perpetua Inglethorpe", phone="502 555 0199")
    assert await look_back.look() == 1
    assert await findings(onprem, ticket_id) + await findings(onprem, record) == []
    assert await orders(onprem, ticket_id) == []
    assert await recalls(onprem, record) == 0


async def test_a_change_that_names_nobody_anew_starts_no_search(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """What a client owes or prefers is in no text that a rule could find."""
    client_id = await new_client(db, "Leopold Underbridge")
    await look_back.look()
    count = "select count(*) from compliance.look_back_pass"
    (before,) = await onprem.run(count)
    async with db.uow(ANA, "edit") as tx:
        client = await tx.get(Client, client_id)
        assert client is not None
        client.payer = "Self-pay"
    assert await look_back.look() == 0
    assert await onprem.run(count) == [before]


async def decide(db: Database, record_id: uuid.UUID, *, by: str, change: str) -> None:
    """What an officer's page does to a hold."""
    async with db.uow(person_of(by), "decide") as tx:
        await tx.execute(
            text(f"update compliance.held_record set {change} where record_id = :id"),
            {"id": record_id, "by": by},
        )


@pytest.mark.parametrize("is_same", [True, False])
async def test_a_text_stays_that_officers_cleared_with_these_very_hits(
    db: Database,
    onprem: PlaneDatabase,
    look_back: LookBack,
    is_same: bool,  # noqa: FBT001 - a case of the table
) -> None:
    """Another client with the same name changes nothing; a hit that they did not see does."""
    surname = "Merriweather" if is_same else "Lindqvister"
    await new_client(db, f"Thaddeus {surname}")
    await look_back.look()
    record = await released(
        db, title=f"Thaddeus {surname} retires", body="Reach him at 502 555 0177."
    )
    await decide(db, record, by=OFFICERS[0], change="proposed_by = :by, proposed_at = now()")
    await decide(db, record, by=OFFICERS[1], change="outcome = 'cleared', decided_by = :by")
    async with db.uow(ANA, "again") as tx:
        await tx.execute(
            text("update practice.announcement set updated_at = now() where id = :id"),
            {"id": record},
        )
        await tx.execute(
            text("select relay_release.release_again('announcement', :id)"), {"id": record}
        )
    await Screener(db).screen_waiting()
    phone = {} if is_same else {"phone": "502 555 0177"}
    await new_client(db, f"Thaddeus {surname}", **phone)
    await look_back.look()
    assert await recalls(onprem, record) == (0 if is_same else 1)
    assert len(await findings(onprem, record)) == (0 if is_same else 1)


async def test_a_text_whose_screening_still_runs_is_searched_as_well(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """Screening may have read the clients before this one was there; neither leaves it to the other."""
    message_id = uuid.uuid4()
    await store(onprem, message_id, {
        "kind": "ticket_message", "author_id": str(message_id), "body": "Call Lucasta Penhallow",
        "internal": False, "redacted": False, "sent_at": "2026-01-02T03:05:00Z",
        "ticket_id": str(message_id),
    })  # fmt: skip
    await new_client(db, "Lucasta Penhallow")
    await look_back.look()
    await Screener(db).screen_arrived()
    assert len(await orders(onprem, message_id)) == 1
    assert await incidents(onprem, message_id) == ["client_named_later"]


async def test_what_screening_holds_is_left_to_the_officers(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """It never left: its approval is valid until they decide."""
    await new_client(db, "Ottoline Crabtree")
    record = await released(db, title="Ottoline Crabtree speaks")
    await look_back.look()
    assert await findings(onprem, record) == []
    assert await recalls(onprem, record) == 0


async def standing(db: Database, kind: str) -> None:
    """An approval of a whole kind."""
    async with db.uow(ANA, "ask") as tx:
        tx.sync_session.add(ExemptionRequest(kind=kind, record_id=None, requested_by=ANA.id))
    async with db.uow(BEN, "approve") as tx:
        tx.sync_session.add(
            Exemption(kind=kind, record_id=None, requested_by=ANA.id, approved_by=BEN.id)
        )


async def test_under_a_standing_approval_one_profile_is_kept_back_and_the_others_stay(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """A colleague alone is no client; one who is named exactly as a client is."""
    await standing(db, "staff_profile")
    ids = {name: uuid.uuid4() for name in ("Rhea Brackenridge", "Tobias Kettlewell")}
    async with db.uow(ANA, "people") as tx:
        for name, person_id in ids.items():
            email = f"{person_id}@lmhg.test"
            await put_profile(tx, person_id, email=email, display_name=name, roles=["staff"])
    await Screener(db).screen_waiting()
    await new_client(db, "Ottoline Brackenridge")
    await new_client(db, "Tobias Kettlewell")
    await look_back.look()
    rows = await onprem.run(
        "select id, hipaa_exempt from practice.staff_profile where id = any($1)", list(ids.values())
    )
    assert {row["id"]: row["hipaa_exempt"] for row in rows} == dict(zip(ids.values(), (True, False), strict=True))  # fmt: skip
    kept = await onprem.run("select record_id, kept_by, reason_sealed from compliance.kept_back")
    assert [(row["record_id"], row["kept_by"]) for row in kept] == [
        (ids["Tobias Kettlewell"], "process: worker")
    ]
    assert await recalls(onprem, ids["Tobias Kettlewell"]) == 1


async def test_under_a_standing_approval_one_announcement_is_taken_back(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """Its own designation ends; the approval stays for all others."""
    await standing(db, "announcement")
    (approval,) = await onprem.run(
        "select id from relay.exemption where kind = 'announcement' and record_id is null"
    )
    record = Announcement(
        title="Euphemia Drinkwater speaks", body="At noon.", author_id=uuid.uuid4(),
        published_at=datetime.now(UTC), exemption_id=approval["id"],
    )  # fmt: skip
    async with db.uow(ANA, "write") as tx:
        tx.add(record, storage_policy=StoragePolicy.CLOUD_ALLOWED)
    await Screener(db).screen_waiting()
    await new_client(db, "Euphemia Drinkwater")
    await look_back.look()
    assert await recalls(onprem, record.id) == 1
    (still,) = await onprem.run(
        "select withdrawn_at from relay.exemption where id = $1", approval["id"]
    )
    assert still["withdrawn_at"] is None


async def test_a_finding_ends_when_the_portal_says_that_nobody_can_read_it(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """By the receipt of the recall, or by the redacted text that came back; not before."""
    ticket_id = await arrived(db, onprem, "Septimus Yarborough asked about the form")
    record = await released(db, title="Septimus Yarborough speaks")
    await new_client(db, "Septimus Yarborough")
    await look_back.look()
    gone = "select gone_at from compliance.look_back_finding where record_id = $1"

    async def ends() -> list[bool]:
        await look_back.close_gone()
        rows = [await onprem.run(gone, each) for each in (ticket_id, record)]
        return [row["gone_at"] is not None for (row,) in rows]

    assert await ends() == [False, False]
    await onprem.run(
        "insert into relay.recall_status (kind, record_id, version, withdrawn_at) select kind,"
        " record_id, version, now() from relay.outbox where record_id = $1 and op = 'recall'",
        record,
    )
    assert await ends() == [False, False]
    await onprem.run(
        "update relay.recall_status set unreadable_at = now() where record_id = $1", record
    )
    assert await ends() == [False, True]
    await onprem.run(
        "update replica.record set version = 2, received_at = now(),"
        " body = body || jsonb_build_object('redacted', true) where record_id = $1",
        ticket_id,
    )
    assert await ends() == [True, True]


@pytest.mark.parametrize(
    ("role", "change"),
    [
        ("gw_worker", "delete from compliance.look_back_finding"),
        ("gw_worker", "update compliance.look_back_finding set rule = 'other'"),
        ("gw_worker", "update compliance.look_back_finding set gone_at = null"),
        ("gw_workspace", "update compliance.look_back_finding set gone_at = now()"),
        ("gw_workspace", "update compliance.look_back_state set cursor = now()"),
        ("gw_workspace", "update compliance.look_back_pass set finished_at = now()"),
    ],
)
async def test_nobody_changes_or_removes_what_was_found(
    db: Database, onprem: PlaneDatabase, look_back: LookBack, role: str, change: str
) -> None:
    """Only its end is added, by the worker, once."""
    await arrived(db, onprem, "Valentine Ravenhill asked about the form")
    await new_client(db, "Valentine Ravenhill")
    await look_back.look()
    one = Database(onprem.url(role), pool_size=1)
    with pytest.raises(DBAPIError):
        async with one.uow(ANA, "forge") as tx:
            await tx.execute(text(change))
    await one.close()
