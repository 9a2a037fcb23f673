"""A disposal takes a client's files out of the store, and a hold on the client keeps them."""

import uuid
from dataclasses import replace
from datetime import UTC, datetime

import asyncpg
import pytest
import urllib3
from minio import Minio

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.filing import Filing
from lmhg_gateway.features.retention.jobs import Disposal
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .conftest import file_all  # noqa: TID252 - beside this file
from .test_documents import added  # noqa: TID252 - beside this file

OWN, WHY = "/compliance/retention", "The years of our schedule are over."
LONG_AGO = datetime(2001, 5, 6, 12, tzinfo=UTC)
NAMED = "select set_config('app.actor', 'test', true), set_config('app.purpose', 'test', true)"


async def listed(onprem: PlaneDatabase, client: uuid.UUID) -> str:
    """The page of a batch that lists this client, as if nothing had been done for years."""
    batch = uuid.uuid4()
    link = await asyncpg.connect(onprem.url("postgres"))
    try:
        async with link.transaction():
            await link.execute(NAMED)
            for table, key in (("client", "id"), ("document", "client_id")):
                await link.execute(f"alter table practice.{table} disable trigger user")
                await link.execute(
                    f"update practice.{table} set created_at = $2 where {key} = $1",
                    client,
                    LONG_AGO,
                )
                await link.execute(f"alter table practice.{table} enable trigger user")
            await link.execute(
                "insert into compliance.retention_years (code, years) values ('inquiries', 7)"
                " on conflict do nothing"
            )
            await link.execute(
                "insert into compliance.disposal_batch (id, salt, proposed_by) values ($1, $2, 'test')",
                batch, "5a" * 32,
            )  # fmt: skip
            await link.execute(
                "insert into compliance.disposal_item (id, batch_id, client_id, line, years, last_at)"
                " values ($1, $2, $3, 'inquiries', 7, $4)",
                uuid.uuid4(), batch, client, LONG_AGO,
            )  # fmt: skip
    finally:
        await link.close()
    return f"{OWN}/batches/{batch}"


def names_in(store: ObjectStore) -> set[str]:
    """The objects that are in the store."""
    return {each.object_name or "" for each in store.client.list_objects(store.bucket)}


async def test_hold_on_a_client_keeps_their_documents(
    desk: Signed, admin: Signed, client: uuid.UUID
) -> None:
    """Deleting one is refused in words until the hold ends."""
    own = await added(desk, client, papers.pdf("A letter on hold"))
    await admin.follow(f"/clients/{client}/hold", why="A lawsuit came in.")
    refused = await desk.post(f"{own}/delete", why="wrong_client")
    assert refused.status_code in (403, 409)
    assert "legal hold" in refused.text
    page = (await admin.get(f"/clients/{client}/hold")).text
    lift = page.partition('action="' + OWN + "/holds/")[2].partition('"')[0]
    await admin.follow(f"{OWN}/holds/{lift}")
    await desk.follow(f"{own}/delete", why="wrong_client")


async def test_files_go_from_the_store_and_a_store_that_is_down_is_waited_for(  # noqa: PLR0917 - fixtures
    desk: Signed,
    admin: Signed,
    as_role: AsRole,
    client: uuid.UUID,
    filing: Filing,
    store: ObjectStore,
    spool: Spool,
    onprem: PlaneDatabase,
    worker_db: Database,
) -> None:
    """Rows first, then each file; nothing counts as done while a file may be there."""
    await added(desk, client, papers.pdf("A letter that goes"))
    await file_all(filing)
    kept = {str(row["id"]) for row in await onprem.run("select id from practice.document_version")}
    assert kept <= names_in(store)
    own = await listed(onprem, client)
    await admin.follow(f"{own}/ask", why=WHY)
    await (await as_role("compliance")).follow(f"{own}/approve")
    quick = urllib3.PoolManager(retries=urllib3.Retry(0), timeout=1)
    nowhere = Minio(
        "127.0.0.1:9", access_key="a", secret_key="b" * 8, secure=False, http_client=quick
    )
    practice = Practice("America/New_York")
    down = Disposal(worker_db, practice, replace(store, client=nowhere), spool)
    assert await down.step() == 1
    with pytest.raises(Unavailable):
        await down.step()
    assert kept <= names_in(store)
    assert "Files are being removed" in (await admin.get(own)).text
    up = Disposal(worker_db, practice, store, spool)
    while await up.step():
        pass
    assert not kept & names_in(store)
    page = (await admin.get(own)).text
    assert "Files in the document store" in page
    assert "Download certificate" in page
