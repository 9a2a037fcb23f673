"""A workspace with a spool and a real store, a client, and what the worker does with files."""

import asyncio
import uuid
from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import msgspec
import pytest

from lmhg_gateway.adapters.object_store import ObjectStore, store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.documents.filing import Filing
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.features.tray.mail import MailWatch
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.http.testing import AsRole, Signed
from lmhg_kit.persistence import Database
from lmhg_kit.practice import Practice
from lmhg_stack.ports import S3_PORTS, free_ports
from lmhg_stack.process import running
from lmhg_stack.s3 import S3
from lmhg_stack.testing import PlaneDatabase

from .mailboxes import Imap, Inbox  # noqa: TID252 - beside this file

CLIENT = uuid.UUID(int=0xD0C)


@pytest.fixture(scope="session")
def s3(tmp_path_factory: pytest.TempPathFactory) -> Iterator[S3]:
    """The office's S3 server."""
    server = S3(
        folder=tmp_path_factory.mktemp("s3"),
        ports=tuple(free_ports(S3_PORTS)),
        bucket="documents",
        access_key="accessword",
        secret_key="secretword",
        more_buckets=("shared",),
    )
    with running(server, logs=server.folder):
        yield server


@pytest.fixture(scope="module")
def settings(
    settings: WorkspaceSettings, s3: S3, tmp_path_factory: pytest.TempPathFactory
) -> WorkspaceSettings:
    """The workspace's settings, with a store; a document may have 4 MB."""
    secret = tmp_path_factory.mktemp("secret") / "s3"
    secret.write_text(s3.secret_key)
    return msgspec.structs.replace(
        settings,
        s3_url=s3.url,
        s3_access_key=s3.access_key,
        s3_secret_key_file=secret,
        s3_bucket=s3.bucket,
        document_max_mb=4,
    )


@pytest.fixture(scope="module")
def store(settings: WorkspaceSettings) -> ObjectStore:
    """The store."""
    found = store_of(settings)
    assert found is not None
    return found


@pytest.fixture(scope="module")
async def worker_db(onprem: PlaneDatabase) -> AsyncIterator[Database]:
    """The database as the worker reaches it."""
    db = Database(onprem.url("gw_worker"), pool_size=2)
    yield db
    await db.close()


@pytest.fixture
def spool(spool_folder: Path) -> Spool:
    """The spool."""
    return Spool(spool_folder)


@pytest.fixture
def filing(worker_db: Database, spool: Spool, store: ObjectStore) -> Filing:
    """What the worker does with files."""
    return Filing(worker_db, spool, store)


@pytest.fixture(scope="module")
async def client(onprem: PlaneDatabase) -> uuid.UUID:
    """A client of whom nothing is known."""
    await onprem.run(
        "do $$ begin perform set_config('app.actor', 'test', true),"
        " set_config('app.purpose', 'test', true);"
        f" insert into practice.client (id) values ('{CLIENT}'); end $$"
    )
    return CLIENT


@pytest.fixture
async def desk(as_role: AsRole, client: uuid.UUID) -> Signed:
    """The front desk."""
    return await as_role("front_desk")


@pytest.fixture
async def admin(as_role: AsRole, client: uuid.UUID) -> Signed:
    """An administrator."""
    return await as_role("admin")


async def file_all(filing: Filing) -> None:
    """Have the worker check every file that came."""
    async with asyncio.timeout(60):
        while await filing.check():
            pass


@pytest.fixture
def intake(worker_db: Database, spool: Spool, store: ObjectStore) -> Intake:
    """What the worker does with papers of the tray."""
    return Intake(worker_db, spool, store, Practice("America/Kentucky/Louisville"))


@pytest.fixture(scope="module")
def imap(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imap]:
    """A real IMAP server."""
    server = Imap(tmp_path_factory.mktemp("imap"), free_ports(1)[0])
    with running(server, logs=server.folder):
        yield server


@pytest.fixture
def inbox(imap: Imap) -> Inbox:
    """Folders of one test alone in its mailbox."""
    made = Inbox(imap, f"box-{uuid.uuid4().hex[:8]}")
    made.put()
    return made


@pytest.fixture
def mail_watch(worker_db: Database, spool: Spool, inbox: Inbox) -> MailWatch:
    """What reads them."""
    return MailWatch(worker_db, spool, inbox.server)
