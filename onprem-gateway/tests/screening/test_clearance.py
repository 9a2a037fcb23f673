"""What a clearance is worth: every hit counts, and it is for the exact text that officers saw."""

import uuid
from collections.abc import AsyncIterator, Awaitable, Callable

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.features.clients.models import Client
from lmhg_gateway.features.screening.service import Screener
from lmhg_kit.persistence import Database
from lmhg_quality.factories import ANA, BEN, released_announcement
from lmhg_stack.proof import person_of, prove
from lmhg_stack.testing import PlaneDatabase

OFFICERS = (str(uuid.uuid4()), str(uuid.uuid4()))
NAMES_BOTH = {"title": "Thanks, Thaddeus Merriweather", "body": "The SSN is 123-45-6789."}


@pytest.fixture
async def db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it, with a client and two officers in it."""
    made = Database(onprem.url("gw_worker"), pool_size=3)
    await prove(onprem, ANA.id, BEN.id, roles="compliance")
    async with made.uow(ANA, "new client") as tx:
        tx.add(Client(legal_name="Thaddeus Merriweather"))
    for officer in OFFICERS:
        await onprem.run(
            "do $$ begin perform set_config('app.actor', 'test', true),"
            " set_config('app.purpose', 'test', true); insert into identity.user_account"
            " (id, email, display_name, roles, password_hash) values"
            f" ('{officer}', '{officer}@lmhg.test', 'O', '{{compliance}}', 'x')"
            " on conflict do nothing; end $$"
        )
    await prove(onprem, *OFFICERS)
    yield made
    await made.close()


async def released(db: Database, *, title: str, body: str) -> uuid.UUID:
    """The id of an announcement that two people released, and whose text may change."""
    return (await released_announcement(db, title=title, body=body, is_standing=True)).id


async def say(db: Database, record_id: uuid.UUID, change: str) -> None:
    """An edit in the database."""
    async with db.uow(ANA, "edit") as tx:
        await tx.execute(
            text(f"update practice.announcement set {change} where id = :id"), {"id": record_id}
        )


async def decide(db: Database, record_id: uuid.UUID, *, by: str, change: str) -> None:
    """What an officer's page does to a hold."""
    async with db.uow(person_of(by), "decide") as tx:
        await tx.execute(
            text(f"update compliance.held_record set {change} where record_id = :id"),
            {"id": record_id, "by": by},
        )


CLEARED = "outcome = 'cleared', decided_by = :by"
PROPOSED = "proposed_by = :by, proposed_at = now()"


async def cleared_by_two(db: Database, record_id: uuid.UUID) -> None:
    """Two officers clear what is held."""
    await decide(db, record_id, by=OFFICERS[0], change=PROPOSED)
    await decide(db, record_id, by=OFFICERS[1], change=CLEARED)


async def release_again(db: Database, record_id: uuid.UUID) -> None:
    """The record in the outbox once more, a version on, its text untouched."""
    await say(db, record_id, "updated_at = now()")
    async with db.uow(ANA, "again") as tx:
        await tx.execute(
            text("select relay_release.release_again('announcement', :id)"), {"id": record_id}
        )


async def verdicts(onprem: PlaneDatabase, record_id: uuid.UUID) -> list[tuple[int, str]]:
    """(version, outcome) of a record, in order."""
    rows = await onprem.run(
        "select version, outcome from relay.verdict where record_id = $1 order by version",
        record_id,
    )
    return [(row["version"], row["outcome"]) for row in rows]


@pytest.mark.found("W3", "every rule that matches a text is kept, by field, whatever matches first")
async def test_every_hit_is_kept_and_the_strictest_is_named(
    db: Database, onprem: PlaneDatabase
) -> None:
    """A number in the body hides no name in the title, and no match is recorded."""
    record = await released(db, **NAMES_BOTH)
    await Screener(db).screen_waiting()
    (held,) = await onprem.run("select rule, place, hits::text from compliance.held_record")
    assert (held["rule"], held["place"]) == ("client_name", "title")
    for rule, place in (("client_name", "title"), ("ssn", "body")):
        assert f'"{rule}"' in held["hits"], held["hits"]
        assert f'"{place}"' in held["hits"], held["hits"]
    assert "Merriweather" not in held["hits"]
    assert "6789" not in held["hits"]
    assert await verdicts(onprem, record) == [(2, "hold")]


