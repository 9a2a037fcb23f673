"""No object stays in the store for good that belongs to nothing, and none goes that belongs to something."""

import io
import uuid
from datetime import UTC, datetime, timedelta
from typing import Any, cast

import asyncpg
import pytest
from sqlalchemy import Table

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.database import MODELS
from lmhg_gateway.features.documents.filing import Filing, Stored
from lmhg_gateway.features.documents.models import DocumentVersion
from lmhg_gateway.features.retention.disposing import declared
from lmhg_gateway.features.retention.rules import STRAYS_MOST, is_too_many
from lmhg_gateway.features.retention.store_sweep import STRAY_AFTER, StoreSweeping, id_in
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.features.tray.removing import Removing
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .conftest import file_all  # noqa: TID252 - beside this file
from .test_disposal import names_in  # noqa: TID252 - beside this file
from .test_documents import added  # noqa: TID252 - beside this file
from .test_removal_apart import run  # noqa: TID252 - beside this file
from .test_tray import known  # noqa: TID252 - beside this file
from .trays import add, fax, page_ids  # noqa: TID252 - beside this file

OVERVIEW = "/compliance/retention"


@pytest.fixture(autouse=True)
def empty_store(store: ObjectStore) -> None:
    """The store is shared by the files of tests, each with a database of its own: what lies there is of others."""
    for name in names_in(store):
        store.delete(name)


def sweeping(worker_db: Database, store: ObjectStore, *, late: bool = True) -> StoreSweeping:
    """The sweep, a while after what the test stored."""
    after = STRAY_AFTER + timedelta(minutes=5) if late else timedelta()
    return StoreSweeping(worker_db, store, lambda: datetime.now(UTC) + after)


async def last(onprem: PlaneDatabase) -> tuple[int, int, int]:
    """What the last sweep found: strays, removed, and names that are not ours."""
    [row] = await onprem.run("select * from compliance.store_sweep order by swept_at desc limit 1")
    return row["strays"], row["removed"], row["unknown"]


def test_every_table_with_an_object_says_so() -> None:
    """A table that has an object's key names its objects: else the sweep would take them for nobody's."""
    says = declared(MODELS)
    for model in MODELS:
        table = cast("Table", model.__dict__["__table__"])
        if (
            "data_key_sealed" in table.columns and table.name != "upload"
        ):  # its file is in the spool
            said = says[table.fullname]
            assert getattr(said, "stored_as", ""), table.fullname
            assert getattr(said, "stored_while", ""), table.fullname


def test_names_of_ours_are_told_from_others() -> None:
    """An id, with the endings that we give; nothing else is ever deleted."""
    one = uuid.uuid4()
    assert [id_in(f"{one}{end}") for end in ("", ".pdf", ".pictures")] == [one] * 3
    others = ("", "backup.tar", f"{one}.tar", f"a/{one}", str(one).upper(), one.hex, f"{one}.")
    assert [id_in(each) for each in others] == [None] * len(others)
    assert is_too_many(STRAYS_MOST + 1, of=100)
    assert not is_too_many(STRAYS_MOST + 1, of=10_000)


async def test_what_belongs_to_nothing_goes_after_a_day_and_all_else_stays(  # noqa: PLR0917 - fixtures
    desk: Signed,
    as_role: AsRole,
    client: uuid.UUID,
    filing: Filing,
    intake: Intake,
    store: ObjectStore,
    worker_db: Database,
    onprem: PlaneDatabase,
) -> None:
    """Strays under each of our endings go, but not on their first day; a document, a paper and a stranger's file stay."""
    await added(desk, client, papers.pdf("A letter that stays"))
    await file_all(filing)
    await add(desk, intake, ("photo.jpg", papers.picture("JPEG", size=(300, 200))))
    kept = names_in(store)
    assert len(kept) >= 4
    strays = {f"{uuid.uuid4()}{ending}" for ending in ("", ".pdf", ".pictures")}
    for name in (*strays, "backup.tar"):
        store.put(name, io.BytesIO(b"noise"))
    await sweeping(worker_db, store, late=False).step()
    assert await last(onprem) == (0, 0, 1)
    assert names_in(store) == kept | strays | {"backup.tar"}
    await sweeping(worker_db, store).step()
    assert await last(onprem) == (3, 3, 1)
    assert names_in(store) == kept | {"backup.tar"}
    page = (await (await as_role("compliance")).get(OVERVIEW)).text
    assert "Belonged to nothing" in page
    assert "Files with other names are left alone" in page
    store.delete("backup.tar")


