"""Writes everything that the practice owns, by an approval of two people: for the day on which it leaves."""

import uuid
from collections.abc import Sequence
from pathlib import Path

from lmhg_gateway.adapters.object_store import store_of
from lmhg_gateway.database import MODELS
from lmhg_gateway.feature_list import FEATURES
from lmhg_gateway.features.leaving.public import (
    Everything,
    PlainFolder,
    SealedFile,
    approval,
    audit_clients,
    client_ids,
    finish,
    recipients_of,
)
from lmhg_gateway.kernel.sealed_box import OpeningBox
from lmhg_gateway.kernel.settings import LeavingSettings
from lmhg_gateway.web.leaving_points import FilesTaken
from lmhg_kit.clock import utc_now
from lmhg_kit.feature_set import FeatureSet
from lmhg_kit.persistence import Actor, Database

OPERATOR = Actor("operator")
PURPOSE = "export of everything"
NOTED_AT_ONCE = 2_000


async def export_everything(
    db: Database, settings: LeavingSettings, target: Path, *, encrypt_to: Sequence[str]
) -> str:
    """Write it, on record before the first row leaves and again at the end; a sentence about it.

    To a folder in plain; with recipients to one file that only they can open. Raises: Conflict without a valid
    approval or where the target is there already, Invalid for a text that is no recipient.
    """
    recipients = recipients_of(encrypt_to)
    async with db.read(OPERATOR, PURPOSE) as tx:
        export_id = (await approval(tx, at=utc_now())).id
    place = SealedFile(target, recipients) if recipients else PlainFolder(target)
    try:
        return await _written(db, settings, place, export_id)
    except BaseException:
        place.give_up()
        raise


async def _written(
    db: Database, settings: LeavingSettings, place: SealedFile | PlainFolder, export_id: uuid.UUID
) -> str:
    await _audit_everyone(db, export_id)
    key = settings.ingress_private_key_file
    box = OpeningBox.from_file(key) if key else None
    tables = [model.__dict__["__table__"] for model in MODELS]
    files = FeatureSet(FEATURES).declared(FilesTaken)
    writer = Everything(db, OPERATOR, tables, files, store_of(settings), box)
    done, digest = await writer.write(place)
    rows = sum(done.rows.values())
    async with db.uow(OPERATOR, PURPOSE) as tx:
        await finish(tx, export_id, manifest=digest, rows=rows, files=len(done.files), at=utc_now())
    said = (
        f"{rows} rows and {len(done.files)} files written; the list of hashes has SHA-256 {digest}"
    )
    return f"{said}; the encrypted file has SHA-256 {done.sealed}" if done.sealed else said


async def _audit_everyone(db: Database, export_id: uuid.UUID) -> None:
    after: uuid.UUID | None = uuid.UUID(int=0)
    while after is not None:
        async with db.uow(OPERATOR, PURPOSE) as tx:
            ids = await client_ids(tx, after=after, limit=NOTED_AT_ONCE)
            if ids:
                await audit_clients(tx, ids, export_id=export_id)
        after = ids[-1] if ids else None
