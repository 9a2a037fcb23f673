"""What is wrong with one document stays with it: the others are removed, and their files leave the store."""

import uuid
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

import asyncpg
import pytest
from sqlalchemy.exc import DBAPIError

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.features.documents.filing import Filing
from lmhg_kit.http.testing import Signed
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .conftest import file_all  # noqa: TID252 - beside this file
from .test_disposal import names_in  # noqa: TID252 - beside this file
from .test_documents import added  # noqa: TID252 - beside this file

NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


async def run(onprem: PlaneDatabase, *statements: str) -> None:
    """Statements of the database's owner, in one transaction."""
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(NAMED)
            for each in statements:
                await link.execute(each)
    finally:
        await link.close()


@asynccontextmanager
async def refused(onprem: PlaneDatabase, table: str, row_id: str) -> AsyncIterator[None]:
    """While this lasts the database refuses each change of one row."""
    await run(
        onprem,
        "create or replace function practice.test_refuses() returns trigger language plpgsql as"
        f" $$ begin if new.id = '{row_id}' then raise exception 'no'; end if; return new; end $$",
        f"create trigger test_refuses before update on practice.{table}"
        " for each row execute function practice.test_refuses()",
    )
    try:
        yield
    finally:
        await run(onprem, f"drop trigger test_refuses on practice.{table}")


async def deleted(
    desk: Signed, filing: Filing, onprem: PlaneDatabase, client: uuid.UUID, said: str
) -> tuple[str, str]:
    """A document that was stored, and deleted a month ago: its id and its version's."""
    own = await added(desk, client, papers.pdf(said))
    await file_all(filing)
    await desk.follow(f"{own}/delete", why="wrong_client")
    document = own.rpartition("/")[2]
    await run(
        onprem,
        "alter table practice.document disable trigger user",
        f"update practice.document set deleted_at = now() - interval '30 days' where id = '{document}'",
        "alter table practice.document enable trigger user",
    )
    [row] = await onprem.run(
        "select id from practice.document_version where document_id = $1::uuid", document
    )
    return document, str(row["id"])


async def test_document_that_fails_keeps_no_other_from_its_removal(
    desk: Signed, client: uuid.UUID, filing: Filing, store: ObjectStore, onprem: PlaneDatabase
) -> None:
    """Whichever of two the database refuses: the other one is removed and its file is gone; then both are."""
    ones = [await deleted(desk, filing, onprem, client, f"Letter {n}") for n in range(2)]
    (bad, bad_file), (good, good_file) = sorted(ones)
    removed = "select removed_at is not null as it from practice.document where id = $1::uuid"
    async with refused(onprem, "document", bad):
        with pytest.raises(DBAPIError):
            await filing.remove()
    assert [(await onprem.run(removed, each))[0]["it"] for each in (bad, good)] == [False, True]
    assert names_in(store) & {bad_file, good_file} == {bad_file}
    assert await filing.remove() == 2
    assert not names_in(store) & {bad_file, good_file}


async def test_file_that_fails_keeps_no_other_in_the_store(
    desk: Signed, client: uuid.UUID, filing: Filing, store: ObjectStore, onprem: PlaneDatabase
) -> None:
    """One file can't be said to be gone: the others leave the store, and it is tried again."""
    ones = [await deleted(desk, filing, onprem, client, f"Photo {n}") for n in range(2)]
    bad, good = sorted(version for _, version in ones)
    await run(
        onprem,
        "create or replace function practice.test_refuses() returns trigger language plpgsql as"
        f" $$ begin if new.id = '{bad}' and new.is_gone then raise exception 'no'; end if; return new; end $$",
        "create trigger test_refuses before update on practice.document_version"
        " for each row execute function practice.test_refuses()",
    )
    try:
        with pytest.raises(DBAPIError):
            await filing.remove()
    finally:
        await run(onprem, "drop trigger test_refuses on practice.document_version")
    assert good not in names_in(store)
    gone = "select is_gone from practice.document_version where id = $1::uuid"
    assert [(await onprem.run(gone, each))[0]["is_gone"] for each in (bad, good)] == [False, True]
    assert await filing.remove() == 1
