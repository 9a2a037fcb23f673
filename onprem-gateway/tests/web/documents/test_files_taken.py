"""An export of everything has the bytes of each file that the practice keeps, and no key that opens one."""

import hashlib
import json
from pathlib import Path

from lmhg_gateway.adapters.object_store import ObjectStore
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.database import MODELS
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.documents.filing import Filing
from lmhg_gateway.features.leaving.public import PlainFolder
from lmhg_gateway.features.leaving.rules import KEY, LEFT_OUT
from lmhg_gateway.features.leaving.writing import Everything
from lmhg_gateway.features.library.filing import Shelving
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.web.leaving_points import FilesTaken
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.http.testing import Signed
from lmhg_kit.persistence import Actor, Database
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .conftest import CLIENT, file_all  # noqa: TID252 - beside this file
from .test_documents import added, send  # noqa: TID252 - beside this file
from .trays import add, fax  # noqa: TID252 - beside this file

TABLES = [model.__dict__["__table__"] for model in MODELS]
FILES = FeatureSet(FEATURES).declared(FilesTaken)


def test_each_table_with_an_objects_key_gives_its_files() -> None:
    """A feature that keeps a key contributes what it opens, or its table is left out for a reason."""
    keyed = {each.fullname for each in TABLES if any(c.name.endswith(KEY) for c in each.columns)}
    assert keyed - set(LEFT_OUT) == {each.table for each in FILES}


async def test_files_of_each_feature_are_written_and_no_key(  # noqa: PLR0917 - fixtures
    admin: Signed,
    filing: Filing,
    intake: Intake,
    worker_db: Database,
    spool: Spool,
    store: ObjectStore,
    onprem: PlaneDatabase,
    tmp_path: Path,
) -> None:
    """A document, a paper that nobody has filed yet and a handbook: each is a file, and no row has its key."""
    letter, waiting = papers.pdf("A letter on record"), fax("A letter that nobody has filed yet")
    book = b"We open at eight.\n"
    await added(admin, CLIENT, letter)
    await file_all(filing)
    await add(admin, intake, ("waiting.pdf", waiting))
    facts = {"title": "Front desk handbook", "category": "handbook"}
    assert (await send(admin, "/library", book, called="book.txt", **facts)).status_code == 303
    while await Shelving(worker_db, spool, store).check():
        pass
    db, folder = Database(onprem.url("postgres"), pool_size=2), tmp_path / "all"
    try:
        writer = Everything(db, Actor("test"), TABLES, FILES, store, box=None)
        await writer.write(PlainFolder(folder))
    finally:
        await db.close()
    there = {hashlib.sha256(p.read_bytes()).digest() for p in folder.rglob("*") if p.is_file()}
    assert {hashlib.sha256(each).digest() for each in (letter, waiting, book)} <= there
    lines = [
        line for p in (folder / "tables").glob("*.jsonl") for line in p.read_text().splitlines()
    ]
    assert not [name for line in lines for name in json.loads(line) if name.endswith("_key")]
