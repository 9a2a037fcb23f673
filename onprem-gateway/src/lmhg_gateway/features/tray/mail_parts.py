"""What an email has in it: each attachment is a paper, is refused with a reason, or is no paper at all.

Pure, and nothing that a stranger writes into an email makes it fail: names in any charset, parts that end
nowhere, emails in emails. What can't be read at all is refused as a whole.
"""

import base64
import binascii
import hashlib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field
from email import policy
from email.errors import MessageError
from email.header import decode_header
from email.message import Message
from email.parser import BytesFeedParser, BytesHeaderParser
from enum import StrEnum
from pathlib import PurePath
from urllib.parse import unquote

from lmhg_kit.http.door import text_of

MAIL_BYTES_MAX = 40 * 1024 * 1024
"""Bytes of one email; a larger one is refused before it is fetched. Reading one takes five times that of memory."""
PIECE = 64 * 1024
FILES_MAX = 50
"""Attachments of one email; those behind them are refused together."""
PARTS_MAX = 2000
"""Parts of one email that are looked at, attachments or not."""
INLINE_MAX = 100 * 1024
"""A picture that an email's text shows and that is smaller belongs to a signature."""
NAME_MAX = 200
SUFFIX_MAX = 12
HEADER_MAX = 4000
"""Letters of a header that are read."""
LINE_MAX = 200
"""Letters of a sender or a subject that are kept."""
_CID = re.compile(r"""cid:([^"'\s<>)]+)""", re.IGNORECASE)
_SHOWN = frozenset({"image/png", "image/jpeg", "image/gif", "image/bmp", "image/svg+xml", "image/webp"})  # fmt: skip
_SEALS = frozenset({
    "application/pkcs7-signature", "application/x-pkcs7-signature", "application/pgp-signature",
    "application/pgp-keys", "message/delivery-status", "message/disposition-notification",
    "text/rfc822-headers",
})  # fmt: skip
"""What proves an email or says what became of one: never a paper."""
_SECRET = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime", "application/pgp-encrypted"})  # fmt: skip
_EMAILS = frozenset({"message/rfc822", "message/global"})
_ZIP, _TNEF = b"PK\x03\x04", b"\x78\x9f\x3e\x22"
_SPACE, _FOLD = re.compile(r"\s+"), re.compile(r"[\r\n]+[ \t]*")
_TURNING = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
"""What turns the letters behind it around, so that a name looks like another one."""


class Fate(StrEnum):
    """What becomes of an attachment."""

    PAPER = "paper"
    REFUSED = "refused"
    NO_PAPER = "no_paper"
    """A picture of a signature, a seal: nothing that anyone misses."""


@dataclass(frozen=True)
class Part:
    """One attachment, and what becomes of it."""

    name: str
    data: bytes
    fate: Fate
    why: str | None = None


@dataclass(frozen=True)
class Mail:
    """One email: who sent it as it says itself, and what is in it."""

    id: str
    """Its Message-ID, or else a hash of its bytes."""
    sender: str
    subject: str
    parts: Sequence[Part]

    @property
    def kept(self) -> list[tuple[str, Part]]:
        """What the tray shows of it, each with what tells it from every other: papers, and what was refused."""
        seen: dict[str, int] = {}
        made: list[tuple[str, Part]] = []
        for part in self.parts:
            if part.fate is not Fate.NO_PAPER:
                digest = hashlib.sha256(part.data).hexdigest()
                said = f"{digest}|{part.why}" if part.fate is Fate.REFUSED else digest
                seen[said] = seen.get(said, 0) + 1
                made.append((f"{self.id}|{said}|{seen[said]}", part))
        return made


@dataclass
class _Found:
    parts: list[Part] = field(default_factory=list[Part])
    shown: frozenset[str] = frozenset()
    looked: int = 0
    is_full: bool = False

    def add(self, part: Part) -> None:
        """Keep an attachment, as far as there is room."""
        if part.fate is Fate.NO_PAPER or self.count < FILES_MAX:
            self.parts.append(part)
        else:
            self.is_full = True

    @property
    def count(self) -> int:
        """How many of them the tray shows."""
        return sum(each.fate is not Fate.NO_PAPER for each in self.parts)


