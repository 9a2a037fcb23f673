"""The way to the mailbox: refused at start when it leads outside or in the open, verified, and said when it fails."""

import asyncio
import socket
import ssl
import threading
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import replace
from ipaddress import ip_network
from pathlib import Path
from typing import Any

import msgspec
import pytest

from lmhg_gateway.adapters import mailbox
from lmhg_gateway.adapters.mailbox import CAUSES, Mailbox, MailServer
from lmhg_gateway.features.tray import mail, mail_state
from lmhg_gateway.features.tray.mail_server import mail_server
from lmhg_gateway.kernel.settings import WorkerSettings
from lmhg_kit.errors import SettingMissing, SettingRefused, Unavailable
from lmhg_kit.settings import load
from lmhg_stack.ports import free_ports
from lmhg_stack.process import running

from .mail_certificates import Certificate, certificate  # noqa: TID252 - beside this file
from .mailboxes import INSIDE, Imap, Inbox, email  # noqa: TID252 - beside this file

NEEDED = {
    "LMHG_SITE": "s1",
    "LMHG_DATABASE_URL": "unused",
    "LMHG_METRICS_LISTEN": "127.0.0.1:0",
    "LMHG_KEYRING_FILE": "unused",
    "LMHG_LEDGER_SIGNING_KEY_FILE": "unused",
    "LMHG_INGRESS_PRIVATE_KEY_FILE": "unused",
    "LMHG_INTAKEQ_URL": "unused",
    "LMHG_INTAKEQ_API_KEY_FILE": "unused",
    "LMHG_SPOOL_FOLDER": "/nowhere",
    "LMHG_S3_URL": "http://127.0.0.1:1",
    "LMHG_APPROVED_NETWORKS": "10.8.0.0/24",
    "LMHG_TRAY_MAILBOX_HOST": "10.8.0.30",
    "LMHG_TRAY_MAILBOX_USER": "fax",
    "LMHG_TRAY_MAILBOX_PASSWORD_FILE": "/nowhere/password",
}


def server_of(**others: str) -> MailServer | None:
    """The mailbox of these settings."""
    named = {f"LMHG_{name.upper()}": value for name, value in others.items()}
    return mail_server(load(WorkerSettings, NEEDED | named))


def test_mailbox_inside_the_approved_networks_is_accepted() -> None:
    """With TLS from the start on the usual port; none where no server is named."""
    found = server_of()
    assert found is not None
    assert (found.port, found.security, found.taken_folder) == (993, "tls", "Taken")
    assert server_of(tray_mailbox_host="") is None


@pytest.mark.parametrize(
    "host", ["203.0.113.9", "10.9.0.1", "127.0.0.1", "::1", "::ffff:203.0.113.9"]
)
def test_mailbox_outside_is_refused_at_start_in_a_sentence(host: str) -> None:
    """What is about clients may not come from there: also from this machine, unless that is approved."""
    with pytest.raises(SettingRefused, match="LMHG_TRAY_MAILBOX_HOST: this server is outside"):
        server_of(tray_mailbox_host=host)


@pytest.mark.parametrize(
    ("others", "said"),
    [
        ({"tray_mailbox_user": ""}, "LMHG_TRAY_MAILBOX_USER"),
        ({"tray_mailbox_password_file": ""}, "LMHG_TRAY_MAILBOX_PASSWORD_FILE"),
        ({"spool_folder": ""}, "LMHG_SPOOL_FOLDER"),
        ({"s3_url": ""}, "LMHG_S3_URL"),
        ({"approved_networks": ""}, "LMHG_APPROVED_NETWORKS"),
        ({"tray_mailbox_taken_folder": "inbox"}, "LMHG_TRAY_MAILBOX_FOLDER"),
        ({"tray_mailbox_security": "none"}, "LMHG_TRAY_MAILBOX_SECURITY"),
        ({"tray_mailbox_security": "none", "environment": "development"}, "LMHG_TRAY_MAILBOX_SECURITY"),
    ],
)  # fmt: skip
def test_settings_that_do_not_do_stop_the_start(others: dict[str, str], said: str) -> None:
    """Each with the name of what is missing, or wrong."""
    with pytest.raises(SettingMissing, match=said):
        server_of(**others)


