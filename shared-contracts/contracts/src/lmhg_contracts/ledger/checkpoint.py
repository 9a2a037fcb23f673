"""Checkpoints: C2SP tlog-checkpoint bodies in C2SP signed notes, Ed25519 (algorithm 0x01).

Source: c2sp.org/signed-note and c2sp.org/tlog-checkpoint. A key is published as a `vkey`,
`<name>+<hex key id>+<base64(0x01 || public key)>`, so that tools not written here can verify.
"""

import base64
import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lmhg_contracts.ledger.tree import HASH_BYTES

ALGORITHM_ED25519 = b"\x01"
MAX_NOTE_BYTES = 16_384
MAX_SIGNATURES = 100
"""As many lines as Go's note package reads; those of unknown keys are passed over."""
SIGNATURE_BYTES = 64
MAX_SIZE_DIGITS = 18
PLANES = ("onprem", "cloud")
LEDGERS = ("relay", "access")
_DASH = "— "
_NO_NAME = re.compile(
    "[+\t-\r \x85\xa0\u1680\u2000-\u200a\u2028\u2029\u202f\u205f\u3000\ud800-\udfff]"
)
"""Unicode's White_Space, as Go's `unicode.IsSpace` has it, the plus sign, and what is no text."""
_BASE64 = re.compile(r"(?:[A-Za-z0-9+/]{4})*(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")


class NoteRefused(ValueError):
    """A note that is malformed or that no known key signed. `code` says which."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code

    @property
    def sentence(self) -> str:
        """The refusal in one sentence."""
        return NOTE_SENTENCES[self.code]


NOTE_SENTENCES = {
    "key_name": "the name of a key is empty, or has a space or a plus sign in it",
    "key_shared": "this is the key of another name: who holds it would be witness to itself",
    "key_ambiguous": "two keys have this name and this id",
    "vkey_malformed": "this is no published key: it reads <name>+<8 hex digits>+<base64>",
    "vkey_algorithm": "the published key is of another kind than Ed25519",
    "vkey_id": "the published key was changed: its id does not fit its name and its bytes",
    "signature_wrong": "a known key's signature does not fit the text: one of them was changed",
    "no_known_signature": "none of the given keys signed it",
    "own_key": "it is not signed by the key of the plane whose ledger it names",
    "origin_unknown": "it names no ledger of LMHG: lmhg/<site>/<plane>/<ledger> is expected",
    "checkpoint_lines": "a checkpoint has three lines: the ledger's name, its size, its root",
    "checkpoint_size": "the size of the ledger is not a plain number",
    "checkpoint_root": "the root is not the base64 of 32 bytes",
    "note_too_long": f"it is longer than {MAX_NOTE_BYTES} bytes",
    "note_malformed": "it is no signed note: a text, an empty line, then signature lines",
    "note_control": (
        "it has a control character in it: an editor or a mail program has changed the ends of its"
        " lines (CRLF); take the file as it was exported"
    ),
    "note_not_text": "it is not UTF-8 text",
    "too_many_signatures": f"it has no signature line, or more than {MAX_SIGNATURES}",
    "signature_name": (
        "the name of a key in a signature line is empty, or has a space or a plus sign in it"
    ),
    "signature_line": "a signature line is not of the form: dash, key name, base64",
}
"""Why a note or a key is refused; every code that is raised has its sentence."""


@dataclass(frozen=True)
class Checkpoint:
    """What a log commits to: its origin, its size in entries and its root hash."""

    origin: str
    size: int
    root: bytes

    def body(self) -> str:
        """The text that is signed: three lines, each ended."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode()}\n"


def origin(site: str, plane: str, ledger: str) -> str:
    """The origin line of one ledger of one plane of one site."""
    return f"lmhg/{site}/{plane}/{ledger}"


def key_name(site: str, plane: str) -> str:
    """The name under which a plane of a site signs its ledgers."""
    return f"lmhg-{site}-{plane}"


def parts_of(log: str) -> tuple[str, str, str]:
    """Site, plane and ledger of an origin line. Raises: NoteRefused."""
    parts = log.split("/")
    if len(parts) != 4 or parts[0] != "lmhg" or not parts[1]:
        raise NoteRefused("origin_unknown")
    if parts[2] not in PLANES or parts[3] not in LEDGERS:
        raise NoteRefused("origin_unknown")
    return parts[1], parts[2], parts[3]


def key_id(name: str, public_key: bytes) -> bytes:
    """The four bytes by which a signature names its key."""
    return hashlib.sha256(name.encode() + b"\n" + ALGORITHM_ED25519 + public_key).digest()[:4]


def _is_name(name: str) -> bool:
    """Whether a key may be called so: C2SP forbids a plus sign and whatever Unicode calls a space."""
    return bool(name) and _NO_NAME.search(name) is None


class NoteVerifier:
    """A public key with a name, as its vkey publishes it."""

    def __init__(self, name: str, public_key: bytes) -> None:
        if not _is_name(name):
            raise NoteRefused("key_name")
        self.name = name
        self.key_id = key_id(name, public_key)
        self.public_key = public_key
        self._key = Ed25519PublicKey.from_public_bytes(public_key)

    @classmethod
    def from_vkey(cls, vkey: str) -> "NoteVerifier":
        """The verifier that a vkey describes. Raises: NoteRefused."""
        try:
            name, hex_id, encoded = vkey.strip().split("+", 2)
            raw = decode_base64(encoded)
            claimed = bytes.fromhex(hex_id)
        except ValueError:
            raise NoteRefused("vkey_malformed") from None
        if raw[:1] != ALGORITHM_ED25519 or len(raw) != 1 + HASH_BYTES:
            raise NoteRefused("vkey_algorithm")
        verifier = cls(name, raw[1:])
        if verifier.key_id != claimed or verifier.vkey != vkey.strip():
            raise NoteRefused("vkey_id")
        return verifier

    @property
    def vkey(self) -> str:
        """The published form of this key."""
        encoded = base64.b64encode(ALGORITHM_ED25519 + self.public_key).decode()
        return f"{self.name}+{self.key_id.hex()}+{encoded}"

    def check(self, text: str, signature: bytes) -> None:
        """Accept a signature over the text. Raises: NoteRefused."""
        try:
            self._key.verify(signature, text.encode())
        except InvalidSignature:
            raise NoteRefused("signature_wrong") from None


