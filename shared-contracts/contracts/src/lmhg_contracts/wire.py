"""What the two halves of the relay say to each other: bounded, strict, encoded once, signed.

A message is sealed: `[version, tag, payload, signature]` in msgpack, Ed25519 over a domain line,
the tag and the payload bytes. The tag is inside the signed bytes, so a receipt never passes for
a heartbeat. Payloads are msgpack arrays; bodies inside are raw JSON bytes and stay as they are.
"""

import hashlib
from enum import IntEnum
from typing import Annotated, Any, Literal, TypeVar

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from lmhg_contracts.codec import MAX_BODY_BYTES

WIRE_VERSION = 1
DOMAIN = b"lmhg-relay-v1\x00"
MAX_BATCH_ENTRIES = 500
MAX_BATCH_BYTES = 512 * 1024
MAX_MESSAGE_BYTES = MAX_BATCH_BYTES + MAX_BODY_BYTES + 4096
"""The last entry may pass the batch's byte limit; nothing may pass this."""
MATCH_BUCKETS = 256
MAX_MATCH_ROWS = 2_000

Direction = Literal["down", "up"]
PlaneName = Literal["onprem", "cloud"]
Op = Literal["put", "recall"]

Number = Annotated[int, msgspec.Meta(ge=0, le=2**62)]
Hash = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Nonce = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
RecordId = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Site = Annotated[str, msgspec.Meta(min_length=1, max_length=32)]
KindName = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
ReasonCode = Annotated[str, msgspec.Meta(min_length=1, max_length=64)]
Moment = Annotated[str, msgspec.Meta(max_length=32)]
Body = Annotated[bytes, msgspec.Meta(max_length=MAX_BODY_BYTES)]
NoteText = Annotated[str, msgspec.Meta(max_length=2048)]
Proof = Annotated[tuple[Hash, ...], msgspec.Meta(max_length=64)]


class Result(IntEnum):
    """What became of one entry of a batch."""

    APPLIED = 0
    STALE = 1
    PURGED = 2
    QUARANTINED = 3


class WireRefused(ValueError):
    """Bytes that are not an acceptable message. `code` says why, never what was in them."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class _Message(msgspec.Struct, frozen=True, array_like=True, forbid_unknown_fields=True):
    pass


class Entry(_Message, frozen=True, gc=False):
    """One record version, or its recall; `n` is its decision in the sender's ledger."""

    n: Number
    kind: KindName
    record_id: RecordId
    version: Number
    op: Op
    body: Body | None


Entries = Annotated[tuple[Entry, ...], msgspec.Meta(max_length=MAX_BATCH_ENTRIES)]
Known = Annotated[
    tuple[tuple[Number, Number, Number], ...], msgspec.Meta(max_length=MAX_BATCH_ENTRIES)
]


class Batch(_Message, frozen=True):
    """Entries in commit order, chained to the batch before by its hash.

    `sweep` ends a resync: replica rows of older generations go. `recalled` says, after a restore,
    which recalls the home knows of: place in `entries`, generation and version of the newest
    recall of that record. It is how a receiver tells a tombstone that the home knows from one
    that the home's backup has forgotten.
    """

    site: Site
    direction: Direction
    generation: Number
    epoch: Number
    number: Number
    previous: Hash
    made_at: Moment
    sweep: bool
    checkpoint: NoteText
    entries: Entries
    recalled: Known = ()


class Receipt(_Message, frozen=True):
    """What became of each entry of one batch: one byte of `Result` an entry.

    `reasons` names a code for each quarantined one; `first_n` is the first of the entries that
    the receiver's ledger holds about this batch, `entries` their count.
    """

    site: Site
    direction: Direction
    generation: Number
    number: Number
    batch_hash: Hash
    first_n: Number
    entries: Number
    at: Moment
    results: Annotated[bytes, msgspec.Meta(max_length=MAX_BATCH_ENTRIES)]
    reasons: Annotated[
        tuple[tuple[Number, ReasonCode], ...], msgspec.Meta(max_length=MAX_BATCH_ENTRIES)
    ]


class SenderState(_Message, frozen=True):
    """Where a plane's sender is; `waiting` is how many outbox rows it may still send."""

    direction: Direction
    generation: Number
    next_number: Number
    last_hash: Hash
    closed_number: Number
    waiting: Number


class ReceiverState(_Message, frozen=True):
    """Where a plane's receiver is; `missing` is the first number it lacks, if it knows one."""

    direction: Direction
    generation: Number
    applied_number: Number
    applied_hash: Hash
    missing: Number | None


class LedgerNote(_Message, frozen=True):
    """A checkpoint to be witnessed, with a consistency proof from `old_size`."""

    note: NoteText
    old_size: Number
    proof: Proof


class OpenDelay(_Message, frozen=True):
    """What holds a plane's records up: a code, who (a role and a database), since when, how many rows."""

    code: ReasonCode
    who: Annotated[str, msgspec.Meta(max_length=128)]
    since: Moment
    rows: Number


