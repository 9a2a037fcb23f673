"""A mail sink: SMTP that accepts everything and delivers nowhere, with a page to read it."""

import asyncio
import contextlib
import html
import os
from collections.abc import AsyncIterator
from email import message_from_bytes, policy
from email.message import EmailMessage
from itertools import count
from pathlib import Path
from typing import Annotated

import msgspec
import uvicorn
from aiosmtpd.smtp import SMTP, Envelope, Session
from litestar import Litestar, MediaType, get
from litestar.datastructures import State
from litestar.exceptions import NotFoundException
from litestar.params import FromPath

from lmhg_kit.settings import Listen, Setting, load, split_listen

MAX_MAIL_BYTES = 10 * 1024 * 1024
SHOWN = 200
PAGE = """<!doctype html><html lang="en"><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1"><title>{title}</title>
<body><h1>{title}</h1>{body}</body></html>"""


class MailSinkSettings(msgspec.Struct, frozen=True, kw_only=True):
    """What the mail sink reads from its environment."""

    listen: Listen
    smtp_listen: Annotated[str, Setting("where SMTP is spoken", "127.0.0.1:8406")]
    mail_folder: Annotated[Path, Setting("where messages are kept", "/var/lib/mail")]


class Box:
    """The messages received, one file each."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self._next = count(len(list(folder.glob("*.eml"))) + 1)

    def keep(self, content: bytes) -> None:
        """Store one message."""
        file = self.folder / f"{next(self._next):06d}.eml"
        fresh = file.with_suffix(".part")
        fresh.write_bytes(content)
        fresh.rename(file)

    def names(self) -> list[str]:
        """Names of the messages, newest first."""
        return sorted((file.stem for file in self.folder.glob("*.eml")), reverse=True)

    def read(self, name: str) -> EmailMessage:
        """One message. Raises: KeyError."""
        if name not in self.names():
            raise KeyError(name)
        raw = (self.folder / f"{name}.eml").read_bytes()
        return message_from_bytes(raw, policy=policy.default)


class Keeper:
    """What aiosmtpd calls for each message."""

    def __init__(self, box: Box) -> None:
        self._box = box

    async def handle_DATA(self, server: SMTP, session: Session, envelope: Envelope) -> str:  # noqa: ARG002, N802 - aiosmtpd's hook
        """Keep the message."""
        content = envelope.content
        self._box.keep(content if isinstance(content, bytes) else str(content).encode())
        return "250 kept"


@get("/", media_type=MediaType.HTML)
async def inbox(state: State) -> str:
    """The newest messages."""
    box: Box = state.box
    rows = [(name, box.read(name)) for name in box.names()[:SHOWN]]
    items = "".join(
        f'<li><a href="/{name}">{_text(mail["Subject"])}</a> to {_text(mail["To"])}</li>'
        for name, mail in rows
    )
    return PAGE.format(title="Mail sink", body=f"<ul>{items}</ul>" if items else "<p>No mail.</p>")


@get("/{name:str}", media_type=MediaType.HTML)
async def one(state: State, name: FromPath[str]) -> str:
    """One message."""
    try:
        mail: EmailMessage = state.box.read(name)
    except KeyError:
        raise NotFoundException from None
    part = mail.get_body(("plain", "html"))
    text = part.get_content() if part is not None else ""
    head = "".join(f"<p>{_text(key)}: {_text(mail[key])}</p>" for key in ("From", "To", "Date"))
    return PAGE.format(
        title=_text(mail["Subject"]),
        body=f"{head}<pre>{html.escape(text)}</pre><a href='/'>All</a>",
    )


@get("/health")
async def health() -> dict[str, bool]:
    """That it runs."""
    return {"ready": True}


def _text(value: object) -> str:
    return html.escape(str(value or "(none)"))


def build(settings: MailSinkSettings) -> Litestar:
    """The page, and beside it the SMTP listener."""
    box = Box(settings.mail_folder)
    host, port = split_listen(settings.smtp_listen)

    @contextlib.asynccontextmanager
    async def lifespan(_: Litestar) -> AsyncIterator[None]:
        loop = asyncio.get_running_loop()
        server = await loop.create_server(
            lambda: SMTP(Keeper(box), data_size_limit=MAX_MAIL_BYTES, enable_SMTPUTF8=True),
            host,
            port,
        )
        yield
        server.close()

    return Litestar(
        [inbox, one, health],
        state=State({"box": box}),
        lifespan=[lifespan],
        openapi_config=None,
        logging_config=None,
    )


def main() -> None:
    """Serve until told to stop."""
    settings = load(MailSinkSettings, os.environ)
    host, port = split_listen(settings.listen)
    uvicorn.run(build(settings), host=host, port=port, log_level="warning", access_log=False)


if __name__ == "__main__":
    main()
