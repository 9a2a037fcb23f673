"""The packet's page: the schedule under a printed key, and the little program that opens it in any browser.

AES-256-GCM; the key is HKDF-SHA256 of the printed one with a salt of the packet's own. What the page says about
itself is part of what is sealed, so a changed date or number does not open.
"""

import base64
import secrets
from collections.abc import Sequence
from datetime import datetime
from pathlib import Path

import jinja2
import msgspec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lmhg_gateway.features.downtime.rules import plain_code

_HERE = Path(__file__).parent / "offline"
_INFO = b"lmhg downtime packet v1"
_PAGES = jinja2.Environment(
    loader=jinja2.FileSystemLoader(_HERE),
    autoescape=True,
    trim_blocks=True,
    lstrip_blocks=True,
    undefined=jinja2.StrictUndefined,
)


class VisitLine(msgspec.Struct, frozen=True, kw_only=True):
    """One visit as the packet says it."""

    time: str
    state: str
    """A word beside its time, where nobody has confirmed it."""
    clinician: str
    name: str
    phones: list[str]
    may: str
    """What the person allows, in words."""


class Day(msgspec.Struct, frozen=True, kw_only=True):
    """One day of the packet."""

    title: str
    visits: list[VisitLine]


class Sealed(msgspec.Struct, frozen=True, kw_only=True):
    """What lies in the page, in base64 but for `about`."""

    about: str
    salt: str
    nonce: str
    data: str


def page_of(
    days: Sequence[Day], *, code: str, number: int, made_at: datetime, made_words: str
) -> bytes:
    """The whole page, as a file that needs nothing else."""
    plain = _PAGES.get_template("schedule.html").render(days=days, made=made_words)
    about = f"{made_at.isoformat()} key {number}"
    salt, nonce = secrets.token_bytes(16), secrets.token_bytes(12)
    key = HKDF(algorithm=SHA256(), length=32, salt=salt, info=_INFO).derive(
        plain_code(code).encode()
    )
    data = AESGCM(key).encrypt(nonce, plain.encode(), about.encode())
    sealed = Sealed(about=about, salt=_text(salt), nonce=_text(nonce), data=_text(data))
    return (
        _PAGES.get_template("page.html")
        .render(
            sealed=msgspec.json.encode(sealed).decode(),
            number=number,
            made=made_words,
            style=_read("page.css"),
            script=_read("page.js"),
        )
        .encode()
    )


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")


def _text(data: bytes) -> str:
    return base64.b64encode(data).decode()