class Heartbeat(_Message, frozen=True):
    """Health, proven by traffic. `echo` repeats the peer's newest nonce: it proves freshness.

    `restoring`: this plane comes from a backup and does not know yet how to say so by number;
    its state is not to be judged.
    """

    site: Site
    plane: PlaneName
    epoch: Number
    restores: Number
    known_restores: Number
    restoring: bool
    at: Moment
    nonce: Nonce
    echo: Nonce | None
    sender: SenderState
    receiver: ReceiverState
    notes: Annotated[tuple[LedgerNote, ...], msgspec.Meta(max_length=4)]
    cosigned: Annotated[tuple[NoteText, ...], msgspec.Meta(max_length=4)]
    delays: Annotated[tuple[OpenDelay, ...], msgspec.Meta(max_length=16)] = ()
    sharing: Annotated[tuple[KindName, ...], msgspec.Meta(max_length=32)] | None = None
    """Kinds that leave by a standing approval at present; None from a half that does not tell."""
    joined_restores: Number = 0
    """Restores of the reader whose ledgers this plane has joined to what it knew, every one of them."""


class MatchQuestion(_Message, frozen=True):
    """Asks the other plane for its sides of one direction: all digests, or the rows of buckets."""

    site: Site
    direction: Direction
    request_id: Annotated[str, msgspec.Meta(max_length=36)]
    rows_of: Annotated[tuple[Number, ...], msgspec.Meta(max_length=MATCH_BUCKETS)]


class MatchRow(_Message, frozen=True):
    """One live record as one side of the match sees it."""

    kind: KindName
    record_id: RecordId
    version: Number
    digest: Hash


MatchRows = Annotated[tuple[MatchRow, ...], msgspec.Meta(max_length=MAX_MATCH_ROWS)]
SideName = Literal["shipped", "arrived", "held"]


class MatchSide(_Message, frozen=True):
    """One of the three accounts: what a ledger shipped, what receipts say, what a replica holds."""

    name: SideName
    count: Number
    digests: Annotated[tuple[tuple[Number, Hash], ...], msgspec.Meta(max_length=MATCH_BUCKETS)]
    rows: MatchRows


class MatchAnswer(_Message, frozen=True):
    """The sides that the asked plane keeps.

    `broken` lists rows whose body no longer fits the seal taken when it arrived.
    """

    site: Site
    direction: Direction
    request_id: Annotated[str, msgspec.Meta(max_length=36)]
    sides: Annotated[tuple[MatchSide, ...], msgspec.Meta(max_length=2)]
    broken: MatchRows


class Sealed(_Message, frozen=True):
    """A message with its signature, as it travels and as it is stored."""

    version: Annotated[int, msgspec.Meta(ge=1, le=255)]
    tag: Annotated[str, msgspec.Meta(max_length=16)]
    payload: Annotated[bytes, msgspec.Meta(max_length=MAX_MESSAGE_BYTES)]
    signature: Annotated[bytes, msgspec.Meta(min_length=64, max_length=64)]


Message = Batch | Receipt | Heartbeat | MatchQuestion | MatchAnswer
MessageT = TypeVar("MessageT", Batch, Receipt, Heartbeat, MatchQuestion, MatchAnswer)

TAGS: dict[type[Any], str] = {
    Batch: "batch",
    Receipt: "receipt",
    Heartbeat: "heartbeat",
    MatchQuestion: "match-ask",
    MatchAnswer: "match-answer",
}
_encoder = msgspec.msgpack.Encoder()
_sealed = msgspec.msgpack.Decoder(Sealed)
_payloads: dict[type[Any], "msgspec.msgpack.Decoder[Any]"] = {
    kind: msgspec.msgpack.Decoder(kind) for kind in TAGS
}


def signed_bytes(tag: str, payload: bytes) -> bytes:
    """The bytes that the signature covers and the batch hash is of."""
    return DOMAIN + tag.encode() + b"\x00" + payload


def seal(message: Message, key: Ed25519PrivateKey) -> tuple[bytes, bytes]:
    """The message sealed, and its hash. Raises: WireRefused when it is too long to be sent."""
    tag = TAGS[type(message)]
    payload = _encoder.encode(message)
    if len(payload) > MAX_MESSAGE_BYTES:
        raise WireRefused("too_long")
    covered = signed_bytes(tag, payload)
    sealed = Sealed(WIRE_VERSION, tag, payload, key.sign(covered))
    return _encoder.encode(sealed), hashlib.sha256(covered).digest()


def unseal(raw: bytes, kind: type[MessageT], peer: Ed25519PublicKey) -> tuple[MessageT, bytes]:
    """The message of this kind that the peer signed, and its hash. Raises: WireRefused.

    The signature is checked before a byte of the payload is read.
    """
    sealed = _open(raw, TAGS[kind])
    covered = signed_bytes(sealed.tag, sealed.payload)
    try:
        peer.verify(sealed.signature, covered)
    except InvalidSignature:
        raise WireRefused("signature_wrong") from None
    return _payload(sealed.payload, kind), hashlib.sha256(covered).digest()


def unseal_own(raw: bytes) -> Batch:
    """A batch from this plane's own database, where its signature was made. Raises: WireRefused."""
    return _payload(_open(raw, TAGS[Batch]).payload, Batch)


def _open(raw: bytes, tag: str) -> Sealed:
    if len(raw) > MAX_MESSAGE_BYTES + 128:
        raise WireRefused("too_long")
    try:
        sealed = _sealed.decode(raw)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise WireRefused("not_sealed") from None
    if sealed.version != WIRE_VERSION:
        raise WireRefused("version_unknown")
    if sealed.tag != tag:
        raise WireRefused("tag_wrong")
    return sealed


def _payload(payload: bytes, kind: type[MessageT]) -> MessageT:
    try:
        return _payloads[kind].decode(payload)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        raise WireRefused("payload_malformed") from None
