"""The mailbox at GreenMail: another server, in Java, with TLS from the start, and emails that come by SMTP."""

import os
import shutil
import smtplib
import socket
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import pytest

from lmhg_gateway.adapters.mailbox import MailServer
from lmhg_gateway.adapters.spool import Spool
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.features.tray.mail import MailWatch
from lmhg_gateway.kernel.settings import LOOPBACK
from lmhg_kit.persistence import Database
from lmhg_stack.ports import free_ports
from lmhg_stack.process import Command, running
from lmhg_stack.testing import PlaneDatabase

from . import papers  # noqa: TID252 - beside this file
from .mail_certificates import Certificate, certificate  # noqa: TID252 - beside this file
from .mailboxes import email, work  # noqa: TID252 - beside this file
from .trays import fax  # noqa: TID252 - beside this file

pytestmark = pytest.mark.peer
TO = "fax@office.test"


@dataclass(frozen=True)
class GreenMail:
    """The server that `LMHG_GREENMAIL` names."""

    folder: Path
    own: Certificate
    smtp: int
    imaps: int
    name: str = "greenmail"

    def prepare(self) -> None:
        """Nothing to write."""

    def command(self) -> Command:
        """The process."""
        options = {
            "greenmail.smtp.hostname": "127.0.0.1",
            "greenmail.smtp.port": self.smtp,
            "greenmail.imaps.hostname": "127.0.0.1",
            "greenmail.imaps.port": self.imaps,
            "greenmail.users": "fax:word@office.test",
            "greenmail.tls.keystore.file": self.own.both,
            "greenmail.tls.keystore.password": "changeit",
        }
        said = tuple(f"-D{name}={value}" for name, value in options.items())
        program = shutil.which("java") or "java"
        jar = os.environ["LMHG_GREENMAIL"]
        argv = (program, "-Xmx256m", *said, "-jar", jar)
        return Command(name=self.name, argv=argv, cwd=self.folder)

    def is_ready(self) -> bool:
        """Whether both of its doors are open."""
        with suppress(OSError):
            for port in (self.smtp, self.imaps):
                socket.create_connection(("127.0.0.1", port), timeout=1).close()
            return True
        return False

    def deliver(self, *emails: bytes) -> None:
        """Send emails as a fax line does."""
        with smtplib.SMTP("127.0.0.1", self.smtp, timeout=10) as line:
            for each in emails:
                line.sendmail("fax@okafor.test", [TO], each)


@pytest.fixture(scope="module")
def greenmail(tmp_path_factory: pytest.TempPathFactory) -> Iterator[GreenMail]:
    """A real GreenMail."""
    folder = tmp_path_factory.mktemp("greenmail")
    smtp, imaps = free_ports(2)
    server = GreenMail(folder, certificate(folder, "127.0.0.1"), smtp, imaps)
    with running(server, logs=folder):
        yield server


@pytest.fixture
def server(greenmail: GreenMail, tmp_path: Path) -> MailServer:
    """Its mailbox as the worker reaches it."""
    password = tmp_path / "password"
    password.write_text("word")
    return MailServer(
        host="127.0.0.1",
        port=greenmail.imaps,
        security="tls",
        user="fax",
        password_file=password,
        folder="INBOX",
        taken_folder="Taken",
        refused_folder="Not taken",
        ca_file=greenmail.own.cert,
        networks=LOOPBACK,
    )


async def test_greenmail_hands_over_what_came_by_smtp(  # noqa: PLR0917 - fixtures
    greenmail: GreenMail,
    server: MailServer,
    worker_db: Database,
    spool: Spool,
    intake: Intake,
    onprem: PlaneDatabase,
) -> None:
    """Each file once, though one email comes twice; taken ones and others go to folders of their own."""
    twice = email(("fax.pdf", fax("Over the line")))
    greenmail.deliver(twice, twice, email(("run.zip", papers.archive())), email(subject="No file"))
    watch = MailWatch(worker_db, spool, server)
    await work(watch, intake)
    rows = await onprem.run(
        "select refused_why, state from practice.paper_file where source = 'mailbox' order by received_at, id"
    )
    assert [row["refused_why"] or row["state"] for row in rows] == [
        "stored",
        "mail_zip",
        "mail_empty",
    ]
    again = MailWatch(worker_db, spool, server)
    assert await again.step() == 0
