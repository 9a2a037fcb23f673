"""The demo's retention: years that two people set, records from long ago that are due, and a legal hold."""

import asyncio
import os
import sys
from collections.abc import Mapping
from datetime import UTC, datetime
from pathlib import Path
from uuid import UUID

from lmhg_gateway.features.clients.public import Client, reindex
from lmhg_gateway.features.retention.batches import propose
from lmhg_gateway.features.retention.forms import ChangeForm, HoldForm
from lmhg_gateway.features.retention.service import ask_change, decide_change, place_hold
from lmhg_gateway.web.retention_points import RetentionLine
from lmhg_kit.clock import utc_now
from lmhg_kit.loops import Apart
from lmhg_kit.persistence import Actor, Database, Keyring, WriteSession
from lmhg_kit.persistence.install import owner_for
from lmhg_kit.persistence.sealing import install
from lmhg_kit.practice import Practice
from lmhg_stack.people import member
from lmhg_stack.plan import TIMEZONE

ADMIN, OFFICER = member("admin@lmhg.test"), member("compliance@lmhg.test")
LINE = RetentionLine(
    code="inquiries", title="People who asked and were never seen", clock="", order=1
)
LONG_AGO = (("Tavelle Ostramire", 2012), ("Corwin Edderbrook", 2014), ("Milda Harrowfen", 2013))
"""People who called once, years ago; the last one is on hold."""


async def put_keeping(url: str) -> None:
    """Seven years for who was never seen, three such people, a hold on one of them, and a batch of the others."""
    db, admin = Database(url, pool_size=1, role=owner_for(url)), str(ADMIN.id)
    try:
        async with db.uow(Actor(admin), "demo retention") as tx:
            people = [await _person(tx, *each) for each in LONG_AGO]
            form = ChangeForm(code=LINE.code, years=7, why="As our lawyer wrote in March.")
            asked = (await ask_change(tx, form, lines=[LINE], by=admin)).id
        async with db.uow(Actor(str(OFFICER.id)), "demo retention") as tx:
            await decide_change(tx, asked, "approved", by=str(OFFICER.id), at=utc_now())
        async with db.uow(Actor(admin), "demo retention") as tx:
            hold = HoldForm(why="A former employer asked for records in court.")
            await place_hold(tx, hold, client_id=people[-1], by=admin, at=utc_now())
            await propose(tx, Practice(TIMEZONE), by=admin, apart=Apart("demo"))
    finally:
        await db.close()


async def _person(tx: WriteSession, name: str, year: int) -> UUID:
    client = Client(created_at=datetime(year, 4, 5, 15, tzinfo=UTC))
    client.legal_name = name
    tx.add(client)
    await tx.flush()
    await reindex(tx, client)
    return client.id


def main(environ: Mapping[str, str]) -> int:
    """Do it with the keys of a stack."""
    install(Keyring.from_file(Path(environ["LMHG_KEYRING_FILE"])))
    asyncio.run(put_keeping(environ["LMHG_DATABASE_URL"]))
    return 0


if __name__ == "__main__":
    sys.exit(main(dict(os.environ)))
