"""How the mailbox is: the worker says it in one row, and pages read it there."""

from collections.abc import Mapping
from datetime import datetime, timedelta

from lmhg_gateway.features.tray import repository
from lmhg_gateway.features.tray.models import TrayMailbox
from lmhg_kit.persistence import Actor, Database, ReadSession
from lmhg_kit.ui.formats import LocalTimes

SAID_EVERY = timedelta(minutes=5)
"""How often the worker says that all is as it was."""
SILENT_AFTER = timedelta(minutes=20)
"""From when a worker that says nothing counts as not looking."""
LATE_AFTER = timedelta(minutes=10)
"""How long the mailbox may be unread before the morning page says so."""
CAUSES: Mapping[str, str] = {
    "name": "Its server's name can't be found.",
    "outside": "Its server is outside the approved networks.",
    "connect": "Its server does not answer.",
    "tls": "Its server offers no safe connection.",
    "certificate": "The certificate of its server is not valid.",
    "password": "The file with its password can't be read.",
    "login": "Its server refuses our name or password.",
    "folder": "A folder in it can't be opened.",
    "read": "Its server stopped answering.",
    "spool_full": "The office's disk for incoming files is full.",
    "email": "One email in it can't be handled.",
}
"""Why the mailbox can't be read, by cause."""


async def say(db: Database, actor: Actor, *, cause: str | None, at: datetime) -> None:
    """Say that the mailbox was read, or why not; written when that changes, and every few minutes."""
    async with db.read(actor, "tray.mailbox") as tx:
        if not _is_news(await repository.mailbox(tx), cause=cause, at=at):
            return
    async with db.uow(actor, "tray.mailbox") as tx:
        found = await repository.locked_mailbox(tx)
        if found is None:
            found = TrayMailbox(number=1, is_on=True, said_at=at)
            _put(found, cause=cause, at=at)
            await repository.add(tx, found)
        else:
            _put(found, cause=cause, at=at)


def _is_news(found: TrayMailbox | None, *, cause: str | None, at: datetime) -> bool:
    if found is None or not found.is_on or found.cause != cause:
        return True
    return at - found.said_at >= SAID_EVERY


def _put(found: TrayMailbox, *, cause: str | None, at: datetime) -> None:
    found.is_on, found.said_at = True, at
    if cause is None:
        found.failing_since = None
    elif found.failing_since is None:
        found.failing_since = at
    found.cause = cause


async def say_off(db: Database, actor: Actor, *, at: datetime) -> int:
    """Say that the settings name no mailbox any more; nothing where there never was one."""
    async with db.read(actor, "tray.mailbox") as tx:
        found = await repository.mailbox(tx)
    if found is not None and found.is_on:
        async with db.uow(actor, "tray.mailbox") as tx:
            if (held := await repository.locked_mailbox(tx)) is not None:
                held.is_on, held.said_at = False, at
                held.failing_since = held.cause = None
    return 0


async def trouble(tx: ReadSession, at: datetime, *, zone: str) -> str | None:
    """What to say of a mailbox that can't be read; nothing where all is well, or there is none."""
    return words_of(await repository.mailbox(tx), at, zone=zone)


def words_of(
    found: TrayMailbox | None, at: datetime, *, zone: str, after: timedelta = timedelta()
) -> str | None:
    """The same of a mailbox that was looked up, once its trouble has lasted so long."""
    if found is None or not found.is_on:
        return None
    if at - found.said_at > SILENT_AFTER:
        since, why = found.said_at, "The office's computer does not look into it."
    elif found.failing_since is not None and at - found.failing_since >= after:
        since, why = found.failing_since, CAUSES.get(found.cause or "", "")
    else:
        return None
    return (
        f"The mailbox can't be read since {LocalTimes(zone).moment(since)}. {why}"
        " Emails wait there, and none is lost. Tell IT support."
    )
