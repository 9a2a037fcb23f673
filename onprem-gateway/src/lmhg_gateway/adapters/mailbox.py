"""A mailbox of the office over IMAP: what lies in a folder, the bytes of one email, and moving it.

Never in the open but on loopback in development, and never to an address outside the approved networks: the
name is looked up and checked before, and the other end again before our password is sent. Every call blocks:
it is made in a thread, and `abort` from any other one ends it. What a server says stays here; a failure has
the cause alone, one of `CAUSES`.
"""

import imaplib
import re
import socket
import ssl
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal, NamedTuple, cast

from imap_tools.errors import ImapToolsError, MailboxLoginError
from imap_tools.mailbox import BaseMailBox, MailBox, MailBoxStartTls, MailBoxUnencrypted
from imap_tools.utils import encode_folder

from lmhg_kit.errors import Unavailable
from lmhg_kit.http.zones import Network, Zones, parse_address

Security = Literal["tls", "starttls", "none"]
WAIT_S = 20.0
"""For each piece that a server sends."""
CAUSES = (
    "name", "outside", "connect", "tls", "certificate", "password", "login", "folder", "read",
)  # fmt: skip
"""Why a mailbox can't be read."""
ASKED_AT_ONCE = 500
"""Emails whose size is asked for in one command."""
Failed = (ImapToolsError, imaplib.IMAP4.error, OSError, ValueError, EOFError)
_SIZE = re.compile(rb"RFC822\.SIZE (\d+)")
_UID = re.compile(rb"\bUID (\d+)")


@dataclass(frozen=True, kw_only=True)
class MailServer:
    """Where a mailbox is, who we are there, and its folders."""

    host: str
    port: int
    security: Security
    user: str
    password_file: Path
    folder: str
    taken_folder: str
    refused_folder: str
    ca_file: Path | None
    networks: tuple[Network, ...]
    """The approved ones."""

    def check_address(self) -> None:
        """Accept the server's name when each of its addresses is inside. Raises: Unavailable."""
        try:
            rows = socket.getaddrinfo(self.host, self.port, type=socket.SOCK_STREAM)
            found = {parse_address(str(row[4][0])) for row in rows}
        except (OSError, ValueError):
            raise _failure("name") from None
        if not found or not all(map(Zones(self.networks).is_inside, found)):
            raise _failure("outside")


class Listed(NamedTuple):
    """An email as the folder lists it: its number, and how many bytes it has as the server says."""

    uid: str
    size: int


