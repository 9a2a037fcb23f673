"""A worker that is killed while it reads the mailbox: nothing is lost, and nothing comes twice."""

import asyncio
import os
import random
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.features.tray.mail import MailWatch
from lmhg_gateway.kernel.settings import WorkspaceSettings
from lmhg_kit.http.testing import Signed
from lmhg_kit.persistence import Keyring
from lmhg_kit.persistence.sealing import install, installed
from lmhg_quality.upload_lab import keyring_file
from lmhg_stack.process import base_env
from lmhg_stack.testing import PlaneDatabase

from .mailboxes import USER, Inbox, email, work  # noqa: TID252 - beside this file
from .trays import fax  # noqa: TID252 - beside this file

CHILD = Path(__file__).with_name("mail_child.py")
KILLS = 6


class Workers:
    """Begins workers, one at a time."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self._process = process

    async def run(self, step: str = "", *, kill_after_s: float | None = None) -> bool:
        """One worker to its end; whether it had to be killed from here."""
        assert self._process.stdin is not None
        assert self._process.stdout is not None
        self._process.stdin.write(f"{step}\n".encode())
        pid = int(await self._process.stdout.readline())
        over = asyncio.ensure_future(self._process.stdout.readline())
        done, _ = await asyncio.wait([over], timeout=kill_after_s)
        if not done:
            os.kill(pid, signal.SIGKILL)
        assert await over == b"over\n"
        return not done


@asynccontextmanager
async def children(env: dict[str, str]) -> AsyncIterator[Workers]:
    """A process that begins workers."""
    process = await asyncio.create_subprocess_exec(
        sys.executable, str(CHILD), env=env, stdin=subprocess.PIPE, stdout=subprocess.PIPE
    )
    try:
        yield Workers(process)
    finally:
        assert process.stdin is not None
        process.stdin.close()
        await process.wait()


@pytest.fixture
async def workers(
    onprem: PlaneDatabase, settings: WorkspaceSettings, spool: Spool, inbox: Inbox, tmp_path: Path
) -> AsyncIterator[Workers]:
    """Workers of the mailbox, with a keyring that this process has too."""
    before, keyring = installed(), keyring_file(tmp_path)
    install(Keyring.from_file(keyring))
    env = base_env() | {
        "DATABASE": onprem.url("gw_worker"),
        "KEYRING": str(keyring),
        "SPOOL": str(spool.folder),
        "S3_URL": settings.s3_url or "",
        "S3_SECRET": str(settings.s3_secret_key_file),
        "S3_ACCESS": settings.s3_access_key,
        "S3_BUCKET": settings.s3_bucket,
        "PORT": str(inbox.imap.port),
        "IMAP_USER": USER,
        "PASSWORD": str(inbox.imap.password_file),
        "BOX": inbox.name,
    }
    try:
        async with children(env) as made:
            yield made
    finally:
        install(before)


async def check_each_once(
    onprem: PlaneDatabase, desk: Signed, inbox: Inbox, sent: list[bytes], *, emails: int
) -> None:
    """Each file is in the tray once, byte for byte, and each email among those that were taken."""
    rows = await onprem.run(
        "select id from practice.paper_file where source = 'mailbox' and state = 'stored'"
    )
    kept = [(await desk.get(f"/tray/files/{row['id']}/original")).content for row in rows]
    assert [kept.count(data) for data in sent] == [1] * len(sent)
    assert (inbox.there(), len(inbox.taken), inbox.refused) == ([], emails, [])


@pytest.mark.parametrize("step", ["spooled", "committed", "moved"])
async def test_worker_that_dies_behind_a_step_loses_nothing_and_takes_nothing_twice(  # noqa: PLR0917 - fixtures
    onprem: PlaneDatabase,
    desk: Signed,
    inbox: Inbox,
    workers: Workers,
    mail_watch: MailWatch,
    intake: Intake,
    step: str,
) -> None:
    """Between the spool and the row, between the first row and the second, and when the email was moved."""
    sent = [fax(f"Killed when {step} {n}") for n in range(3)]
    inbox.put(email(("a.pdf", sent[0]), ("b.pdf", sent[1])), email(("c.pdf", sent[2])))
    for _ in range(2):
        await workers.run(step)
    await work(mail_watch, intake)
    await check_each_once(onprem, desk, inbox, sent, emails=2)


async def test_worker_that_is_killed_at_any_moment_loses_nothing_and_takes_nothing_twice(  # noqa: PLR0917 - fixtures
    onprem: PlaneDatabase,
    desk: Signed,
    inbox: Inbox,
    workers: Workers,
    mail_watch: MailWatch,
    intake: Intake,
) -> None:
    """Again and again while it reads half a dozen emails."""
    dice = random.Random(41)  # noqa: S311 - moments to kill at
    sent = [fax(f"Killed {n:02}", "Second page") for n in range(2 * KILLS)]
    for n in range(KILLS):
        inbox.put(email((f"{n}.pdf", sent[2 * n]), (f"{n} more.pdf", sent[2 * n + 1])))
    killed = [await workers.run(kill_after_s=dice.random() * 0.8) for _ in range(KILLS)]
    assert sum(killed) > KILLS // 2
    await work(mail_watch, intake)
    await check_each_once(onprem, desk, inbox, sent, emails=KILLS)