def read_mail(raw: bytes) -> Mail:
    """What is in an email."""
    digest = hashlib.sha256(raw).hexdigest()
    try:
        message = _parsed(raw)
        found = _Found(shown=_shown_in(message))
        _look(message, found, depth=0)
    except (RecursionError, MessageError, ValueError, LookupError, AttributeError, TypeError):
        return _whole(_heads(raw), digest, "mail_broken")
    if found.is_full:
        found.parts.append(_refused(_subject(message), digest, "mail_many"))
    if not found.count:
        found.parts.append(_refused(_subject(message), digest, "mail_empty"))
    return _mail(message, digest, found.parts)


def read_head(head: bytes, *, size: int) -> Mail:
    """An email that is too large to be fetched, from the beginning of its headers."""
    digest = hashlib.sha256(b"%d|" % size + head).hexdigest()
    return _whole(_heads(head), digest, "mail_large")


def _parsed(raw: bytes) -> Message:
    """An email's parts, read piece by piece: all at once it would be in memory four times over."""
    parser = BytesFeedParser(policy=policy.compat32)
    for at in range(0, len(raw), PIECE):
        parser.feed(raw[at : at + PIECE])
    return parser.close()


def _whole(heads: Message, digest: str, why: str) -> Mail:
    return _mail(heads, digest, [_refused(_subject(heads), digest, why)])


def _refused(name: str, digest: str, why: str) -> Part:
    """A line about the whole email; it has its own hash for bytes."""
    return Part(name or "Email", digest.encode(), Fate.REFUSED, why)


def _mail(heads: Message, digest: str, parts: Sequence[Part]) -> Mail:
    said = _SPACE.sub("", _header(heads, "message-id"))
    return Mail(
        id=said or digest,
        sender=_line(heads, "from"),
        subject=_subject(heads),
        parts=parts,
    )


def _heads(raw: bytes) -> Message:
    try:
        return BytesHeaderParser(policy=policy.compat32).parsebytes(raw.partition(b"\r\n\r\n")[0])
    except (RecursionError, MessageError, ValueError, LookupError):
        return Message()


def _subject(heads: Message) -> str:
    return _line(heads, "subject")


def _line(heads: Message, name: str) -> str:
    """A header as one line of text."""
    return text_of(_SPACE.sub(" ", decoded(_header(heads, name))))[:LINE_MAX].strip()


def _header(heads: Message, name: str) -> str:
    """A header as it came; bytes of no charset are read as UTF-8, or as Latin-1."""
    found = next((value for key, value in heads.raw_items() if key.lower() == name), "")
    text = _text(str(found)[:HEADER_MAX].encode("utf-8", "surrogateescape"), "utf-8")
    return _FOLD.sub(" ", text)


def _text(raw: bytes, charset: str) -> str:
    """Bytes as text that anything here can hold, whatever they say that they are."""
    for each in (charset, "utf-8"):
        try:
            text = raw.decode(each)
        except (LookupError, ValueError):
            continue
        return _whole_letters(text)
    return _whole_letters(raw.decode("latin-1"))


def _whole_letters(text: str) -> str:
    return text.replace("\x00", "").encode("utf-8", "replace").decode()


def decoded(text: str) -> str:
    """Text with its encoded words (RFC 2047) read, whatever charset they name."""
    if "=?" not in text:
        return text
    try:
        pieces = decode_header(text)
    except (MessageError, ValueError, LookupError):
        return text
    return "".join(
        piece if isinstance(piece, str) else _text(piece, charset or "ascii")
        for piece, charset in pieces
    )


def _parts_below(message: Message) -> Iterator[Message]:
    """The parts of an email, without those of emails inside it."""
    payload = message.get_payload()
    if message.get_content_maintype() == "multipart" and isinstance(payload, list):
        for each in payload:
            if isinstance(each, Message):
                yield from _parts_below(each)
    else:
        yield message


def _shown_in(message: Message) -> frozenset[str]:
    """The Content-IDs that the email's own text shows."""
    found: set[str] = set()
    for part in _parts_below(message):
        if part.get_content_type() == "text/html":
            text = _text(_bytes_of(part), "utf-8")
            found.update(unquote(each).lower() for each in _CID.findall(text))
    return frozenset(found)


