"""Mail: to one reader, and never in the open to another machine."""

import asyncio
from collections.abc import AsyncIterator

import pytest
from aiosmtpd.smtp import SMTP

from lmhg_gateway.adapters.mail import Mailer, is_loopback
from lmhg_gateway.features.people.forms import InviteForm
from lmhg_gateway.kernel.mail_address import is_mail_address
from lmhg_kit.errors import Unavailable
from lmhg_kit.http.forms import fill

SENDER = "LMHG <no-reply@lmhg.test>"
NOT_ONE = (
    "a@x.test,evil@x.test",
    "a@x.test evil@x.test",
    "a@x.test;evil@x.test",
    "a@x.test\nevil@x.test",
    "a@x.test\r\nBcc: evil@x.test",
    "A <a@x.test>",
    "<a@x.test>",
    '"a@x.test"@evil.test',
    "a@x@evil.test",
    "a(b)@x.test",
    "a@x.test,",
    "a@",
    "@x.test",
    "a@-x.test",
    "a@x..test",
    "group: a@x.test;",
)


@pytest.mark.found("A9", "an invitation has one address, whole, and mail goes to that one")
@pytest.mark.parametrize("text", NOT_ONE)
async def test_what_is_not_one_address_is_invited_and_mailed_nowhere(text: str) -> None:
    """Refused where it is typed, and once more where mail is sent."""
    assert not is_mail_address(text)
    fields = {"display_name": ["A"], "email": [text], "roles": ["staff"]}
    assert "email" in fill(InviteForm, fields).errors
    with pytest.raises(Unavailable, match="mail_address"):
        await Mailer("smtp://127.0.0.1:9", SENDER).send(text, subject="s", text="t")


@pytest.mark.parametrize("text", ["kim@practice.org", "o'brien+x@a-b.example", "a@localhost"])
def test_one_address_is_one(text: str) -> None:
    """The control: ordinary ones are taken."""
    assert is_mail_address(text)
    fields = {"display_name": ["A"], "email": [text], "roles": ["staff"]}
    assert not fill(InviteForm, fields).errors


class Plain:
    """A server without TLS that notes what it is sent."""

    def __init__(self) -> None:
        self.mails = 0

    async def handle_DATA(self, *_: object) -> str:  # noqa: N802 - aiosmtpd's hook
        """One message."""
        self.mails += 1
        return "250 OK"


@pytest.fixture
async def plain() -> AsyncIterator[tuple[Plain, int]]:
    """Such a server, and its port."""
    seen = Plain()
    loop = asyncio.get_running_loop()
    server = await loop.create_server(lambda: SMTP(seen), "127.0.0.1", 0)
    yield seen, server.sockets[0].getsockname()[1]
    server.close()


@pytest.mark.found("A9", "mail to another machine goes over TLS or not at all")
async def test_server_that_offers_no_tls_gets_nothing(
    plain: tuple[Plain, int], monkeypatch: pytest.MonkeyPatch
) -> None:
    """As if it stood elsewhere: refused before a word of the mail. On loopback the same one is used."""
    seen, port = plain
    mailer = Mailer(f"smtp://127.0.0.1:{port}", SENDER)
    await mailer.send("a@x.test", subject="s", text="t")
    assert seen.mails == 1
    monkeypatch.setattr("lmhg_gateway.adapters.mail.is_loopback", lambda _host: False)
    with pytest.raises(Unavailable, match="mail_refused"):
        await mailer.send("a@x.test", subject="s", text="t")
    assert seen.mails == 1


@pytest.mark.parametrize("url", ["http://127.0.0.1:9", "smtp+starttls://x", "", None])
async def test_other_schemes_are_no_mail_server(url: str | None) -> None:
    """Nothing is guessed."""
    with pytest.raises(Unavailable, match="mail_not_configured"):
        await Mailer(url, SENDER).send("a@x.test", subject="s", text="t")


@pytest.mark.parametrize(
    "host", ["mail.test", "localhost.evil.test", "10.0.0.1", "", "127.0.0.1.x"]
)
def test_only_loopback_is_loopback(host: str) -> None:
    """By number or by its one name."""
    assert not is_loopback(host)
    assert is_loopback("127.0.0.1")
    assert is_loopback("::1")
    assert is_loopback("localhost")
