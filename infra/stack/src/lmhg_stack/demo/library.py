"""The demo's library: a handbook and a form that are on the portal, and a map that waits for a second person."""

import asyncio
import os
import sys
import uuid
from collections.abc import AsyncIterator, Mapping
from pathlib import Path
from typing import NamedTuple

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.library.forms import (
    Approval,
    Category,
    NewSharedDocument,
    ProposalForm,
)
from lmhg_gateway.features.library.models import DocumentRef, SharedFile
from lmhg_gateway.features.library.rules import Basis
from lmhg_gateway.features.library.service import add, approve, propose
from lmhg_gateway.features.uploads.service import append, create, spool_key
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database, Keyring
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install
from lmhg_stack.demo.papers import pdf, png
from lmhg_stack.people import member
from lmhg_stack.process import StackError

DESK, OFFICER = str(member("front@lmhg.test").id), str(member("compliance@lmhg.test").id)
LOOKS, LOOK_EVERY_S = 240, 0.25
"""How often to look whether the worker has read a file, and after which time."""
LEAVE = b"Request for leave\n\nName:\nFirst day away:\nLast day away:\nWho covers:\n"


class Paper(NamedTuple):
    """One document: its title, what it is, its file, and whether it is on the portal."""

    title: str
    category: Category
    name: str
    data: bytes
    is_shared: bool


DOCUMENTS = (
    Paper(
        "Front desk handbook",
        "handbook",
        "handbook.pdf",
        pdf("How we open and close"),
        is_shared=True,
    ),
    Paper("Request for leave", "form", "leave.txt", LEAVE, is_shared=True),
    Paper("Map of the building", "other", "map.png", png(), is_shared=False),
)


async def put_library(url: str, spool: Spool) -> None:
    """Documents that the front desk adds; the worker reads them; an officer approves. Raises: StackError."""
    db = Database(url, pool_size=1, role=owner_for(url))
    try:
        for paper in DOCUMENTS:
            record_id = await _added(db, spool, paper)
            await _read(db, record_id)
            await _decided(db, record_id, is_shared=paper.is_shared)
    finally:
        await db.close()


async def _added(db: Database, spool: Spool, paper: Paper) -> uuid.UUID:
    async with db.uow(Actor(DESK), "demo library") as tx:
        now, length = utc_now(), len(paper.data)
        upload = await create(tx, spool, owner=DESK, length=length, name=paper.name, at=now)
        await append(spool, spool_key(upload), _once(paper.data), offset=0)
        form = NewSharedDocument(title=paper.title, category=paper.category, upload_id=upload.id)
        return (await add(tx, spool, form, by=DESK, at=now)).id


async def _read(db: Database, record_id: uuid.UUID) -> None:
    for _ in range(LOOKS):
        async with db.read(Actor(DESK), "demo library") as tx:
            file = await tx.get(SharedFile, record_id)
            if file is not None and file.looked_at is not None:
                return
        await asyncio.sleep(LOOK_EVERY_S)
    message = "the worker has not read a file of the library"
    raise StackError(message)


async def _decided(db: Database, record_id: uuid.UUID, *, is_shared: bool) -> None:
    async with db.uow(Actor(DESK), "demo library") as tx:
        asked = ProposalForm(reason="Everyone needs it, from home too.")
        await propose(tx, record_id, asked, by=DESK, expires_at=None)
    if not is_shared:
        return
    async with db.uow(Actor(OFFICER), "demo library") as tx:
        record = await tx.get(DocumentRef, record_id)
        if record is not None:
            seen = Approval(version=record.version, sha256=record.sha256 or "")
            basis, now = Basis.TEXT_CHECKED, utc_now()
            await approve(tx, record_id, seen, basis=basis, by=OFFICER, at=now)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def main(environ: Mapping[str, str]) -> int:
    """Do it with the keys of a stack."""
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    asyncio.run(
        put_library(environ["LMHG_DATABASE_URL"], Spool(Path(environ["LMHG_SPOOL_FOLDER"])))
    )
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