@pytest.mark.found(
    "W3", "the strictest rule decides how many people must clear it, in the database"
)
@pytest.mark.parametrize("first", ["ssn", "client_name"])
async def test_one_officer_does_not_clear_a_text_that_names_a_client_as_well(
    db: Database, onprem: PlaneDatabase, first: str
) -> None:
    """Whichever rule is named in front: one of the hits that names a client takes two officers."""
    record = await released(db, **NAMES_BOTH)
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 't', true), set_config('app.purpose', 't', true);"
        " insert into compliance.held_record (id, kind, record_id, version, rule, hits) values"
        f" (gen_random_uuid(), 'announcement', '{record}', 2, '{first}',"
        ' \'[{"rule": "ssn", "place": "body"}, {"rule": "client_name", "place": "title"}]\');'
        " end $$"
    )
    with pytest.raises(DBAPIError, match="two_officers"):
        await decide(db, record, by=OFFICERS[0], change=CLEARED)
    await cleared_by_two(db, record)


async def test_a_shape_alone_takes_one_officer(db: Database) -> None:
    """The control: what names nobody is cleared by one."""
    record = await released(db, title="Form", body="The SSN is 123-45-6789.")
    await Screener(db).screen_waiting()
    await decide(db, record, by=OFFICERS[0], change=CLEARED)


@pytest.mark.parametrize(
    "change", ["hits = '[]'", "digest = '\\x00'", "place = 'body'", "rule = 'ssn'"]
)
async def test_what_a_hold_is_about_is_never_changed(db: Database, change: str) -> None:
    """An officer decides; what was found, and in which text, stays."""
    record = await released(db, **NAMES_BOTH)
    await Screener(db).screen_waiting()
    with pytest.raises(DBAPIError, match="hold_stands"):
        await decide(db, record, by=OFFICERS[0], change=f"{PROPOSED}, {change}")


async def test_digest_is_worked_out_by_the_database(db: Database, onprem: PlaneDatabase) -> None:
    """Anyone who writes a hold cannot say which text it is about."""
    record = await released(db, **NAMES_BOTH)
    await Screener(db).screen_waiting()
    (row,) = await onprem.run(
        "select h.digest = sha256(convert_to(o.body, 'UTF8')) as same from compliance.held_record h"
        " join relay.outbox o using (kind, record_id, version) where record_id = $1",
        record,
    )
    assert row["same"] is True


@pytest.mark.found(
    "W3", "a clearance holds for exactly the text cleared, and the next version is screened"
)
async def test_cleared_text_passes_once_and_every_later_version_is_screened(
    db: Database, onprem: PlaneDatabase
) -> None:
    """The exact text that officers saw passes; the same text a version later is judged afresh."""
    screener, record = Screener(db), await released(db, **NAMES_BOTH)
    await screener.screen_waiting()
    await cleared_by_two(db, record)
    await release_again(db, record)
    await screener.screen_waiting()
    await release_again(db, record)
    await screener.screen_waiting()
    assert await verdicts(onprem, record) == [(2, "hold"), (3, "clear"), (4, "hold")]


Change = Callable[[Database, uuid.UUID], Awaitable[None]]


async def _other_text(db: Database, record_id: uuid.UUID) -> None:
    await say(db, record_id, "title = 'Thaddeus Merriweather again'")


async def _new_client(db: Database, record_id: uuid.UUID) -> None:
    async with db.uow(ANA, "new client") as tx:
        tx.add(Client(legal_name="Ottoline Parkinglot"))
    await release_again(db, record_id)


@pytest.mark.found("W3", "another text under a cleared record, or a hit that is new, is held again")
@pytest.mark.parametrize("change", [_other_text, _new_client])
async def test_clearance_covers_no_other_text_and_no_new_hit(
    db: Database, onprem: PlaneDatabase, change: Change
) -> None:
    """The version right after a cleared hold is looked at like every other."""
    said = {**NAMES_BOTH, "body": "Ottoline Parkinglot has the key. SSN 123-45-6789."}
    screener, record = Screener(db), await released(db, **said)
    await screener.screen_waiting()
    await cleared_by_two(db, record)
    await change(db, record)
    await screener.screen_waiting()
    assert await verdicts(onprem, record) == [(2, "hold"), (3, "hold")]
