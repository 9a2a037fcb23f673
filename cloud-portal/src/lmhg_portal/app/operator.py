"""What an operator of the portal does from a shell: migrate, check the wall, export ledgers."""

import argparse
import asyncio
import sys
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec
from sqlalchemy.exc import DBAPIError

from lmhg_kit.errors import LmhgError
from lmhg_kit.persistence import Database
from lmhg_kit.persistence.install import GAVE_UP, GAVE_UP_SENTENCE, drift, migrate, owner_for
from lmhg_kit.persistence.ledgers import export_ledger
from lmhg_kit.settings import DatabaseUrl, Setting, load
from lmhg_portal.database import PLAN

OUTCOMES = {
    GAVE_UP: GAVE_UP_SENTENCE,
    "checkpoint_missing": "no file was written: the ledger has no signed checkpoint yet; the first one"
    " comes with its first entry",
}
"""Failures that say more than that nothing was changed."""


class OwnerSettings(msgspec.Struct, frozen=True, kw_only=True):
    """The commands that an operator runs."""

    database_url: DatabaseUrl
    site: Annotated[str, Setting("site id", "s1")] = "s1"


def run(arguments: argparse.Namespace, environ: Mapping[str, str]) -> int:
    """Run one command; 0, or 1 with a sentence on stderr."""
    settings = load(OwnerSettings, environ)
    if arguments.command == "drift":
        found = drift(settings.database_url, PLAN)
        for name in found:
            _say(f"differs from the generated wall: {name}")
        return 1 if found else 0
    try:
        if arguments.command == "migrate":
            migrate(settings.database_url, PLAN)
            return 0
        asyncio.run(_with_database(settings, arguments))
    except LmhgError as failure:
        _say(OUTCOMES.get(failure.code, f"nothing was changed: {failure.code}"))
        return 1
    except OSError as failure:
        _say(f"nothing was written: {failure.strerror or type(failure).__name__}")
        return 1
    except DBAPIError as refused:
        code = getattr(refused.orig, "sqlstate", None) or "database"
        _say(f"nothing was changed: the database refused it ({code})")
        return 1
    return 0


async def _with_database(settings: OwnerSettings, arguments: argparse.Namespace) -> None:
    url = settings.database_url
    db = Database(url, pool_size=1, role=owner_for(url))
    try:
        await export_ledger(db, arguments.ledger, Path(arguments.output))
    finally:
        await db.close()


def _say(sentence: str) -> None:
    print(f"lmhg-portal: {sentence}", file=sys.stderr)  # noqa: T201 - an operator's command
