"""Mail over SMTP: plain text to one person, with TLS wherever the server offers it."""

from dataclasses import dataclass
from email.message import EmailMessage
from email.utils import formatdate, make_msgid, parseaddr
from urllib.parse import unquote, urlsplit

import aiosmtplib

from lmhg_kit.errors import Unavailable

TIMEOUT_S = 20
_PORTS = {"smtp": 25, "smtps": 465}


@dataclass(frozen=True)
class Mailer:
    """Sends mail through one server; without an address it says that mail is not available."""

    url: str | None
    sender: str

    async def send(self, to: str, *, subject: str, text: str) -> None:
        """Hand one message over. Raises: Unavailable; what the server said stays with it."""
        if not self.url:
            raise Unavailable("mail_not_configured")
        message = self._message(to, subject=subject, text=text)
        parts = urlsplit(self.url)
        try:
            await aiosmtplib.send(
                message,
                hostname=parts.hostname,
                port=parts.port or _PORTS.get(parts.scheme, 25),
                username=unquote(parts.username) if parts.username else None,
                password=unquote(parts.password) if parts.password else None,
                use_tls=parts.scheme == "smtps",
                start_tls=None if parts.scheme == "smtp" else False,
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