def _look(message: Message, found: _Found, *, depth: int) -> None:
    for part in _parts_below(message):
        found.looked += 1
        if found.looked > PARTS_MAX:
            found.is_full = True
            return
        if part.get_content_type() in _EMAILS:
            _look_inside(part, found, depth=depth)
        elif _is_attached(part):
            found.add(_part(part, shown=found.shown))


def _look_inside(part: Message, found: _Found, *, depth: int) -> None:
    """An email in an email is opened once; one inside that is not."""
    inner = _inner(part)
    if depth or inner is None:
        why = "mail_nested" if inner is not None else "mail_broken"
        name = (_subject(inner) if inner is not None else "") or _name(part) or "Email"
        found.add(Part(name, _whole_of(part), Fate.REFUSED, why))
        return
    outer, found.shown = found.shown, _shown_in(inner)
    _look(inner, found, depth=depth + 1)
    found.shown = outer


def _inner(part: Message) -> Message | None:
    payload = part.get_payload()
    first = payload[0] if isinstance(payload, list) and payload else None
    if not isinstance(first, Message):
        return None
    how = _header(part, "content-transfer-encoding").strip().lower()
    if how == "base64" and isinstance(text := first.get_payload(), str):
        # Against the standard, and done: the email inside is encoded as a file is.
        try:
            return _parsed(base64.b64decode(text))
        except (binascii.Error, ValueError):
            return None
    return first


def _whole_of(part: Message) -> bytes:
    try:
        return part.as_bytes(policy=policy.compat32)
    except (MessageError, ValueError, LookupError, KeyError, AttributeError, TypeError):
        return str(part.get_payload()).encode("utf-8", "replace")


def _is_attached(part: Message) -> bool:
    """Whether a part is a file, and not the email's own text."""
    if part.get_content_maintype() != "text":
        return True
    return part.get_content_disposition() == "attachment" or bool(_name(part))


def _part(part: Message, *, shown: frozenset[str]) -> Part:
    kind, name, data = part.get_content_type(), _name(part), _bytes_of(part)
    if kind in _SEALS:
        return Part(name, data, Fate.NO_PAPER)
    cid = _header(part, "content-id").strip().strip("<>").lower()
    if kind in _SHOWN and cid and cid in shown and len(data) <= INLINE_MAX:
        return Part(name, data, Fate.NO_PAPER)
    why = _why_not(kind, name, data)
    return Part(name or "Attachment", data, Fate.REFUSED if why else Fate.PAPER, why)


def _why_not(kind: str, name: str, data: bytes) -> str | None:
    """Why an attachment is refused as it is; the others are checked as every file of the tray."""
    lower = name.lower()
    if kind in _SECRET or lower in {"smime.p7m", "encrypted.asc"}:
        return "mail_secret"
    if kind.startswith("multipart/"):
        return "mail_broken"
    if data.startswith(_TNEF) or lower == "winmail.dat" or kind == "application/ms-tnef":
        return "mail_winmail"
    if data.startswith(_ZIP) and not lower.endswith((".docx", ".xlsx", ".pptx")):
        return "mail_zip"
    return None if data else "paper_empty"


def _bytes_of(part: Message) -> bytes:
    """The bytes of a part, as far as its encoding holds."""
    data = part.get_payload(decode=True)
    return data if isinstance(data, bytes) else b""


def _name(part: Message) -> str:
    """A file's name: by RFC 2231 or RFC 2047, by neither, or by a charset that there is not."""
    found = _param(part, "content-disposition", "filename") or _param(part, "content-type", "name")
    text = _SPACE.sub(" ", _TURNING.sub("", decoded(found)))
    name = text_of(text.replace("\\", "/").rpartition("/")[2]).strip()
    if len(name) <= NAME_MAX:
        return name
    suffix = PurePath(name).suffix[:SUFFIX_MAX]
    return PurePath(name).stem[: NAME_MAX - len(suffix)] + suffix


def _param(part: Message, header: str, name: str) -> str:
    """A parameter of a header, in the charset that it names, or else as it can be read."""
    heads = Message()
    heads[header] = _header(part, header)
    try:
        found = heads.get_param(name, header=header)
        if isinstance(found, tuple):
            return _text(found[2].encode("latin-1"), found[0] or "utf-8")
        return _whole_letters(found or "")
    except (ValueError, LookupError, TypeError, AttributeError, MessageError):
        return ""
