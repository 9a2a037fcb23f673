"""The demo's tray: a fax of two letters in one, one for a known client, one for another practice, a photo and a bad file."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Mapping
from datetime import timedelta
from pathlib import Path

from sqlalchemy import select

from lmhg_gateway.adapters.draw_pages import joined
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.clients.public import names_of
from lmhg_gateway.features.referrals.models import Referral
from lmhg_gateway.features.tray.forms import NewPapers
from lmhg_gateway.features.tray.service import add
from lmhg_gateway.features.uploads.service import append, create, spool_key
from lmhg_kit.clock import utc_now
from lmhg_kit.persistence import Actor, Database, Keyring, WriteSession
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install
from lmhg_stack.demo.papers import pdf, png
from lmhg_stack.people import member

DESK = "front@lmhg.test"
NEW_NAME = "Leocadia Winterbourne"
"""Someone whom nobody knows yet."""


def fax(*texts: str) -> bytes:
    """A fax with a page for each text."""
    return joined([pdf(each) for each in texts], [(n, 0, 0) for n in range(len(texts))])


async def put_tray(url: str, spool: Spool) -> None:
    """Papers that came between two days ago and now; the worker draws them."""
    db = Database(url, pool_size=1, role=owner_for(url))
    desk = str(member(DESK).id)
    try:
        async with db.uow(Actor(desk), "demo tray") as tx:
            known = await _someone(tx)
            two = fax(f"Patient: {NEW_NAME}  DOB: 04/17/1991", "Page 2 of 2", f"Patient: {known}")
            for name, data, hours in (
                ("Fax 2026-0412.pdf", two, 50),
                ("Fax 2026-0415.pdf", fax(f"Patient Name: {known}"), 20),
                ("Fax 2026-0416.pdf", fax("To: Elm Street Dental"), 4),
                ("Photo of a card.png", png(), 1),
                ("Cover.pdf", b"%PDF-1.4 cut off", 0),
            ):
                await _put(tx, spool, name, data, desk=desk, hours=hours)
    finally:
        await db.close()


async def _someone(tx: WriteSession) -> str:
    newest = select(Referral.client_id).order_by(Referral.received_on.desc(), Referral.id)
    client_id = await tx.scalar(newest.limit(1))
    names = await names_of(tx, [client_id] if client_id else [])
    return next(iter(names.values()), NEW_NAME)


async def _put(
    tx: WriteSession, spool: Spool, name: str, data: bytes, *, desk: str, hours: int
) -> None:
    now = utc_now()
    upload = await create(tx, spool, owner=desk, length=len(data), name=name, at=now)
    await append(spool, spool_key(upload), _once(data), offset=0)
    came = now - timedelta(hours=hours)
    await add(tx, spool, NewPapers(upload_id=[upload.id]), by=desk, at=came)


async def _once(data: bytes) -> AsyncIterator[bytes]:
    yield data


def main(environ: Mapping[str, str]) -> int:
    """Do it with the keys of a stack."""
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    asyncio.run(put_tray(environ["LMHG_DATABASE_URL"], Spool(Path(environ["LMHG_SPOOL_FOLDER"]))))
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
