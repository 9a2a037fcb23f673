"""What is wrong with one file of the library stays with it: the others are placed, and looked at."""

import hashlib

import asyncpg
import pytest

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_kit.errors import SealBroken, Unavailable
from lmhg_kit.http.testing import Signed
from lmhg_stack.testing import PlaneDatabase

from .test_library import (  # noqa: TID252 - beside this file
    REASON,
    Work,
    added,
    decide,
    officer,
    work,
)

__all__ = ["officer", "work"]
NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"
DAMAGED = (
    "update practice.shared_page set said_sealed = set_byte(said_sealed, octet_length(said_sealed) - 1,"
    " get_byte(said_sealed, octet_length(said_sealed) - 1) # 1) where file_id = $1::uuid"
)


async def test_file_that_is_lost_keeps_no_other_from_being_placed(
    desk: Signed, officer: Signed, work: Work, store: ObjectStore
) -> None:
    """The first of two approved files is not in the store: the second is placed, and the loop says what failed."""
    texts = sorted(
        (b"Handbook number %d. We open at eight.\n" % n for n in range(2)),
        key=lambda each: hashlib.sha256(each).hexdigest(),
    )
    paths = [await added(desk, each) for each in texts]
    await work.check()
    for path in paths:
        await desk.follow(f"{path}/propose", **REASON)
        assert (await decide(officer, path)).status_code == 303
    await work.screener.screen_waiting()
    store.delete(paths[0].rsplit("/", 1)[1])
    with pytest.raises(Unavailable, match="object_missing"):
        await work.placing.place()
    assert work.placed() == [hashlib.sha256(texts[1]).hexdigest()]


async def damage(onprem: PlaneDatabase, path: str) -> None:
    """Change the sealed text of a file, as no running process can."""
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(NAMED)
            await link.execute("alter table practice.shared_page disable trigger user")
            await link.execute(DAMAGED, path.rsplit("/", 1)[1])
            await link.execute("alter table practice.shared_page enable trigger user")
    finally:
        await link.close()


async def test_file_whose_text_is_damaged_is_found_so_and_keeps_no_other_from_its_look(
    desk: Signed, work: Work, onprem: PlaneDatabase
) -> None:
    """Its text does not open: that is what the look found, and the next file is looked at all the same."""
    one = await added(desk, b"The first handbook. Nothing else.\n")
    while await work.shelving.check():
        pass
    await damage(onprem, one)
    two = await added(desk, b"The second handbook. Nothing else.\n")
    while await work.shelving.check():
        pass
    with pytest.raises(SealBroken):
        await work.screener.screen_files()
    rows = await onprem.run(
        "select found::text from practice.shared_file where looked_at is not null and id = any($1::uuid[])"
        " order by added_at",
        [each.rsplit("/", 1)[1] for each in (one, two)],
    )
    assert ["screening_failed" in row["found"] for row in rows] == [True, False]
    assert (await desk.post(f"{one}/propose", **REASON)).status_code == 409
    assert await work.screener.screen_files() == 0
