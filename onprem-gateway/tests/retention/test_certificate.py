"""A certificate is the same for ever, whatever is disposed of later, and the ledger has its hash."""

import uuid

import asyncpg
import pytest

from lmhg_gateway.features.retention import carrying_out
from lmhg_gateway.features.retention.certificate import halves, sha256_of
from lmhg_gateway.features.retention.jobs import ACTOR, Disposal
from lmhg_gateway.features.retention.rules import digest_of
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .steps import NAMED, PRACTICE, SALT, batch_of, in_one, someone  # noqa: TID252 - beside this file


async def carried_out(worker: Database, batch: uuid.UUID) -> bytes:
    """The certificate of a batch once it is done."""
    job = Disposal(worker, PRACTICE, None, None)
    while await job.step():
        pass
    async with worker.read(ACTOR, "test") as tx:
        return await carrying_out.certificate(tx, batch)


async def test_certificate_stays_when_a_record_that_was_left_out_goes_later(
    opened: PlaneDatabase, worker: Database
) -> None:
    """Left out of one batch, gone in the next: the first certificate is byte for byte what the ledger has."""
    goes, stays = await someone(worker), await someone(worker)
    first, items = await batch_of(opened, goes, stays)
    await in_one(
        opened,
        "postgres",
        NAMED,
        "alter table compliance.disposal_item disable trigger user",
        f"update compliance.disposal_item set state = 'left_out', left_out_why = 'dispute' where id = '{items[1]}'",
        "alter table compliance.disposal_item enable trigger user",
    )
    said = await carried_out(worker, first)
    second, _ = await batch_of(opened, stays)
    await carried_out(worker, second)
    assert not await opened.run("select 1 from practice.client where id = $1", stays)
    async with worker.read(ACTOR, "test") as tx:
        assert await carrying_out.certificate(tx, first) == said
    told = await opened.run(
        "select columns from audit.event where act = 'disposal.certificate' and $1 = any (subject_ids)",
        first,
    )
    assert [list(row["columns"]) for row in told] == [halves(sha256_of(said))]
    rows = await opened.run(
        "select state, client_id, digest from compliance.disposal_item where id = $1", items[1]
    )
    assert tuple(rows[0]) == ("left_out", None, digest_of(SALT, str(stays)))
    assert str(stays) not in said.decode()


async def test_nobody_changes_a_certificate(opened: PlaneDatabase, worker: Database) -> None:
    """Not the worker, not an administrator of the database; and no other bytes fit a hash."""
    batch, _ = await batch_of(opened, await someone(worker))
    await carried_out(worker, batch)
    act = f"update compliance.disposal_certificate set body = 'x' where batch_id = '{batch}'"
    for role, said in (
        ("gw_worker", asyncpg.InsufficientPrivilegeError),
        ("postgres", asyncpg.PostgresError),
    ):
        with pytest.raises(said):
            await in_one(opened, role, NAMED, act)
    other, _ = await batch_of(opened)
    with pytest.raises(asyncpg.CheckViolationError):
        await in_one(
            opened,
            "postgres",
            NAMED,
            f"insert into compliance.disposal_certificate values ('{other}', repeat('0', 64), 'x')",
        )
