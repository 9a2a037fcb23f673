"""Nothing is left out and nothing is done twice: passes that die, run at once, or never ran."""

import asyncio
import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import text
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.features.look_back.service import LookBack, LookBackIncomplete
from lmhg_gateway.features.screening import allowances
from lmhg_gateway.features.screening.forms import AllowForm
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.proof import person_of
from lmhg_stack.testing import PlaneDatabase

from .cases import (  # noqa: TID252 - beside this file
    OFFICERS,
    ZONE,
    arrived,
    findings,
    incidents,
    new_client,
    orders,
    recalls,
    released,
)


@asynccontextmanager
async def refusing(onprem: PlaneDatabase, table: str, when: str) -> AsyncIterator[None]:
    """The database refuses some rows, as it does when the process or the disk dies at them."""
    await onprem.run(
        "create or replace function public.dies() returns trigger language plpgsql as"
        " $$ begin raise exception 'dies'; end $$"
    )
    await onprem.run(
        f"create trigger dies before insert or update on {table}"
        f" for each row when ({when}) execute function public.dies()"
    )
    yield
    await onprem.run(f"drop trigger dies on {table}")


async def test_a_pass_that_died_is_made_again_and_doubles_nothing(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """The process ends between the search and its note of how far it is; the next one starts there."""
    ticket_id = await arrived(db, onprem, "Cornelia Ashgrove asked about the form")
    await new_client(db, "Cornelia Ashgrove")

    async with refusing(onprem, "compliance.look_back_state", "true"):
        with pytest.raises(DBAPIError):
            await look_back.look()
    assert len(await orders(onprem, ticket_id)) == 1
    assert await LookBack(db, ZONE).look() >= 1
    assert len(await orders(onprem, ticket_id)) == 1
    assert len(await findings(onprem, ticket_id)) == 1
    assert await incidents(onprem, ticket_id) == ["client_named_later"]


async def test_a_process_that_starts_goes_on_where_the_last_one_was(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """What changed while no worker ran is searched as soon as one does."""
    ticket_id = await arrived(db, onprem, "Ignatius Fernsby asked about the form")
    await new_client(db, "Ignatius Fernsby")
    assert await LookBack(db, ZONE).look() >= 1
    assert len(await orders(onprem, ticket_id)) == 1


async def test_one_text_that_fails_stops_no_other_and_the_pass_is_made_again(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """How far it is does not move on until every text was dealt with."""
    ids = [await arrived(db, onprem, f"Hester Quillfeather, number {n}") for n in range(3)]
    await new_client(db, "Hester Quillfeather")
    bad = sorted(ids)[1]
    async with refusing(onprem, "practice.kept_text", f"new.source_id = '{bad}'"):
        with pytest.raises(LookBackIncomplete):
            await look_back.look()
    assert [len(await orders(onprem, each)) for each in sorted(ids)] == [1, 0, 1]
    assert await findings(onprem, bad) == []
    assert await look_back.look() == 1
    assert [len(await orders(onprem, each)) for each in sorted(ids)] == [1, 1, 1]


NIGHT = timedelta(days=1)
"""From the search that the fixture made to the one that is due next."""


async def test_the_nightly_search_finds_what_a_removed_trigger_missed_and_says_so(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """The search after a change never ran: the night's one takes the text back and marks it."""
    ticket_id = await arrived(db, onprem, "Delphine Hartsough asked about the form")
    record = await released(db, title="Delphine Hartsough speaks")
    await new_client(db, "Delphine Hartsough")
    assert await look_back.prove() == 0
    assert await findings(onprem, ticket_id) == []
    look_back.clock = lambda: datetime.now(UTC) + NIGHT
    assert await look_back.prove() == 1
    assert await findings(onprem, ticket_id) == [("client_name", "body", True)]
    assert await findings(onprem, record) == [("client_name", "title", True)]
    assert len(await orders(onprem, ticket_id)) == await recalls(onprem, record) == 1


async def test_the_nightly_search_finds_nothing_after_the_trigger_did_its_work(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """What was found at once is not found, marked or taken back again at night."""
    ticket_id = await arrived(db, onprem, "Florian Birdwhistle asked about the form")
    await new_client(db, "Florian Birdwhistle")
    await look_back.look()
    missed = "select count(*) from compliance.look_back_finding where is_missed"
    (before,) = await onprem.run(missed)
    look_back.clock = lambda: datetime.now(UTC) + 2 * NIGHT
    assert await look_back.prove() == 1
    assert await onprem.run(missed) == [before]
    assert await findings(onprem, ticket_id) == [("client_name", "body", False)]


SIDE_BY_SIDE = 12
"""Texts of each home, so that two passes meet at some of them."""


async def test_two_passes_at_once_take_a_text_back_once(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """Two workers, or the night's search beside the one after a change: one of them acts."""
    said = "Araminta Goldsworth asked about form {}"
    tickets = [await arrived(db, onprem, said.format(n)) for n in range(SIDE_BY_SIDE)]
    records = [await released(db, title=said.format(n)) for n in range(SIDE_BY_SIDE)]
    await new_client(db, "Araminta Goldsworth")
    await asyncio.gather(look_back.look(), LookBack(db, ZONE).look())
    for each in (*tickets, *records):
        assert len(await findings(onprem, each)) == 1
        assert await incidents(onprem, each) == ["client_named_later"]
    assert [len(await orders(onprem, each)) for each in tickets] == [1] * SIDE_BY_SIDE
    assert [await recalls(onprem, each) for each in records] == [1] * SIDE_BY_SIDE


async def test_a_word_that_is_no_longer_allowed_is_searched_for_at_once(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """All is searched again without waiting for the night, and nothing is called missed."""
    form = AllowForm(term="Zumwalt Cartage", reason="The firm that brings our paper.")
    async with db.uow(person_of(OFFICERS[0]), "ask") as tx:
        asked = (await allowances.ask(tx, form, by=OFFICERS[0])).id
    async with db.uow(person_of(OFFICERS[1]), "approve") as tx:
        await allowances.approve(tx, asked, by=OFFICERS[1], at=datetime.now(UTC))
    await new_client(db, "Ottilie Zumwalt")
    await look_back.look()
    ticket_id = await arrived(db, onprem, "Zumwalt Cartage comes today")
    assert [await look_back.prove(), await look_back.prove()] == [1, 0]
    assert await findings(onprem, ticket_id) == []
    async with db.uow(person_of(OFFICERS[0]), "remove") as tx:
        await allowances.remove(tx, asked, by=OFFICERS[0], at=datetime.now(UTC))
    assert await look_back.prove() == 1
    assert [missed for _, _, missed in await findings(onprem, ticket_id)] == [False]


async def test_old_searches_that_found_nothing_are_forgotten(
    db: Database, onprem: PlaneDatabase, look_back: LookBack
) -> None:
    """A quarter is kept, whatever a finding points to too, and of each kind the newest that finished."""
    kept = {"look_back_finding": "wall_kept", "look_back_pass": "wall_quarter"}
    for table, trigger in kept.items():
        await onprem.run(f"alter table compliance.{table} disable trigger {trigger}")
        await onprem.run(f"delete from compliance.{table}")
        await onprem.run(f"alter table compliance.{table} enable always trigger {trigger}")
    made = {
        name: await past_pass(onprem, scope, days=days, is_finished=is_finished)
        for name, scope, days, is_finished in [
            ("old", "changed", 93, True),
            ("interrupted", "changed", 200, False),
            ("found", "changed", 200, True),
            ("newest", "whole", 120, True),
            ("recent", "changed", 91, True),
        ]
    }
    await onprem.run(
        "insert into compliance.look_back_finding (id, pass_id, kind, record_id, version, rule,"
        " place, is_missed) values (gen_random_uuid(), $1, 'ticket', gen_random_uuid(), 1, 'r', 'p',"
        " false)",
        made["found"],
    )
    before = await passes(onprem)
    assert await look_back.prune() == 2
    assert before - await passes(onprem) == {made["old"], made["interrupted"]}
    assert await look_back.prune() == 0
    with pytest.raises(DBAPIError, match="append_only"):
        async with db.uow(Actor("process: worker"), "forge") as tx:
            await tx.execute(text("delete from compliance.look_back_pass where id = :id"),
                             {"id": made["recent"]})  # fmt: skip


async def past_pass(
    onprem: PlaneDatabase, scope: str, *, days: int, is_finished: bool
) -> uuid.UUID:
    """A search of so many days ago."""
    made = uuid.uuid4()
    ends = "now() - make_interval(days => $3)" if is_finished else "null"
    await onprem.run(
        "insert into compliance.look_back_pass (id, scope, clients, started_at, finished_at)"
        f" values ($1, $2, 0, now() - make_interval(days => $3), {ends})",
        made,
        scope,
        days,
    )
    return made


async def passes(onprem: PlaneDatabase) -> set[uuid.UUID]:
    """Every search on record."""
    return {row["id"] for row in await onprem.run("select id from compliance.look_back_pass")}
