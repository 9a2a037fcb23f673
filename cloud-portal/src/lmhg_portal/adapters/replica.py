"""Typed access to the replica: what the gateway released, read-only, as contracts."""

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Generic, TypeVar

import msgspec
from sqlalchemy import text

from lmhg_contracts.classification import Plane
from lmhg_contracts.kinds.base import Record
from lmhg_contracts.kinds.calendar import CalendarBlock
from lmhg_contracts.kinds.staff import StaffProfile
from lmhg_contracts.registry import kinds_from
from lmhg_kit.persistence import ReadSession

R = TypeVar("R", bound=Record)
LIST_MAX = 500

_NEWEST = text(
    "select record_id, body::text as body, received_at from replica.record"
    " where kind = :kind and not purged order by received_at desc limit :limit"
)
_ONE = text(
    "select record_id, body::text as body, received_at from replica.record"
    " where kind = :kind and record_id = :id and not purged"
)
_ONE_AT = text(
    "select record_id, body::text as body, received_at, generation, version from replica.record"
    " where kind = :kind and record_id = :id and not purged"
)
_SHARING = text("select sharing from relay.peer where plane = :plane")
_BETWEEN = text(
    "select record_id, body::text as body, received_at from replica.record"
    " where kind = 'calendar_block' and not purged"
    " and body ->> 'starts_at' < :stop"
    " and (body ->> 'ends_at' > :start or body ->> 'starts_at' >= :start)"
    " order by body ->> 'starts_at' limit :limit"
)


@dataclass(frozen=True)
class Received(Generic[R]):
    """A replica record: its id, its contract, and when it arrived."""

    id: uuid.UUID
    body: R
    received_at: datetime


_decoders: dict[type[Record], msgspec.json.Decoder[Record]] = {
    kind.struct: msgspec.json.Decoder(kind.struct) for kind in kinds_from(Plane.ONPREM)
}


async def newest(
    tx: ReadSession, struct: type[R], *, limit: int = LIST_MAX
) -> Sequence[Received[R]]:
    """Records of a kind, latest arrival first."""
    kind = struct.__struct_config__.tag
    rows = await tx.execute(_NEWEST, {"kind": kind, "limit": limit})
    return [received(struct, row.record_id, row.body, row.received_at) for row in rows]


async def one(tx: ReadSession, struct: type[R], record_id: uuid.UUID) -> Received[R] | None:
    """One record, or None when it never came or was recalled."""
    kind = struct.__struct_config__.tag
    row = (await tx.execute(_ONE, {"kind": kind, "id": record_id})).one_or_none()
    return received(struct, row.record_id, row.body, row.received_at) if row else None


async def one_at(
    tx: ReadSession, struct: type[R], record_id: uuid.UUID
) -> tuple[Received[R], int, int] | None:
    """One record with its generation and version, by which its file is called."""
    kind = struct.__struct_config__.tag
    row = (await tx.execute(_ONE_AT, {"kind": kind, "id": record_id})).one_or_none()
    if row is None:
        return None
    found = received(struct, row.record_id, row.body, row.received_at)
    return found, row.generation, row.version


async def blocks_between(
    tx: ReadSession, start: datetime, stop: datetime
) -> Sequence[Received[CalendarBlock]]:
    """Calendar blocks that touch [start, stop), earliest first; at most 500."""
    bounds = {"start": _instant(start), "stop": _instant(stop), "limit": LIST_MAX}
    rows = await tx.execute(_BETWEEN, bounds)
    return [received(CalendarBlock, row.record_id, row.body, row.received_at) for row in rows]


async def staff_names(tx: ReadSession) -> dict[str, str]:
    """Names of colleagues by id, from their profiles."""
    return {str(found.id): found.body.display_name for found in await newest(tx, StaffProfile)}


def _instant(moment: datetime) -> str:
    """A moment as bodies write it, so that texts compare as times do."""
    return moment.strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def received(
    struct: type[R], record_id: uuid.UUID, body: str, received_at: datetime
) -> Received[R]:
    """A row of the replica as its contract."""
    decoded: R = _decoders[struct].decode(body)  # type: ignore[assignment]
    return Received(record_id, decoded, received_at)


async def is_shared(tx: ReadSession, kind: str) -> bool:
    """Whether the office shares records of this kind by themselves at present, as it last said."""
    found = (await tx.execute(_SHARING, {"plane": "onprem"})).scalar_one_or_none()
    return found is None or kind in found
