"""Bodies in and out of bytes, within limits, strictly.

A body is JSON of one registered kind. Unknown fields, wrong types and over-long values refuse;
nothing is coerced and nothing is repaired.
"""

from typing import cast

import msgspec

from lmhg_contracts.kinds.base import Record
from lmhg_contracts.registry import KINDS

MAX_BODY_BYTES = 65_536

_decoders = {name: msgspec.json.Decoder(kind.struct, strict=True) for name, kind in KINDS.items()}
_encoder = msgspec.json.Encoder(order="sorted")


class BodyRefused(ValueError):
    """A body that is not its contract. `code` says how, never what was in it."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def decode_body(kind: str, body: bytes) -> Record:
    """The record in a body of this kind. Raises: BodyRefused."""
    if len(body) > MAX_BODY_BYTES:
        raise BodyRefused("body_too_long")
    decoder = _decoders.get(kind)
    if decoder is None:
        raise BodyRefused("kind_unknown")
    try:
        return decoder.decode(body)
    except msgspec.ValidationError:
        raise BodyRefused("body_not_contract") from None
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        raise BodyRefused("body_not_json") from None


def encode_body(record: Record) -> bytes:
    """A record as the bytes that cross: fields sorted, no spaces."""
    return _encoder.encode(record)


def texts_of(record: Record) -> dict[str, str]:
    """The free texts of a record by field name: what screening reads.

    Ids, moments and values of closed lists carry no text of a person's.
    """
    plain = cast("dict[str, object]", msgspec.to_builtins(record))
    return {name: str(plain[name]) for name in record.SCREENED if plain[name] is not None}
