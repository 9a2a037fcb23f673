"""What someone typed, kept for them alone while they sign in again or mend a form.

The browser keeps it, sealed by this process, for a quarter of an hour: no address, log, table or cookie
has it in the clear, and anyone who signs in next at the same computer does not get it. So a form that came
too late, was wrong, or met someone else's change leads back to its own page by a redirect, with
everything still in it, and Back never asks to send it again.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import msgspec
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from lmhg_kit.clock import Clock, utc_now
from lmhg_kit.edit_conflict import EditConflict
from lmhg_kit.errors import KeyUnknown, SealBroken
from lmhg_kit.http.cookies import CookieJar
from lmhg_kit.http.csrf import FIELD
from lmhg_kit.http.forms import BASE, Fields, Form
from lmhg_kit.http.state import Key
from lmhg_kit.persistence.sealing import KEY_BYTES, Keyring

WRITER = "writer"
"""The field by which a form says whose page it is on: sealed, so nobody can write another's."""
LIFE_S = 900
PIECE_MAX, PIECES = 3_000, 2
"""Letters of one cookie, and how many there are: a browser takes 4,096 each, a proxy 8 KB of all."""
NEVER = frozenset({FIELD, WRITER, BASE, "version", "password", "code", "secret"})
"""Fields that are no text of anybody's, or one that is typed again each time."""
_PLACE = "kept form"
_WRITER_PLACE = "form writer"
_PACKED_MAX = 64 * 1024


class Sealer(Protocol):
    """Seals and opens bytes for a place."""

    def seal(self, plain: bytes, *, place: str) -> bytes:
        """The sealed bytes."""
        ...

    def open(self, blob: bytes, *, place: str) -> bytes:
        """The bytes again. Raises: KeyUnknown, SealBroken."""
        ...


def sealer_of(secret: bytes) -> Sealer:
    """A sealer under a key of its own, made of a secret that the process has anyway."""
    key = HKDF(algorithm=SHA256(), length=KEY_BYTES, salt=None, info=b"lmhg kept forms v1")
    return Keyring(current="f", keys={"f": key.derive(secret)}, index_key=b"")


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """A form that was sent and not accepted, and why."""

    path: str
    """The page that it is on."""
    why: str
    """ended, fresh, moved (another session), refused (a sentence), wrong (fields),
    conflict (someone else saved a change)."""
    values: dict[str, list[str]] = {}
    errors: dict[str, str] = {}
    code: str = ""
    conflict: EditConflict | None = None
    seen: int | None = None
    base: dict[str, str] = {}
    writer: str = ""
    at: float = 0


@dataclass(frozen=True)
class Keeper:
    """Keeps forms for the people of one application."""

    sealer: Sealer
    clock: Clock = utc_now

    def writer(self, account_id: str) -> str:
        """Who writes on a page, for its forms to carry."""
        return _text(self.sealer.seal(account_id.encode(), place=_WRITER_PLACE))

    def writer_of(self, tag: str) -> str | None:
        """Whose page a form was on, if it is one of ours."""
        found = self._open(tag, place=_WRITER_PLACE)
        return found.decode("utf-8", "replace") if found else None

    def keep(self, jar: CookieJar, typed: Typed, *, writer: str) -> list[str] | None:
        """The cookies that keep a form; None for one that is too long for them."""
        kept = msgspec.structs.replace(typed, writer=writer, at=self.clock().timestamp())
        sealed = self.sealer.seal(zlib.compress(msgspec.msgpack.encode(kept), 9), place=_PLACE)
        text = _text(sealed)
        pieces = [text[at : at + PIECE_MAX] for at in range(0, len(text), PIECE_MAX)]
        if len(pieces) > PIECES:
            return None
        pieces += [""] * (PIECES - len(pieces))
        return [
            jar.put(f"typed{n}", piece, max_age_s=LIFE_S if piece else 0)
            for n, piece in enumerate(pieces)
        ]

    def find(self, jar: CookieJar, header: str, *, writer: str) -> Typed | None:
        """The form that this person typed a short while ago."""
        text = "".join(jar.read(header, f"typed{n}") or "" for n in range(PIECES))
        sealed = self._open(text, place=_PLACE) if text else None
        if not sealed:
            return None
        try:
            packed = zlib.decompressobj().decompress(sealed, _PACKED_MAX)
            found = msgspec.msgpack.decode(packed, type=Typed)
        except (zlib.error, msgspec.DecodeError):
            return None
        is_live = self.clock().timestamp() - found.at < LIFE_S
        return found if is_live and found.writer == writer else None

    def hide(self, text: str, *, place: str) -> str:
        """A text as a cookie may carry it."""
        return _text(self.sealer.seal(text.encode(), place=place))

    def show(self, hidden: str, *, place: str) -> str:
        """The text again; nothing where it was hidden for another place."""
        found = self._open(hidden, place=place)
        return found.decode("utf-8", "replace") if found else ""

    def _open(self, text: str, *, place: str) -> bytes | None:
        try:
            blob = base64.urlsafe_b64decode(text + "=" * (-len(text) % 4))
            return self.sealer.open(blob, place=place)
        except (binascii.Error, ValueError, KeyUnknown, SealBroken):
            return None


KEEPER: Key[Keeper | None] = Key("keeper")


def drop_lines(jar: CookieJar) -> list[str]:
    """The lines that forget a kept form."""
    return [jar.drop(f"typed{n}") for n in range(PIECES)]


def posted(fields: Fields) -> dict[str, list[str]]:
    """What of a sent form is worth keeping."""
    return {name: values for name, values in fields.items() if name not in NEVER}


def held(form: Form[Any]) -> dict[str, list[str]]:
    """The values of a form as they would be sent again."""
    return {
        name: _list(value)
        for name, value in form.values.items()
        if name not in NEVER and value not in ("", None, False)
    }


def put_back(form: Form[Any], typed: Typed) -> dict[str, list[str]]:
    """Fill a form with what was typed; what belongs to no field of it is given back."""
    names = set(form.values) - NEVER
    for name in names:
        given = typed.values.get(name, [])
        is_list = isinstance(form.values[name], list)
        form.values[name] = given if is_list else next(iter(given), "")
    form.errors.update(typed.errors)
    form.conflict = typed.conflict
    if typed.seen is not None:
        form.seen, form.base = typed.seen, dict(typed.base)
    return {name: values for name, values in typed.values.items() if name not in names}


def texts(values: Mapping[str, Sequence[str]]) -> list[str]:
    """What someone wrote in words, among other values: shown where no field takes it back."""
    return [text for each in values.values() for text in each if len(text.split()) > 1]


def _list(value: object) -> list[str]:
    if isinstance(value, list):
        return [str(each) for each in value]
    return ["1" if value is True else str(value)]


def _text(blob: bytes) -> str:
    return base64.urlsafe_b64encode(blob).decode().rstrip("=")