class Mailbox:
    """One visit to a mailbox."""

    def __init__(self, server: MailServer) -> None:
        self.server = server
        self._box: BaseMailBox | None = None
        self._abilities: frozenset[str] = frozenset()

    def open(self) -> str:
        """Go in, with our folders there; what says until when numbers of emails hold. Raises: Unavailable."""
        self.server.check_address()
        password = self._password()
        with _told("connect"):
            self._box = box = self._connected()
            self._check_peer(box)
        with _told("login"):
            self._sign_in(box, password)
        with _told("folder"):
            for name in (self.server.taken_folder, self.server.refused_folder):
                if not box.folder.exists(name):
                    box.folder.create(name)
            box.folder.set(self.server.folder)
            return str(int(cast("bytes", box.client.response("UIDVALIDITY")[1][0] or b"0")))

    def uids(self) -> list[str]:
        """The numbers of the emails in the folder, the oldest first. Raises: Unavailable."""
        with _told("read"):
            return sorted(self._at().uids("UNDELETED", charset=None), key=int)

    def sizes(self, uids: Sequence[str]) -> list[Listed]:
        """How large these emails are, those that are still there. Raises: Unavailable."""
        found: list[Listed] = []
        with _told("read"):
            for at in range(0, len(uids), ASKED_AT_ONCE):
                asked = ",".join(uids[at : at + ASKED_AT_ONCE])
                for line in self._fetched(asked, "(RFC822.SIZE)"):
                    uid, size = _UID.search(line), _SIZE.search(line)
                    if uid and size:
                        found.append(Listed(uid[1].decode(), int(size[1])))
        order = {uid: n for n, uid in enumerate(uids)}
        return sorted(
            (each for each in found if each.uid in order), key=lambda each: order[each.uid]
        )

    def message(self, uid: str, *, most: int) -> bytes | None:
        """The bytes of an email, one more than `most` at most; None where it is gone. Raises: Unavailable."""
        return self._bytes(uid, f"(BODY.PEEK[]<0.{most + 1}>)")

    def head(self, uid: str, *, most: int) -> bytes | None:
        """The beginning of an email's headers. Raises: Unavailable."""
        return self._bytes(uid, f"(BODY.PEEK[HEADER]<0.{most}>)")

    def move(self, uids: Sequence[str], folder: str) -> None:
        """Have emails lie in another folder. Raises: Unavailable.

        A server that can't move copies first. One that dies between leaves an email in both folders, which
        the next look finds and moves again.
        """
        with _told("read"):
            box = self._at()
            if "MOVE" in self._abilities:
                _done(box.client.uid("MOVE", ",".join(uids), cast("str", encode_folder(folder))))
                return
            box.copy(list(uids), folder)
            _done(box.client.uid("STORE", ",".join(uids), "+FLAGS.SILENT", r"(\Deleted)"))
            if "UIDPLUS" in self._abilities:
                _done(box.client.uid("EXPUNGE", ",".join(uids)))
            else:
                box.expunge()

    def close(self) -> None:
        """Go out."""
        if self._box is not None:
            with suppress(*Failed):
                self._box.logout()
            with suppress(*Failed):
                self._box.client.shutdown()

    def abort(self) -> None:
        """End whatever call waits for the server."""
        if self._box is not None:
            with suppress(OSError):
                self._box.client.sock.shutdown(socket.SHUT_RDWR)

    def _password(self) -> str:
        try:
            return self.server.password_file.read_text(encoding="utf-8").strip("\r\n")
        except (OSError, ValueError):
            raise _failure("password") from None

    def _connected(self) -> BaseMailBox:
        where: dict[str, Any] = {
            "host": self.server.host,
            "port": self.server.port,
            "timeout": WAIT_S,
        }
        if self.server.security == "none":
            return MailBoxUnencrypted(**where)
        with _told("certificate"):
            context = ssl.create_default_context(cafile=self.server.ca_file)
        if self.server.security == "tls":
            return MailBox(**where, ssl_context=context)
        return MailBoxStartTls(**where, ssl_context=context)

    def _check_peer(self, box: BaseMailBox) -> None:
        """The name may lead elsewhere by now than when it was looked up."""
        if not Zones(self.server.networks).is_inside(
            parse_address(str(box.client.sock.getpeername()[0]))
        ):
            raise _failure("outside")

    def _sign_in(self, box: BaseMailBox, password: str) -> None:
        is_plain = self.server.user.isascii() and password.isascii()
        enter = box.login if is_plain else box.login_utf8
        enter(self.server.user, password, initial_folder=None)
        said = cast("Sequence[bytes | None]", box.client.capability()[1])
        self._abilities = frozenset(
            b" ".join(filter(None, said)).decode("ascii", "replace").split()
        )

    def _at(self) -> BaseMailBox:
        if self._box is None:
            raise _failure("connect")
        return self._box

    def _fetched(self, uids: str, wanted: str) -> Iterator[bytes]:
        """Each answer to a command that asks for no long text, as one line."""
        for part in _done(self._at().client.uid("FETCH", uids, wanted)):
            yield b"".join(part) if isinstance(part, tuple) else part

    def _bytes(self, uid: str, wanted: str) -> bytes | None:
        with _told("read"):
            answer = _done(self._at().client.uid("FETCH", uid, wanted))
        if not answer:
            return None
        return max((part[1] for part in answer if isinstance(part, tuple)), key=len, default=b"")


def _failure(cause: str) -> Unavailable:
    return Unavailable("tray_mailbox", phase=cause)


@contextmanager
def _told(cause: str) -> Iterator[None]:
    """Say of a failure only what we were doing, or that the server is not who it should be."""
    try:
        yield
    except ssl.SSLCertVerificationError:
        raise _failure("certificate") from None
    except ssl.SSLError:
        raise _failure("tls" if cause == "connect" else cause) from None
    except MailboxLoginError:
        raise _failure("login") from None
    except Failed:
        raise _failure(cause) from None


def _done(answer: tuple[str, Collection[Any]]) -> list[Any]:
    """What a command brought, without what it did not find. Raises: imaplib's error."""
    status, parts = answer
    if status != "OK":
        raise imaplib.IMAP4.error
    return [part for part in parts if part is not None]
