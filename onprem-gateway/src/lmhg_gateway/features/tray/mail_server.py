"""The mailbox of the settings, refused at start where what is in it could leave the approved networks."""

from lmhg_gateway.adapters.mailbox import MailServer
from lmhg_gateway.kernel.settings import LOOPBACK, WorkerSettings
from lmhg_kit.errors import SettingMissing, SettingRefused, Unavailable
from lmhg_kit.http.zones import Zones, parse_address
from lmhg_kit.settings import Environment

HOST, SECURITY, USER, PASSWORD_FILE, FOLDER = (
    f"LMHG_TRAY_MAILBOX_{each}" for each in ("HOST", "SECURITY", "USER", "PASSWORD_FILE", "FOLDER")
)


def mail_server(settings: WorkerSettings) -> MailServer | None:
    """The mailbox, if there is to be one. Raises: SettingMissing, SettingRefused.

    A name that nobody can look up now is no reason not to start: the loop says so, and checks it each time.
    """
    host = settings.tray_mailbox_host
    if host is None:
        return None
    if not settings.tray_mailbox_user:
        raise SettingMissing(USER, "fax@office.example.test")
    if settings.tray_mailbox_password_file is None:
        raise SettingMissing(PASSWORD_FILE, "/etc/lmhg/keys/mailbox.password")
    if settings.spool_folder is None:
        raise SettingMissing("LMHG_SPOOL_FOLDER", "/var/lib/lmhg/uploads")
    if settings.s3_url is None:
        raise SettingMissing("LMHG_S3_URL", "https://s3.office.example.test")
    is_development = settings.environment is Environment.DEVELOPMENT
    networks = settings.approved_networks + (LOOPBACK if is_development else ())
    if not networks:
        raise SettingMissing("LMHG_APPROVED_NETWORKS", "10.8.0.0/24")
    server = MailServer(
        host=host,
        port=settings.tray_mailbox_port,
        security=settings.tray_mailbox_security,
        user=settings.tray_mailbox_user,
        password_file=settings.tray_mailbox_password_file,
        folder=settings.tray_mailbox_folder,
        taken_folder=settings.tray_mailbox_taken_folder,
        refused_folder=settings.tray_mailbox_refused_folder,
        ca_file=settings.tray_mailbox_ca_file,
        networks=networks,
    )
    _check_folders(server)
    _check_open(server, is_development=is_development)
    _check_inside(server)
    return server


def _check_folders(server: MailServer) -> None:
    names = {server.folder.lower(), server.taken_folder.lower(), server.refused_folder.lower()}
    if len(names) < len((server.folder, server.taken_folder, server.refused_folder)):
        raise SettingRefused(
            FOLDER,
            "new emails, taken ones and those that were not taken need a folder each.",
        )


def _check_open(server: MailServer, *, is_development: bool) -> None:
    if server.security == "none" and not (is_development and _is_loopback(server.host)):
        raise SettingRefused(
            SECURITY,
            "emails about clients would cross the network in the open. Set it to tls or starttls.",
        )


def _check_inside(server: MailServer) -> None:
    try:
        server.check_address()
    except Unavailable as failure:
        if failure.phase == "outside":
            raise SettingRefused(
                HOST,
                "this server is outside the approved networks, and what is about clients may not lie there."
                " Use a mailbox of the office, or approve its network.",
            ) from None


def _is_loopback(host: str) -> bool:
    try:
        return Zones(LOOPBACK).is_inside(parse_address(host))
    except ValueError:
        return host == "localhost"
