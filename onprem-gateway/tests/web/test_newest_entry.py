"""The newest entry about a record: what a page says of it, whether or not the worker has run."""

import uuid

import msgspec

from lmhg_contracts.ledger.entries import encode_entry
from lmhg_gateway.features.ledger_review.public import newest_entry
from lmhg_kit.http.testing import AsRole
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from .ledgers import COUNT, KIND, entry  # noqa: TID252 - beside this file


async def test_newest_entry_is_found_before_and_after_its_row_is_made(
    as_role: AsRole, ledger: None, workspace_db: Database, onprem: PlaneDatabase
) -> None:
    """What a page says of a record does not wait for the worker; an older entry never wins."""
    officer, record = await as_role("compliance"), uuid.UUID(int=7)

    async def version() -> int:
        async with workspace_db.read(Actor("process: test"), "ledger.read") as tx:
            found = await newest_entry(tx, kind=KIND, record_id=record)
        return found.entry["version"] if found else 0

    assert await version() == 1
    await officer.get("/compliance/ledger")
    assert await version() == 1
    later = encode_entry(msgspec.structs.replace(entry(7), n=COUNT, version=2))
    await onprem.run("insert into relay.ledger (n, entry) values ($1, $2)", COUNT, later)
    await onprem.run("update relay.ledger_head set size = $1 where ledger = 'relay'", COUNT + 1)
    assert await version() == 2
    record = uuid.UUID(int=COUNT + 5)
    assert await version() == 0