def test_open_connection_is_for_loopback_in_development_alone() -> None:
    """In production not even there."""
    here = {"tray_mailbox_host": "127.0.0.1", "tray_mailbox_security": "none"}
    found = server_of(environment="development", **here)
    assert found is not None
    with pytest.raises(SettingRefused, match="SECURITY"):
        server_of(approved_networks="127.0.0.0/8", **here)


def test_name_that_cannot_be_looked_up_now_stops_no_start() -> None:
    """The loop says so, and checks it each time."""
    found = server_of(tray_mailbox_host="no-such-host.invalid")
    assert found is not None
    with pytest.raises(Unavailable) as failed:
        Mailbox(found).open()
    assert failed.value.phase == "name"


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Certificate:
    """The server's certificate."""
    return certificate(tmp_path_factory.mktemp("cert"), "127.0.0.1")


@pytest.fixture(scope="module")
def secure(own: Certificate, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Imap]:
    """A real server that offers STARTTLS, and lets nobody sign in before."""
    server = Imap(
        tmp_path_factory.mktemp("imap"),
        free_ports(1)[0],
        ("--cert", str(own.cert), "--key", str(own.key)),
    )
    with running(server, logs=server.folder):
        yield server


def reach(imap: Imap, own: Certificate) -> MailServer:
    """The way there by STARTTLS."""
    return replace(
        Inbox(imap, "INBOX").server, security="starttls", ca_file=own.cert, networks=INSIDE
    )


def cause_of(server: MailServer) -> str | None:
    """Why a mailbox can't be opened; None where it can."""
    box = Mailbox(server)
    try:
        box.open()
    except Unavailable as failure:
        return failure.phase if failure.code == "tray_mailbox" else failure.code
    finally:
        box.close()
    return None


def test_certificate_is_verified_and_nothing_is_sent_before(
    secure: Imap, own: Certificate, tmp_path: Path
) -> None:
    """By the authority of the settings, and by the name; in the open the same server is not asked."""
    server = reach(secure, own)
    assert cause_of(server) is None
    other = certificate(tmp_path, "127.0.0.1")
    assert cause_of(replace(server, ca_file=other.cert)) == "certificate"
    assert cause_of(replace(server, ca_file=None)) == "certificate"
    assert cause_of(replace(server, ca_file=tmp_path / "missing")) == "certificate"
    assert cause_of(replace(server, host="localhost")) == "certificate"
    assert cause_of(replace(server, security="tls")) in {"tls", "connect"}


def test_each_way_to_fail_has_its_cause(secure: Imap, own: Certificate, tmp_path: Path) -> None:
    """What the server says of it goes nowhere."""
    server = reach(secure, own)
    wrong = tmp_path / "wrong"
    wrong.write_text("pässword")
    assert cause_of(replace(server, password_file=wrong)) == "login"
    assert cause_of(replace(server, password_file=tmp_path / "none")) == "password"
    assert cause_of(replace(server, folder="No such folder")) == "folder"
    assert cause_of(replace(server, port=free_ports(1)[0])) == "connect"
    assert cause_of(replace(server, networks=(ip_network("10.8.0.0/24"),))) == "outside"
    assert {*CAUSES} <= {*mail_state.CAUSES}


def test_name_that_leads_elsewhere_by_then_gets_no_password(
    monkeypatch: pytest.MonkeyPatch, secure: Imap, own: Certificate
) -> None:
    """Looked up inside, and connected outside: the other end is checked again before anyone signs in."""
    server = replace(reach(secure, own), networks=(ip_network("10.8.0.0/24"),))
    there = [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("10.8.0.9", 993))]
    real, asked = socket.getaddrinfo, list[object]()

    def changing(*args: Any, **kwargs: Any) -> Any:
        asked.append(args)
        return there if len(asked) == 1 else real(*args, **kwargs)

    monkeypatch.setattr(socket, "getaddrinfo", changing)
    assert cause_of(server) == "outside"
    assert len(asked) > 1


