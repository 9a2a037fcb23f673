"""A real IMAP server for tests of the mailbox, and emails to put into it."""

import asyncio
import socket
import uuid
from collections.abc import Sequence
from contextlib import suppress
from dataclasses import dataclass
from email import policy
from email.message import EmailMessage
from ipaddress import ip_network
from pathlib import Path

from imap_tools.mailbox import MailBoxUnencrypted

from lmhg_gateway.adapters.mailbox import MailServer
from lmhg_gateway.features.tray.intake import Intake
from lmhg_gateway.features.tray.mail import MailWatch
from lmhg_gateway.kernel.settings import LOOPBACK
from lmhg_stack.process import Command, script

USER, PASSWORD = "fax", "correct horse"
INSIDE = (ip_network("127.0.0.0/8"),)


@dataclass(frozen=True)
class Imap:
    """pymap, with one mailbox in its memory."""

    folder: Path
    port: int
    more: tuple[str, ...] = ("--no-tls",)
    name: str = "imap"

    def prepare(self) -> None:
        """Write the password as the worker reads it."""
        self.password_file.write_text(PASSWORD + "\n")

    @property
    def password_file(self) -> Path:
        """Where the password is."""
        return self.folder / "password"

    def command(self) -> Command:
        """The process."""
        return Command(
            name=self.name,
            argv=(
                script("pymap"), "--host", "127.0.0.1", "--port", str(self.port), *self.more,
                "dict", "--demo-user", USER, "--demo-password", PASSWORD,
            ),
            cwd=self.folder,
        )  # fmt: skip

    def is_ready(self) -> bool:
        """Whether it answers."""
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), timeout=1):
            return True
        return False


@dataclass(frozen=True)
class Inbox:
    """Folders of one test in that mailbox, as a mail program sees them."""

    imap: Imap
    name: str

    @property
    def server(self) -> MailServer:
        """The mailbox as the worker reaches it."""
        return MailServer(
            host="127.0.0.1",
            port=self.imap.port,
            security="none",
            user=USER,
            password_file=self.imap.password_file,
            folder=self.name,
            taken_folder=f"{self.name}-taken",
            refused_folder=f"{self.name}-not-taken",
            ca_file=None,
            networks=LOOPBACK,
        )

    def _box(self) -> MailBoxUnencrypted:
        box = MailBoxUnencrypted("127.0.0.1", self.imap.port, timeout=10)
        box.login(USER, PASSWORD, initial_folder=None)
        for folder in (self.name, self.server.taken_folder, self.server.refused_folder):
            if not box.folder.exists(folder):
                box.folder.create(folder)
        return box

    def put(self, *emails: bytes, folder: str = "") -> None:
        """Deliver emails."""
        with self._box() as box:
            for each in emails:
                box.append(each, folder or self.name)

    def there(self, folder: str = "") -> list[bytes]:
        """The emails in a folder."""
        with self._box() as box:
            box.folder.set(folder or self.name)
            found: list[bytes] = []
            for uid in box.uids("ALL", charset=None):
                answer = box.client.uid("FETCH", uid, "(BODY.PEEK[])")[1]
                found += [part[1] for part in answer if isinstance(part, tuple)]
            return found

    @property
    def taken(self) -> list[bytes]:
        """The emails that were taken."""
        return self.there(self.server.taken_folder)

    @property
    def refused(self) -> list[bytes]:
        """The emails that were not."""
        return self.there(self.server.refused_folder)

    def numbered_anew(self) -> None:
        """Have the server forget its numbers: a new UIDVALIDITY, the same emails."""
        kept = self.there()
        with self._box() as box:
            box.folder.delete(self.name)
        self.put(*kept)


def email(
    *files: tuple[str, bytes],
    subject: str = "A fax for you",
    sender: str = "Okafor Practice <fax@okafor.test>",
    message_id: str | None = "",
    text: str = "See the file.",
) -> bytes:
    """An email with these files; with an id of its own, unless one is said, or None."""
    made = EmailMessage()
    made["From"], made["To"], made["Subject"] = sender, "fax@office.test", subject
    made["Date"] = "Fri, 27 Nov 2026 10:00:00 -0500"
    if message_id is not None:
        made["Message-ID"] = message_id or f"<{uuid.uuid4()}@okafor.test>"
    made.set_content(text)
    for name, data in files:
        made.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return made.as_bytes(policy=policy.SMTP)


async def work(watch: MailWatch, intake: Intake) -> None:
    """Look and take until there is nothing left to do."""
    async with asyncio.timeout(90):
        while await watch.step() + await intake.check():
            pass


def raw(head: Sequence[str], body: bytes) -> bytes:
    """An email, letter by letter: header lines and what is below them."""
    return "\r\n".join(head).encode() + b"\r\n\r\n" + body