async def test_a_store_that_is_not_this_databases_loses_nothing(
    as_role: AsRole, store: ObjectStore, worker_db: Database, onprem: PlaneDatabase
) -> None:
    """More strays than failures leave, such as behind a backup that was put back: none goes, and the officer is told."""
    strays = {str(uuid.uuid4()) for _ in range(STRAYS_MOST + 1)}
    for name in strays:
        store.put(name, io.BytesIO(b"noise"))
    await sweeping(worker_db, store).step()
    assert (await last(onprem))[:2] == (len(strays), 0)
    assert strays <= names_in(store)
    officer = await as_role("compliance")
    assert "belong to nothing. None was removed." in (await officer.get("/compliance")).text
    assert "so none was removed" in (await officer.get(OVERVIEW)).text
    for name in strays:
        store.delete(name)
    await sweeping(worker_db, store).step()
    assert "belong to nothing. None was removed." not in (await officer.get("/compliance")).text


async def test_long_upload_that_was_never_finished_goes(
    store: ObjectStore, worker_db: Database
) -> None:
    """A process that died amid a long file leaves parts that no list shows: they go after a day, not before."""
    name = str(uuid.uuid4())
    client: Any = store.client
    client._create_multipart_upload(store.bucket, name, {})
    await sweeping(worker_db, store, late=False).step()

    def left() -> int:
        return len(client._list_multipart_uploads(store.bucket).uploads)

    assert left() == 1
    await sweeping(worker_db, store).step()
    assert left() == 0


async def filed(desk: Signed, own: str, client: str) -> str:
    """File a paper as a document; its id."""
    await desk.post(f"{own}/client", client_id=client)
    named = {"client_id": client, "name": "Letter", "label": "referral_letter"}
    answer = await desk.post(f"{own}/file", **named)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].partition("?")[0].rpartition("/")[2]


async def deleted_for_good(
    desk: Signed, filing: Filing, onprem: PlaneDatabase, document: str
) -> None:
    """A document that was deleted a month ago, and is removed."""
    await desk.follow(f"/documents/{document}/delete", why="wrong_client")
    await run(
        onprem,
        "alter table practice.document disable trigger user",
        f"update practice.document set deleted_at = now() - interval '30 days' where id = '{document}'",
        "alter table practice.document enable trigger user",
    )
    await filing.remove()


async def test_document_that_came_by_the_tray_leaves_no_object(  # noqa: PLR0917 - fixtures
    desk: Signed,
    filing: Filing,
    intake: Intake,
    store: ObjectStore,
    worker_db: Database,
    onprem: PlaneDatabase,
) -> None:
    """Removed for good: the file as it came, its PDF and its pictures go, and what its pages say; others stay."""
    client = await known(desk, "Ottoline Brackenfen", "1984-03-31")
    photo = papers.picture("JPEG", size=(300, 200))
    [own] = await add(desk, intake, ("photo.jpg", photo))
    [other] = [
        each for each in await add(desk, intake, ("fax.pdf", fax("It stays"))) if each != own
    ]
    file, kept = [await file_of(onprem, each) for each in (own, other)]
    objects = {f"{file}{ending}" for ending in ("", ".pdf", ".pictures")}
    assert objects <= names_in(store)
    removing = Removing(worker_db, store)
    document = await filed(desk, own, client)
    await file_all(filing)
    assert await removing.step() == 0
    await deleted_for_good(desk, filing, onprem, document)
    assert await removing.step() >= 2
    assert not objects & names_in(store)
    assert kept in names_in(store)
    [row] = await onprem.run("select * from practice.paper_file where id = $1::uuid", file)
    assert (row["state"], row["is_gone"]) == ("removed", True)
    assert (row["data_key_sealed"], row["pdf_key_sealed"], row["pictures_key_sealed"]) == (
        None,
    ) * 3
    assert not await said(onprem, file)
    assert await said(onprem, kept)
    assert await removing.step() == 0