class Door:
    """A port that passes TLS on to a server in the open; or answers once and then says nothing."""

    def __init__(self, own: Certificate, to: int | None) -> None:
        self._to, self._ends = to, list[socket.socket]()
        self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self._context.load_cert_chain(own.cert, own.key)
        self._listener = socket.create_server(("127.0.0.1", 0))
        self.port = int(self._listener.getsockname()[1])
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self) -> None:
        with suppress(OSError):
            while True:
                near = self._context.wrap_socket(self._listener.accept()[0], server_side=True)
                self._ends.append(near)
                if self._to is None:
                    near.sendall(b"* OK I am slow\r\n")
                    continue
                far = socket.create_connection(("127.0.0.1", self._to))
                self._ends.append(far)
                for pair in ((near, far), (far, near)):
                    threading.Thread(target=self._pass, args=pair, daemon=True).start()

    @staticmethod
    def _pass(source: socket.socket, target: socket.socket) -> None:
        with suppress(OSError, ValueError):
            while piece := source.recv(65_536):
                target.sendall(piece)
        with suppress(OSError):
            target.shutdown(socket.SHUT_RDWR)

    def close(self) -> None:
        """End every connection."""
        for each in (self._listener, *self._ends):
            with suppress(OSError):
                each.close()


@pytest.fixture
def doors() -> Iterator[list[Door]]:
    """Doors that are closed after the test."""
    made: list[Door] = []
    yield made
    for each in made:
        each.close()


def test_tls_from_the_start_reads_and_moves(
    own: Certificate, doors: list[Door], tmp_path: Path
) -> None:
    """The same server behind TLS: an email is read whole, and goes to another folder."""
    imap = Imap(tmp_path, free_ports(1)[0])
    with running(imap, logs=tmp_path):
        inbox = Inbox(imap, "Faxes")
        sent = email(("a.pdf", b"%PDF-1.7"))
        inbox.put(sent)
        doors.append(Door(own, imap.port))
        box = Mailbox(replace(inbox.server, port=doors[0].port, security="tls", ca_file=own.cert))
        assert box.open()
        [uid] = box.uids()
        assert box.sizes([uid, "99999"]) == [(uid, len(sent))]
        assert box.message(uid, most=len(sent)) == sent
        assert box.message(uid, most=9) == sent[:10]
        assert box.message("99999", most=9) is None
        assert sent.startswith(box.head(uid, most=20) or b"-")
        box.move([uid], inbox.server.taken_folder)
        assert box.uids() == []
        box.close()
        assert (inbox.taken, inbox.there()) == ([sent], [])


@pytest.mark.parametrize("abilities", [frozenset[str](), frozenset({"UIDPLUS"})])
def test_server_that_cannot_move_copies_first(
    monkeypatch: pytest.MonkeyPatch, abilities: frozenset[str], tmp_path: Path
) -> None:
    """And removes only what it copied; without UIDPLUS, what others marked too."""
    imap = Imap(tmp_path, free_ports(1)[0])
    with running(imap, logs=tmp_path):
        inbox = Inbox(imap, "Faxes")
        inbox.put(email(subject="One"), email(subject="Two"))
        box = Mailbox(inbox.server)
        box.open()
        monkeypatch.setattr(box, "_abilities", abilities)
        box.move(box.uids()[:1], inbox.server.taken_folder)
        box.close()
        assert (len(inbox.taken), len(inbox.there())) == (1, 1)


async def test_server_that_stops_answering_is_left(
    monkeypatch: pytest.MonkeyPatch, own: Certificate, doors: list[Door], tmp_path: Path
) -> None:
    """By the wait for one piece, or by that for a whole answer, whichever is over first."""
    doors.append(Door(own, None))
    password = tmp_path / "password"
    password.write_text("x")
    server = replace(
        Inbox(Imap(tmp_path, doors[0].port), "INBOX").server, security="tls", ca_file=own.cert
    )
    monkeypatch.setattr(mailbox, "WAIT_S", 0.3)
    assert cause_of(server) in {"connect", "login"}
    monkeypatch.setattr(mailbox, "WAIT_S", 500.0)
    monkeypatch.setattr(mail, "CALL_MAX_S", 0.3)
    box = Mailbox(server)
    async with asyncio.timeout(20):
        with pytest.raises(Unavailable) as failed:
            await mail.ask_server(box, box.open)
    assert failed.value.phase == "read"


def test_settings_of_the_mailbox_are_off_by_default() -> None:
    """Nothing is read unless a practice says so."""
    defaults = {each.name: each.default for each in msgspec.structs.fields(WorkerSettings)}
    assert defaults["tray_mailbox_host"] is None
    assert defaults["tray_mailbox_security"] == "tls"
