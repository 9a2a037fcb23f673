"""A worker of the tray alone, for a test that kills it: it takes what is in the folder until nothing is left.

A parent that has loaded all begins one for each line that it reads, says its id, and says when it is over.
"""

import asyncio
import os
import sys
from dataclasses import dataclass
from pathlib import Path

from lmhg_gateway.adapters.object_store import store_of
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.tray.folder import Folder, Watch
from lmhg_gateway.features.tray.intake import Intake
from lmhg_kit.persistence import Database, Keyring
from lmhg_kit.persistence.sealing import install
from lmhg_kit.practice import Practice


@dataclass(frozen=True)
class Store:
    """Where the store is."""

    s3_url: str | None
    s3_bucket: str
    s3_access_key: str
    s3_secret_key_file: Path | None


async def main() -> None:
    """Work until nothing is left."""
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
    db = Database(asked["DATABASE"], pool_size=2)
    folder = Folder(Path(asked["FOLDER"]))
    practice = Practice("America/Kentucky/Louisville")
    watch = Watch(db, folder, still_s=0)
    intake = Intake(db, Spool(Path(asked["SPOOL"])), store, practice, folder)
    while await watch.step() + await intake.check():
        pass
    await db.close()


def say(text: str) -> None:
    """Tell the test."""
    sys.stdout.write(text)
    sys.stdout.flush()


for _ in sys.stdin:
    child = os.fork()
    if not child:
        asyncio.run(main())
        os._exit(0)
    say(f"{child}\n")
    os.waitpid(child, 0)
    say("over\n")
