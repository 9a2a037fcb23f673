"""What is wrong with one record stays with it: the others are proposed, and disposed of."""

import uuid

import pytest

from lmhg_gateway.features.retention.jobs import Disposal
from lmhg_kit.errors import SealBroken
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from .steps import NAMED, PRACTICE, batch_of, in_one, someone  # noqa: TID252 - beside this file


async def damage(opened: PlaneDatabase, client: uuid.UUID) -> None:
    """Change a sealed birth date, as no running process can."""
    await in_one(
        opened,
        "postgres",
        NAMED,
        "alter table practice.client disable trigger user",
        "update practice.client set birth_date_sealed = set_byte(birth_date_sealed, 40,"
        f" get_byte(birth_date_sealed, 40) # 1) where id = '{client}'",
        "alter table practice.client enable trigger user",
    )


async def test_record_that_cannot_be_read_keeps_no_other_from_being_proposed(
    opened: PlaneDatabase, worker: Database
) -> None:
    """Its birth date does not open: it is not listed, the other is, and the loop says that something failed."""
    bad, good = sorted([await someone(worker, born="1970-01-02") for _ in range(2)])
    await damage(opened, bad)
    await batch_of(opened)
    await in_one(opened, "postgres", NAMED, DROP)
    job = Disposal(worker, PRACTICE, None, None)
    with pytest.raises(SealBroken):
        await job.propose()
    listed = await opened.run(
        "select i.client_id from compliance.disposal_item i join compliance.disposal_batch b on b.id = i.batch_id"
        " where b.state = 'proposed'"
    )
    await in_one(opened, "postgres", NAMED, DROP)
    assert {row["client_id"] for row in listed} >= {good}
    assert bad not in {row["client_id"] for row in listed}


DROP = (
    "do $$ begin alter table compliance.disposal_batch disable trigger user;"
    " update compliance.disposal_batch set state = 'dropped' where state in ('proposed', 'approved');"
    " alter table compliance.disposal_batch enable trigger user; end $$"
)


async def test_record_that_cannot_be_read_keeps_no_other_from_its_disposal(
    opened: PlaneDatabase, worker: Database
) -> None:
    """It is neither deleted nor left out, its batch is not done, and all of the others go."""
    ones = [await someone(worker, born="1970-01-02") for _ in range(2)]
    batch, items = await batch_of(opened, *ones)
    (_, bad), (_, good) = sorted(zip(items, ones, strict=True))  # in the order of their turns
    await damage(opened, bad)
    job = Disposal(worker, PRACTICE, None, None)
    for _ in range(3):
        with pytest.raises(SealBroken):
            await job.step()
    assert await opened.run("select 1 from practice.referral where client_id = $1", bad)
    assert not await opened.run("select 1 from practice.client where id = $1", good)
    rows = await opened.run(
        "select client_id, state from compliance.disposal_item where batch_id = $1", batch
    )
    assert {tuple(row) for row in rows} == {(bad, "listed"), (None, "done")}
    await in_one(opened, "postgres", NAMED, DROP)
