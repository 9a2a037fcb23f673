"""A worker of the mailbox alone, for a test that kills it: it reads and takes until nothing is left.

A parent that has loaded all begins one for each line that it reads, says its id, and says when it is over.
The line names a step at which the child kills itself (`spooled`, `committed`, `moved`), or none.
"""

import asyncio
import os
import signal
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from lmhg_gateway.adapters.mailbox import Mailbox, MailServer
from lmhg_gateway.adapters.object_store import store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.tray import mail
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.features.tray.mail import MailWatch
from lmhg_gateway.features.uploads.public import spooled
from lmhg_gateway.kernel.settings import LOOPBACK
from lmhg_kit.persistence import Actor, Database, Keyring
from lmhg_kit.persistence.sealing import install
from lmhg_kit.practice import Practice


@dataclass(frozen=True)
class Store:
    """Where the store is."""

    s3_url: str | None
    s3_bucket: str
    s3_access_key: str
    s3_secret_key_file: Path | None


def dying_after(call: Callable[..., Any]) -> Callable[..., Any]:
    """The same, and this process ends as by a power cut once it is done."""

    def dies(*args: Any, **kwargs: Any) -> None:
        call(*args, **kwargs)
        os.kill(os.getpid(), signal.SIGKILL)

    return dies


def dying_behind(begin: Callable[..., Any]) -> Callable[..., Any]:
    """The same units of work, and this process ends right behind the commit of an email's row."""

    @asynccontextmanager
    async def dies(db: Database, actor: Actor, purpose: str) -> AsyncIterator[Any]:
        async with begin(db, actor, purpose) as tx:
            yield tx
        if purpose == "tray.mailbox":
            os.kill(os.getpid(), signal.SIGKILL)

    return dies


def prepare(step: str) -> None:
    """Have this process end right behind a step."""
    patch = pytest.MonkeyPatch()
    if step == "spooled":
        patch.setattr(mail, "spooled", dying_after(spooled))
    elif step == "moved":
        patch.setattr(Mailbox, "move", dying_after(Mailbox.move))
    elif step == "committed":
        patch.setattr(Database, "uow", dying_behind(Database.uow))


async def main(step: str) -> None:
    """Work until nothing is left."""
    prepare(step)
    asked = os.environ
    install(Keyring.from_file(Path(asked["KEYRING"])))
    store = store_of(
        Store(
            s3_url=asked["S3_URL"],
            s3_bucket=asked["S3_BUCKET"],
            s3_access_key=asked["S3_ACCESS"],
            s3_secret_key_file=Path(asked["S3_SECRET"]),
        )
    )
    assert store is not None
    db, spool = Database(asked["DATABASE"], pool_size=2), Spool(Path(asked["SPOOL"]))
    server = MailServer(
        host="127.0.0.1",
        port=int(asked["PORT"]),
        security="none",
        user=asked["IMAP_USER"],
        password_file=Path(asked["PASSWORD"]),
        folder=asked["BOX"],
        taken_folder=f"{asked['BOX']}-taken",
        refused_folder=f"{asked['BOX']}-not-taken",
        ca_file=None,
        networks=LOOPBACK,
    )
    watch = MailWatch(db, spool, server)
    intake = Intake(db, spool, store, Practice("America/Kentucky/Louisville"))
    while await watch.step() + await intake.check():
        pass
    await db.close()


def say(text: str) -> None:
    """Tell the test."""
    sys.stdout.write(text)
    sys.stdout.flush()


for line in sys.stdin:
    child = os.fork()
    if not child:
        asyncio.run(main(line.strip()))
        os._exit(0)
    say(f"{child}\n")
    os.waitpid(child, 0)
    say("over\n")