class NoteSigner:
    """A private key with a name: signs checkpoints."""

    def __init__(self, name: str, private_key: Ed25519PrivateKey) -> None:
        self._key = private_key
        self.verifier = NoteVerifier(name, private_key.public_key().public_bytes_raw())

    @property
    def name(self) -> str:
        """The name that the signature line carries."""
        return self.verifier.name

    @property
    def vkey(self) -> str:
        """The public half in its published form."""
        return self.verifier.vkey

    def line(self, text: str) -> str:
        """The signature line over a note's text."""
        blob = self.verifier.key_id + self._key.sign(text.encode())
        return f"{_DASH}{self.name} {base64.b64encode(blob).decode()}\n"


def sign(checkpoint: Checkpoint, signer: NoteSigner) -> str:
    """The checkpoint as a signed note."""
    text = checkpoint.body()
    return f"{text}\n{signer.line(text)}"


def cosign(note: str, signer: NoteSigner) -> str:
    """The note with one more signature line; a line of this key is replaced."""
    text, lines = _split_note(note)
    kept = [line for line in lines if not line.startswith(f"{_DASH}{signer.name} ")]
    if len(kept) >= MAX_SIGNATURES:
        raise NoteRefused("too_many_signatures")
    return text + "\n" + "".join(f"{line}\n" for line in kept) + signer.line(text)


def open_note(note: str, verifiers: Iterable[NoteVerifier]) -> Checkpoint:
    """The checkpoint in a note that at least one of the keys signed.

    Signatures by unknown keys are ignored; one wrong signature by a known key refuses the note.
    Raises: NoteRefused.
    """
    if not signed_by(note, verifiers):
        raise NoteRefused("no_known_signature")
    return parse_body(_split_note(note)[0])


def open_own(note: str, verifiers: Iterable[NoteVerifier]) -> Checkpoint:
    """The checkpoint in a note that the key of its own ledger's plane signed.

    A ledger counts only under that signature: another plane's, or another site's, is no ground to
    believe what it says of itself. Raises: NoteRefused.
    """
    known = list(verifiers)
    found = open_note(note, known)
    site, plane, _ = parts_of(found.origin)
    if key_name(site, plane) not in signed_by(note, known):
        raise NoteRefused("own_key")
    return found


def signed_by(note: str, verifiers: Iterable[NoteVerifier]) -> frozenset[str]:
    """Names of the given keys that signed the note. Raises: NoteRefused on a wrong signature."""
    text, lines = _split_note(note)
    known = {(found.name, found.key_id): found for found in verifiers}
    good: set[str] = set()
    for line in lines:
        name, blob = _parse_signature(line)
        verifier = known.get((name, blob[:4]))
        if verifier is not None:
            if len(blob) != 4 + SIGNATURE_BYTES:
                raise NoteRefused("signature_wrong")
            verifier.check(text, blob[4:])
            good.add(name)
    return frozenset(good)


def parse_body(text: str) -> Checkpoint:
    """The checkpoint of an unsigned body. Raises: NoteRefused."""
    lines = text.split("\n")
    if len(lines) != 4 or lines[3] or not lines[0]:
        raise NoteRefused("checkpoint_lines")
    size = lines[1]
    if not size.isascii() or not size.isdigit() or len(size) > MAX_SIZE_DIGITS:
        raise NoteRefused("checkpoint_size")
    if size != str(int(size)):
        raise NoteRefused("checkpoint_size")
    try:
        root = decode_base64(lines[2])
    except ValueError:
        raise NoteRefused("checkpoint_root") from None
    if len(root) != HASH_BYTES:
        raise NoteRefused("checkpoint_root")
    return Checkpoint(lines[0], int(size), root)


def _split_note(note: str) -> tuple[str, list[str]]:
    if len(note.encode()) > MAX_NOTE_BYTES:
        raise NoteRefused("note_too_long")
    if any(letter < " " and letter != "\n" for letter in note):
        raise NoteRefused("note_control")
    text, separator, tail = note.rpartition("\n\n")
    if not separator or not tail.endswith("\n"):
        raise NoteRefused("note_malformed")
    lines = tail[:-1].split("\n")
    if not 1 <= len(lines) <= MAX_SIGNATURES:
        raise NoteRefused("too_many_signatures")
    return text + "\n", lines


def _parse_signature(line: str) -> tuple[str, bytes]:
    if not line.startswith(_DASH):
        raise NoteRefused("signature_line")
    name, _, encoded = line[len(_DASH) :].partition(" ")
    if not _is_name(name):
        raise NoteRefused("signature_name")
    try:
        blob = decode_base64(encoded)
    except ValueError:
        raise NoteRefused("signature_line") from None
    if len(blob) <= 4:
        raise NoteRefused("signature_line")
    return name, blob


def decode_base64(text: str) -> bytes:
    """Base64 as RFC 4648 pads it: Python's own reader takes padding that is too long. Raises: ValueError."""
    if _BASE64.fullmatch(text) is None:
        message = "no base64"
        raise ValueError(message)
    return base64.b64decode(text)
