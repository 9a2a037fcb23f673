"""Mail over SMTP: plain text to one person, never in the open but on loopback."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from ipaddress import ip_address
from urllib.parse import unquote, urlsplit

import aiosmtplib

from lmhg_gateway.kernel.mail_address import is_mail_address
from lmhg_kit.errors import Unavailable

TIMEOUT_S = 20
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Mailer:
    """Sends mail through one server; without an address it says that mail is not available."""

    url: str | None
    sender: str

    async def send(self, to: str, *, subject: str, text: str) -> None:
        """Hand one message over. Raises: Unavailable; what the server said stays with it.

        A server elsewhere has to speak TLS, with a certificate that holds: one that offers none, or
        whose offer someone on the way has taken out, gets nothing.
        """
        parts = urlsplit(self.url or "")
        if parts.scheme not in _PORTS:
            raise Unavailable("mail_not_configured")
        if not is_mail_address(to):
            raise Unavailable("mail_address")
        message = self._message(to, subject=subject, text=text)
        try:
            await aiosmtplib.send(
                message,
                hostname=parts.hostname,
                port=parts.port or _PORTS.get(parts.scheme, 25),
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=parts.scheme == "smtps",
                start_tls=parts.scheme == "smtp" and not is_loopback(parts.hostname or ""),
                timeout=TIMEOUT_S,
            )
        except (aiosmtplib.SMTPException, OSError, TimeoutError):
            raise Unavailable("mail_refused") from None

    def _message(self, to: str, *, subject: str, text: str) -> EmailMessage:
        message = EmailMessage()
        message["From"], message["To"], message["Subject"] = self.sender, to, subject
        domain = parseaddr(self.sender)[1].rpartition("@")[2] or "localhost"
        message["Date"], message["Message-ID"] = formatdate(), make_msgid(domain=domain)
        message["Auto-Submitted"] = "auto-generated"
        message.set_content(text)
        return message


def is_loopback(host: str) -> bool:
    """Whether mail to this host stays on this machine: by its address, or by the one name for it."""
    try:
        return ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"