async def file_of(onprem: PlaneDatabase, own: str) -> str:
    """The file that a paper came as."""
    [row] = await onprem.run(
        "select id from practice.paper_file where paper_id = $1::uuid", own.rpartition("/")[2]
    )
    return str(row["id"])


async def said(onprem: PlaneDatabase, file: str) -> int:
    """How many pages of a file say something."""
    rows = await onprem.run(
        "select 1 from practice.paper_page where file_id = $1::uuid and text_sealed is not null",
        file,
    )
    return len(rows)


async def test_file_of_two_papers_stays_until_both_are_removed(  # noqa: PLR0917 - fixtures
    desk: Signed,
    filing: Filing,
    intake: Intake,
    store: ObjectStore,
    worker_db: Database,
    onprem: PlaneDatabase,
) -> None:
    """One fax that was split: the removal of the first part forgets what its page says, and keeps the file."""
    client = await known(desk, "Ansgar Follywater", "1990-05-05")
    [own, *_] = await add(desk, intake, ("two.pdf", fax("Page one", "Page two")))
    file = await file_of(onprem, own)
    _, second = await page_ids(desk, own)
    await desk.post(f"{own}/split", starts=second)
    [row] = await onprem.run("select paper_id from practice.paper_page where id = $1::uuid", second)
    other = f"/tray/{row['paper_id']}"
    first_document = await filed(desk, own, client)
    second_document = await filed(desk, other, client)
    await file_all(filing)
    removing = Removing(worker_db, store)
    await deleted_for_good(desk, filing, onprem, first_document)
    await removing.step()
    assert file in names_in(store)
    assert await said(onprem, file) == 1
    await deleted_for_good(desk, filing, onprem, second_document)
    await removing.step()
    assert file not in names_in(store)
    assert await said(onprem, file) == 0


async def test_nobody_but_the_worker_removes_a_paper_and_only_once_its_document_is_gone(
    desk: Signed, intake: Intake, onprem: PlaneDatabase
) -> None:
    """The database refuses it while a page is needed, also to an administrator of its own."""
    [own, *_] = await add(desk, intake, ("needed.pdf", fax("Needed")))
    file = await file_of(onprem, own)
    worker = (
        "select set_config('app.actor', 'process: worker', true),"
        " set_config('app.purpose', 'test', true)"
    )
    for role in ("gw_worker", "postgres"):
        link = await asyncpg.connect(onprem.url(role))
        try:
            async with link.transaction():
                await link.execute(worker)
                with pytest.raises(asyncpg.PostgresError, match="paper_stands"):
                    await link.execute(
                        f"update practice.paper_file set state = 'removed' where id = '{file}'"
                    )
        except asyncpg.InFailedSQLTransactionError:
            pass
        finally:
            await link.close()


async def test_file_that_is_stored_after_its_version_went_leaves_no_object(
    desk: Signed, client: uuid.UUID, filing: Filing, store: ObjectStore, worker_db: Database
) -> None:
    """A disposal took the version while its file was on its way to the store: the object is taken out again."""
    del desk, client
    gone = DocumentVersion(id=uuid.uuid4(), upload_id=uuid.uuid4(), state="checking")
    store.put(str(gone.id), io.BytesIO(b"noise"))
    worker: Any = filing
    await worker._keep(gone, Stored(5, "0" * 64, b"k" * 32, was_redrawn=False))
    assert str(gone.id) not in names_in(store)
